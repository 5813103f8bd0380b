//! What gives a service a hold on the host's network, or shows that it needs one.
//!
//! `data/host_access.txt` has it: capabilities, devices, folders, commands. What an image is for stands with the image. What follows from a
//! find is for whoever asks.

use super::patterns::Patterns;
use super::table::kinds;
use std::path::Path;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/host_access.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names(TEXT, Says::read));

kinds! {
    /// What a pattern is.
    pub(super) enum Says {
        Capability = "capability",
        Command = "command",
        Data = "data",
        Device = "device",
        RosCommand = "ros-command",
        RosImage = "ros-image",
        View = "view",
    }
}

/// Whether a capability, without `CAP_` and in upper case, lets a container change or watch the network that it is in.
pub(crate) fn is_capability(name: &str) -> bool {
    TABLE.say(name, Says::Capability)
}

/// Whether a path is that of a device of the host's network.
pub(crate) fn is_device(path: &str) -> bool {
    TABLE.say(path, Says::Device)
}

/// Whether a path of the host shows the host itself: it, or the nearest folder above it that is known at all, is a view.
pub(crate) fn is_view(path: &str) -> bool {
    let known = |folder: &Path| {
        let says: Vec<Says> = TABLE.found(folder.to_str()?).map(|found| found.says).collect();
        says.contains(&Says::Data).then_some(false).or(says.contains(&Says::View).then_some(true))
    };
    Path::new(path.trim_end_matches('/')).ancestors().find_map(known).unwrap_or(false)
}

/// The first thing in a command that changes the network.
pub(crate) fn network_command(command: &str) -> Option<&'static str> {
    first(command, Says::Command)
}

/// The first program of ROS in a command.
pub(crate) fn ros_command(command: &str) -> Option<&'static str> {
    first(&format!("{command} "), Says::RosCommand)
}

/// Whether images of that name are ROS, and so is what is built on them.
pub(crate) fn is_ros_image(name: &str) -> bool {
    TABLE.say(name, Says::RosImage)
}

fn first(command: &str, wanted: Says) -> Option<&'static str> {
    TABLE.found(command).find(|found| found.says == wanted).map(|found| found.pattern.trim_matches(['*', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_counts_with_all_below_it_until_another_is_known() {
        assert!(is_view("/proc/") && is_view("/proc/1/net") && is_view("/sys/kernel"));
        assert!(!is_view("/sys/fs/cgroup") && !is_view("/processes") && !is_view("/") && !is_view("./data"));
    }

    #[test]
    fn commands_are_found_where_they_stand() {
        assert_eq!(network_command("sh -c ip route add default"), Some("ip route"));
        assert_eq!(network_command("run nft list"), Some("nft"));
        assert_eq!(network_command("serve"), None);
        assert_eq!(ros_command("ros2 run a b"), Some("ros2"));
    }
}
