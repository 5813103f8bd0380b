//! What a migration is told: the user's own facts and wishes.
//!
//! Plain values, so that whoever uses the library needs no command line. Where to look for files, and what to do with the
//! result, is for the program.

use crate::port::Port;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// What to migrate, and to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whether edits are applied whose consequences the files cannot settle.
    pub unsafe_edits: bool,
    /// Ports that the user states.
    pub ports: Vec<StatedPorts>,
    /// Services that stay on host networking, whatever the verdict.
    pub keep: Vec<String>,
    /// Services that migrate, whatever the verdict.
    pub migrate: Vec<String>,
    /// The network to join; `default` is the project's implicit one.
    pub network: String,
    /// The host IP of port mappings.
    pub host_ip: IpAddr,
    /// The host IP of the mappings of single services.
    pub service_host_ips: BTreeMap<String, IpAddr>,
    /// Whether ports are mapped on `[::1]` as well.
    pub ipv6: bool,
}

/// `[FILE:]SERVICE=PORT[/udp][,…]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedPorts {
    /// The Compose file, when several projects have a service of that name.
    pub file: Option<PathBuf>,
    /// The service.
    pub service: String,
    /// The ports it listens on; never empty.
    pub ports: Vec<Port>,
}

impl Settings {
    /// The services that are named, each with the option that names it.
    pub(crate) fn named_services(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let stated = self.ports.iter().map(|stated| ("--port", &stated.service));
        let listed = [("--keep", &self.keep), ("--migrate", &self.migrate)];
        let listed = listed.into_iter().flat_map(|(option, names)| names.iter().map(move |name| (option, name)));
        let addressed = self.service_host_ips.keys().map(|name| ("--host-ip", name));
        stated.chain(listed).chain(addressed).map(|(option, name)| (option, name.as_str()))
    }
}

impl Default for Settings {
    /// Edits that are safe, ports on 127.0.0.1, the network `app-net`.
    fn default() -> Self {
        Self {
            unsafe_edits: false,
            ports: Vec::new(),
            keep: Vec::new(),
            migrate: Vec::new(),
            network: "app-net".to_owned(),
            host_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            service_host_ips: BTreeMap::new(),
            ipv6: false,
        }
    }
}
