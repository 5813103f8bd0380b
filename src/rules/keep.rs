//! Reasons to leave a service on host networking: it needs what only the host's network has.

use super::rules::{
    AUTHOR, CAPABILITY, DEVICE, DISCOVERY_PORT, FABRIC, HOST_VIEW, MEDIA_RANGE, NAMESPACE, NEED, NETWORK_COMMAND, ROS, WISH,
};
use super::{Case, Check, author};
use crate::compose::Service;
use crate::compose::image::ImageName;
use crate::compose::service::Variable;
use crate::compose::tree::Text;
use crate::diagnostic::{Finding, Rule};
use crate::facts::addresses::{names_host, names_service};
use crate::knowledge::images::{HostNeed, Role};
use crate::port::{Port, Protocol};
use crate::source::Location;

pub(super) const CHECKS: &[(&[&Rule], Check)] = &[
    (&[&AUTHOR], author::keep),
    (&[&CAPABILITY], capability),
    (&[&DEVICE], device),
    (&[&NAMESPACE], namespace),
    (&[&HOST_VIEW], host_view),
    (&[&NETWORK_COMMAND], network_command),
    (&[&NEED], need),
    (&[&DISCOVERY_PORT], discovery_port),
    (&[&MEDIA_RANGE], media_range),
    (&[&FABRIC], fabric),
    (&[&ROS], ros),
    (&[&WISH], |_| Vec::new()),
];

const CAPABILITIES: [&str; 5] = ["ALL", "NET_ADMIN", "NET_BROADCAST", "NET_RAW", "SYS_MODULE"];

fn capability(case: &Case<'_>) -> Vec<Finding> {
    let name = |text: &Text| text.value.to_ascii_uppercase().trim_start_matches("CAP_").to_owned();
    let wanted = case.service.texts("cap_add").into_iter().filter(|text| CAPABILITIES.contains(&name(text).as_str()));
    let documented_on_bridge =
        |text: &Text| name(text) == "NET_ADMIN" && case.subject.known.as_ref().is_some_and(|known| known.role == Role::Proxy);
    wanted
        .filter(|text| !documented_on_bridge(text))
        .map(|text| Finding::keeps(&CAPABILITY, format!("`cap_add: {}`", text.value), text.at()))
        .collect()
}

fn device(case: &Case<'_>) -> Vec<Finding> {
    let devices = case.service.texts("devices").into_iter().map(|text| (text.value.as_str().to_owned(), text.at()));
    let mounts = case.service.mounts.iter().map(|mount| (mount.source.clone(), mount.at));
    let is_network = |(path, _): &(String, Location)| {
        path.starts_with("/dev/net/tun") || path.starts_with("/dev/infiniband") || path.starts_with("/dev/net:")
    };
    devices.chain(mounts).filter(is_network).map(|(path, at)| Finding::keeps(&DEVICE, format!("uses `{path}`"), at)).collect()
}

fn namespace(case: &Case<'_>) -> Vec<Finding> {
    let keys = ["pid", "uts"].into_iter().filter_map(|key| case.service.field(key));
    keys.filter(|field| field.value.as_str() == Some("host"))
        .map(|field| Finding::keeps(&NAMESPACE, format!("`{}: host`", field.key), field.entry))
        .collect()
}

/// Host paths that give a view of the host; the root only as a whole.
const HOST_VIEWS: [&str; 6] = ["/proc", "/run/avahi-daemon", "/run/dbus", "/sys", "/var/run/avahi-daemon", "/var/run/dbus"];

fn host_view(case: &Case<'_>) -> Vec<Finding> {
    let is_view = |source: &str| {
        let path = source.trim_end_matches('/');
        source == "/" || HOST_VIEWS.iter().any(|view| path == *view || path.starts_with(&format!("{view}/")))
    };
    let cgroups = |source: &str| source.starts_with("/sys/fs/cgroup") || source.starts_with("/sys/class") || source.starts_with("/sys/bus");
    let mounts = case.service.mounts.iter().filter(|mount| is_view(&mount.source) && !cgroups(&mount.source));
    mounts.map(|mount| Finding::keeps(&HOST_VIEW, format!("mounts `{}` of the host", mount.source), mount.at)).collect()
}

