//! What the keys of configuration files and connection strings say, in whatever format.
//!
//! `data/config_keys.txt` has them. Where a key ends and its value begins is for whoever asks.

use super::patterns::Patterns;
use super::table::kinds;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/config_keys.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names(TEXT, Says::read));

kinds! {
    /// What a key says.
    pub(super) enum Says {
        Binds = "binds",
        Connection = "connection",
        Host = "host",
        Listener = "listener",
        Port = "port",
    }
}

/// Whether a line that begins with it says, whatever the program, where that listens.
pub(crate) fn is_bind(key: &str) -> bool {
    TABLE.say(key, Says::Binds)
}

/// Whether its name speaks of listening.
pub(crate) fn is_listener(key: &str) -> bool {
    TABLE.say(&key.to_ascii_lowercase(), Says::Listener)
}

/// The keys that may hold the port of the host behind `key`, both without separators and in lower case.
pub(crate) fn ports_beside(key: &str) -> impl Iterator<Item = String> {
    let ends = TABLE.found(key).filter(|found| found.says == Says::Host).map(|found| found.at.start);
    let stem = key.get(..ends.min().unwrap_or(key.len())).unwrap_or_default();
    TABLE.texts(|says| says == Says::Port).map(move |end| format!("{stem}{}", end.trim_start_matches('*')))
}

/// The keys of connection strings that hold the host, in lower case.
pub(crate) fn connection_hosts() -> impl Iterator<Item = &'static str> {
    TABLE.texts(|says| says == Says::Connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_port_beside_it() {
        assert_eq!(ports_beside("dbhostname").collect::<Vec<_>>(), ["dbport", "dbportnumber", "dbportvalue"]);
        assert_eq!(ports_beside("upstream").next().as_deref(), Some("upstreamport"));
    }

    #[test]
    fn keys_that_speak_of_listening() {
        assert!(is_listener("RPCListen") && is_bind("bind-address") && !is_bind("bind_dn"));
        assert!(connection_hosts().any(|key| key == "data source"));
    }
}
