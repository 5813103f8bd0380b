//! What the flags of programs say, whoever reads them.
//!
//! `data/flags.txt` has them; what a program documents stands with it. Flags are looked up as they are written, `-p` and `-P` apart. Where a
//! flag ends and its value begins is for whoever asks.

use super::patterns::Patterns;
use super::table::kinds;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/flags.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names(TEXT, Says::read));

kinds! {
    /// What a flag says.
    pub(super) enum Says {
        Advertised = "advertised",
        Bind = "bind",
        Cluster = "cluster",
        DialledPort = "dialled-port",
        Host = "host",
        MaybeListens = "maybe-listens",
    }
}

/// Whether an address behind it is one to listen on.
pub(crate) fn is_bind(flag: &str) -> bool {
    TABLE.say(flag, Says::Bind)
}

/// Whether it names a host, which a server listens on and a client dials.
pub(crate) fn is_host(flag: &str) -> bool {
    TABLE.say(flag, Says::Host)
}

/// The flags that say which port a client dials, when a host stands beside them.
pub(crate) fn dialled_ports() -> impl Iterator<Item = &'static str> {
    TABLE.texts(|says| says == Says::DialledPort)
}

/// Whether a port or an address behind it may be one to listen on.
pub(crate) fn may_listen(flag: &str) -> bool {
    TABLE.say(flag, Says::MaybeListens)
}

/// Whether a command names the other nodes of a cluster.
pub(crate) fn name_cluster(command: &str) -> bool {
    TABLE.say(command, Says::Cluster)
}

/// Whether a command tells clients an address.
pub(crate) fn advertise(command: &str) -> bool {
    TABLE.say(command, Says::Advertised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_told_by_their_case() {
        assert!(is_host("-H") && !is_host("-h"));
        assert!(is_bind("--bind-address") && !is_bind("--host"));
        assert!(dialled_ports().any(|flag| flag == "-P"));
    }

    #[test]
    fn a_command_is_searched_for_its_flags() {
        assert!(name_cluster("mongod --replSet rs0") && advertise("mongod --replSet rs0"));
        assert!(!name_cluster("mongod --port 27018"));
    }
}