fn network_command(case: &Case<'_>) -> Vec<Finding> {
    let acts = ["ip route", "ip link", "ip addr", "iptables ", "ip6tables ", "nft ", "sysctl -w net."];
    let line = case.service.command_lines().find_map(|line| {
        let text = line.joined();
        acts.iter().find(|act| text.contains(**act)).map(|act| (act.trim(), line.at))
    });
    line.map(|(act, at)| Finding::keeps(&NETWORK_COMMAND, format!("runs `{act}`"), at)).into_iter().collect()
}

fn need(case: &Case<'_>) -> Vec<Finding> {
    let Some((known, need)) = case.subject.known.as_ref().and_then(|known| Some((known, known.host_need?))) else { return Vec::new() };
    match need {
        HostNeed::RosDds if case.inference.silence.is_some() => return Vec::new(), // A build job in a ROS image speaks to nobody.
        HostNeed::Tunnel if shows_targets(case) => return Vec::new(),
        _ => {}
    }
    let place = case.subject.at();
    vec![Finding::keeps(&NEED, format!("image `{}` {}", known.name, sentence(need)), place)]
}

/// Whether the project shows where a tunnel leads: an address in its settings or in a file that it mounts.
fn shows_targets(case: &Case<'_>) -> bool {
    let others = case.project.services.iter().filter(|other| other.name != case.service.name);
    let names = |other: &Service| {
        let in_files = || case.project.mounted_files(case.service).iter().any(|(_, file)| names_host(&file.text, &other.name));
        names_service(case.service, other) || in_files()
    };
    !case.references.is_empty() || others.into_iter().any(names)
}

fn sentence(need: HostNeed) -> &'static str {
    match need {
        HostNeed::Discovery => "finds devices, or is found, by multicast or broadcast",
        HostNeed::Dhcp => "answers DHCP or PXE broadcasts",
        HostNeed::VpnRouting => "routes, or opens a tunnel on the host",
        HostNeed::Tunnel => "leads to targets that are set elsewhere at run time",
        HostNeed::CaptureScan => "captures, scans or wakes what is on the host's network",
        HostNeed::HostFirewall => "writes the host's firewall rules",
        HostNeed::HostMetrics => "measures the host's own interfaces and sockets",
        HostNeed::Vip => "moves a virtual address between hosts",
        HostNeed::MediaRange => "needs a range of over 100 ports for media",
        HostNeed::ClusterFabric => "is a node of a cluster that talks over many or fast links",
        HostNeed::RosDds => "finds its peers by DDS multicast",
        HostNeed::FieldbusRadio => "speaks on a bus that is bound to the host's network",
        HostNeed::NodeAgent => "runs containers or pods whose ports are the host's",
    }
}

fn discovery_port(case: &Case<'_>) -> Vec<Finding> {
    let needs_host = |port: Port| port.protocol == Protocol::Udp && matches!(port.number, 67..=69 | 1900 | 5353);
    let found = case.inference.ports.iter().filter(|inferred| inferred.is_strong() && needs_host(inferred.port));
    found
        .filter_map(|inferred| Some((inferred, inferred.evidence.first()?)))
        .map(|(inferred, evidence)| {
            Finding::keeps(&DISCOVERY_PORT, format!("listens on {}: {}", inferred.port, evidence.because), evidence.at)
        })
        .collect()
}

/// More listed ports than this are a range that is meant for the host.
const MAX_RANGE: usize = 100;

fn media_range(case: &Case<'_>) -> Vec<Finding> {
    let ranges = case.service.ports.iter().filter_map(|entry| Some((entry.at, entry.mapping.as_ref()?.target.range.count())));
    let exposed = case.service.expose.iter().map(|entry| (entry.text.at(), entry.ports.len()));
    let documented = case.subject.known.iter().flat_map(|known| &known.wide_ranges);
    let documented = documented.map(|(first, last)| (case.subject.at(), usize::from(last.number - first.number) + 1));
    let wide = ranges.chain(exposed).chain(by_limits(case)).chain(documented).filter(|(_, count)| *count > MAX_RANGE);
    wide.map(|(at, count)| Finding::keeps(&MEDIA_RANGE, format!("a range of {count} ports"), at)).take(1).collect()
}

/// How the names of the two ends of a range of ports differ.
const LIMITS: [(&str, &str); 3] = [("MIN", "MAX"), ("START", "END"), ("FROM", "TO")];

/// Ranges of ports whose ends are two variables: `RTP_START` and `RTP_END`, `MIN_PORT` and `MAX_PORT`.
fn by_limits(case: &Case<'_>) -> Vec<(Location, usize)> {
    let port = |variable: &Variable| variable.text().parse::<u16>().ok().filter(|number| *number >= 1024);
    let range = |low: &Variable| {
        let (first, name) = (port(low)?, low.name.to_ascii_uppercase());
        LIMITS.iter().find_map(|(min, max)| {
            let other = name.split('_').map(|word| if word == *min { *max } else { word }).collect::<Vec<_>>().join("_");
            let high = case.service.environment.iter().find(|it| other != name && it.name.eq_ignore_ascii_case(&other))?;
            Some((low.at, usize::from(port(high)?.checked_sub(first)?) + 1))
        })
    };
    let speaks_of_ports = |variable: &&Variable| {
        ["PORT", "RTP", "RTC", "TURN", "PASV", "UDP"].iter().any(|word| variable.name.to_ascii_uppercase().contains(word))
    };
    case.service.environment.iter().filter(speaks_of_ports).filter_map(range).collect()
}

fn fabric(case: &Case<'_>) -> Vec<Finding> {
    let ranks = ["RANK", "NODE_RANK", "WORLD_SIZE", "NNODES"].iter().any(|name| case.service.variable(name).is_some());
    let by_rank = if ranks { by_variable(case, &FABRIC, &["MASTER_ADDR"]) } else { Vec::new() };
    if by_rank.is_empty() { by_variable(case, &FABRIC, &["NCCL_", "GLOO_", "OMPI_", "UCX_", "I_MPI_"]) } else { by_rank }
}

fn ros(case: &Case<'_>) -> Vec<Finding> {
    let documented = case.subject.known.as_ref().is_some_and(|known| known.host_need == Some(HostNeed::RosDds));
    if documented || case.inference.silence.is_some() {
        return Vec::new();
    }
    let reasons = [by_ros_variable(case), by_ros_command(case), by_ros_base(case)];
    reasons.into_iter().find(|reasons| !reasons.is_empty()).unwrap_or_default()
}

/// Programs of ROS 1 and 2, and where their environment is set up.
const ROS_COMMANDS: [&str; 6] = ["roscore", "roslaunch", "rosrun", "rosbag", "ros2 ", "/opt/ros/"];

fn by_ros_command(case: &Case<'_>) -> Vec<Finding> {
    let lines = [case.service.entrypoint.as_ref(), case.service.command.as_ref(), case.service.healthcheck.as_ref()];
    let line = lines.into_iter().flatten().find_map(|line| {
        let text = format!("{} ", line.joined());
        ROS_COMMANDS.iter().find(|name| text.contains(**name)).map(|name| (name.trim(), line.at))
    });
    line.map(|(name, at)| Finding::keeps(&ROS, format!("runs `{name}`"), at)).into_iter().collect()
}

/// Images built `FROM ros:…`, also through the default of an `ARG`.
fn by_ros_base(case: &Case<'_>) -> Vec<Finding> {
    let Some((_, stage)) = &case.subject.stage else { return Vec::new() };
    let base = ImageName::parse(&stage.from);
    let is_ros = base.candidates().iter().any(|name| name == "ros" || name.starts_with("osrf/ros") || name.starts_with("ros:"));
    let place = case.subject.at();
    is_ros.then(|| Finding::keeps(&ROS, format!("is built on `{}`", stage.from), place)).into_iter().collect()
}

fn by_ros_variable(case: &Case<'_>) -> Vec<Finding> {
    by_variable(
        case,
        &ROS,
        &[
            "ROS_DOMAIN_ID",
            "ROS_MASTER_URI",
            "ROS_IP",
            "ROS_HOSTNAME",
            "RMW_",
            "CYCLONEDDS_",
            "FASTRTPS_",
            "FASTDDS_",
            "ROS_DISTRO",
            "ROS_LOCALHOST_ONLY",
        ],
    )
}

fn by_variable(case: &Case<'_>, rule: &'static Rule, prefixes: &[&str]) -> Vec<Finding> {
    let variable = case.service.environment.iter().find(|variable| prefixes.iter().any(|prefix| variable.name.starts_with(prefix)));
    variable.map(|variable| Finding::keeps(rule, format!("sets `{}`", variable.name), variable.at)).into_iter().collect()
}
