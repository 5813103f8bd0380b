//! The knowledge base of container images: what they listen on, what moves it, and what host networking is to them.
//!
//! Facts from the documentation of images, one line each in `images.txt`, whose head explains the columns. This module looks a line up and
//! turns it into types; it has no opinion on what follows from a fact, and never guesses at an image that it does not know.

use super::patterns::matches;
use super::setting::{self, Setting, ValueKind};
use super::table::{self, Line, Table, kinds};
use crate::port::Port;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/images.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(TEXT));

/// What is known about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownImage {
    /// Its name, without tag, `docker.io/` and `library/`.
    pub(crate) name: &'static str,
    /// What kind of program it runs.
    pub(crate) role: Role,
    /// What it listens on by default. Empty for a server: unknown, because its command or configuration says.
    pub(crate) ports: Vec<Port>,
    /// Further listeners that are documented, but off, internal or rarely of use.
    pub(crate) more_ports: Vec<Port>,
    /// Ranges of more than 50 ports, as first and last: media and passive FTP.
    pub(crate) wide_ranges: Vec<(Port, Port)>,
    /// Variables that move a listener.
    pub(crate) port_env: Vec<Setting>,
    /// Flags of its command that move a listener, beside those of [`KnownImage::program`].
    pub(crate) port_flags: Vec<Setting>,
    /// The program of `known_programs` that its entrypoint runs: the command's flags are this program's.
    pub(crate) program: Option<&'static str>,
    /// Why the image is meant for host networking, if it is.
    pub(crate) host_need: Option<HostNeed>,
    /// What may break when it leaves host networking.
    pub(crate) caveats: Vec<Caveat>,
    /// Variables and flags that settle the caveats when they are given.
    pub(crate) settled_by: Vec<&'static str>,
    /// Variables that name other servers.
    pub(crate) client_env: Vec<&'static str>,
    /// Where the facts were read, as `owner/repository:path`, several with commas; empty for general knowledge.
    pub(crate) source: &'static str,
    /// Whether the default ports were checked in `source`.
    pub(crate) verified: bool,
}

kinds! {
    /// What kind of program an image runs.
    pub(crate) enum Role {
        /// It serves.
        Server = "server",
        /// It only dials out.
        Client = "client",
        /// It does its work and ends, listening on nothing.
        Job = "job",
        /// It passes connections on to other servers.
        Proxy = "proxy",
        /// Its peers dial in from anywhere.
        P2p = "p2p",
        /// It watches or serves the machine that it runs on.
        Agent = "agent",
    }
}

kinds! {
    /// Why an image is meant for host networking.
    pub(crate) enum HostNeed {
        /// mDNS, SSDP or another broadcast by which devices find each other.
        Discovery = "discovery",
        /// It answers DHCP, BOOTP or PXE broadcasts.
        Dhcp = "dhcp",
        /// It routes, or opens a tunnel device on the host.
        VpnRouting = "vpn-routing",
        /// Its targets or ports are set elsewhere at run time; void when the project shows them.
        Tunnel = "tunnel",
        /// It captures, scans or wakes what is on the host's network.
        CaptureScan = "capture-scan",
        /// It writes the host's firewall rules.
        HostFirewall = "host-firewall",
        /// It measures the host's own interfaces and sockets.
        HostMetrics = "host-metrics",
        /// It moves a virtual address between hosts.
        Vip = "vip",
        /// It needs a range of over 100 ports for media.
        MediaRange = "media-range",
        /// It is a node of a cluster that talks over many or fast links.
        ClusterFabric = "cluster-fabric",
        /// ROS and DDS discovery.
        RosDds = "ros-dds",
        /// CAN, Bluetooth or another bus that is bound to a network namespace.
        FieldbusRadio = "fieldbus-radio",
        /// It runs containers or pods whose ports are the host's.
        NodeAgent = "node-agent",
    }
}

kinds! {
    /// What may break when an image leaves host networking.
    pub(crate) enum Caveat {
        /// Clients from outside dial in: on loopback it is off line.
        PublicEdge = "public-edge",
        /// Peers from outside dial in: on loopback it loses them.
        P2p = "p2p",
        /// Its data follow the hostname.
        Identity = "identity",
        /// It tells clients the address at which they find it.
        Advertised = "advertised",
        /// As identity and advertised, but only as one of several nodes: alone it is free to move.
        Cluster = "cluster",
        /// Unless told otherwise it listens on, or trusts, nothing but loopback.
        LoopbackTrust = "loopback-trust",
        /// Unless told otherwise it dials an address on loopback.
        DialsLoopback = "dials-loopback",
    }
}

/// What is known about the first of `candidates` (the names of one image, most specific first) that is known at all. Some images listen
/// according to their `tag`.
pub(crate) fn find<S: AsRef<str>>(candidates: &[S], tag: Option<&str>) -> Option<KnownImage> {
    candidates.iter().find_map(|name| named(name.as_ref(), tag.unwrap_or("latest")))
}

fn named(name: &str, tag: &str) -> Option<KnownImage> {
    let fits = |line: &Line| line.field("tag").is_some_and(|pattern| matches(pattern, tag));
    let line = TABLE.of(name).find(fits).or_else(|| TABLE.of(name).find(|line| line.field("tag").is_none()))?;
    match line.field("as") {
        Some(same) if same != name => Some(KnownImage { name: line.key(), ..named(same, tag)? }),
        _ => image(line),
    }
}

fn image(line: Line) -> Option<KnownImage> {
    let ports = line.ports("ports");
    let main = ports.first().copied();
    Some(KnownImage {
        name: line.key(),
        role: line.words().next().and_then(Role::read)?,
        more_ports: line.ports("more"),
        wide_ranges: line.list("wide").filter_map(table::range).collect(),
        port_env: setting::parse(line, "env", ValueKind::Address, main),
        port_flags: setting::parse(line, "flags", ValueKind::Address, main),
        program: line.field("runs"),
        host_need: line.field("needs").and_then(HostNeed::read),
        caveats: line.list("caveats").filter_map(Caveat::read).collect(),
        settled_by: line.list("settled").collect(),
        client_env: line.list("dials").collect(),
        source: line.field("doc").or(line.field("see")).unwrap_or_default(),
        verified: line.field("doc").is_some(),
        ports,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::programs;
    use crate::port::Protocol;

    fn known(name: &str, tag: Option<&str>) -> KnownImage {
        find(&[name], tag).unwrap_or_else(|| panic!("{name} is not known"))
    }

    fn tcp(numbers: &[u16]) -> Vec<Port> {
        numbers.iter().map(|&number| Port { number, protocol: Protocol::Tcp }).collect()
    }

    #[test]
    fn names_are_as_short_as_they_get() {
        for line in TABLE.lines() {
            let name = line.key();
            let spelt_out = ["docker.io/", "index.docker.io/", "library/", "lscr.io/", "ghcr.io/linuxserver/"];
            assert!(!spelt_out.iter().any(|prefix| name.starts_with(prefix)), "{name}");
            assert!(!name.contains(['@', ':', '$']) && name == name.to_lowercase(), "{name}");
        }
    }

    #[test]
    fn every_line_says_something_that_is_understood() {
        for line in TABLE.lines() {
            let name = line.key();
            if let Some(same) = line.field("as") {
                assert!(TABLE.of(same).any(|line| line.field("tag").is_none() && line.field("as").is_none()), "{name} as={same}");
                continue;
            }
            let image = image(line).unwrap_or_else(|| panic!("{name} has no role"));
            assert_eq!(line.words().count(), 1, "{name} has stray words");
            assert_eq!(image.host_need.is_some(), line.field("needs").is_some(), "{name}: needs=");
            assert_eq!(image.caveats.len(), line.list("caveats").count(), "{name}: caveats=");
            assert!(image.program.is_none_or(|program| programs::program(program).is_some()), "{name}: runs=");
            assert!(image.source.split(',').all(|source| source.is_empty() || source.contains(['/', '.'])), "{name}: {}", image.source);
            assert!(!image.verified || !image.source.is_empty(), "{name} is verified without a source");
            assert!(line.field("doc").is_none() || line.field("see").is_none(), "{name} has doc= and see=");
            for setting in line.list("env").chain(line.list("flags")) {
                let port = setting.rsplit_once('=').map(|(_, port)| table::range(port));
                assert_ne!(port, Some(None), "{name}: {setting}");
            }
        }
    }

    #[test]
    fn clients_and_jobs_listen_on_nothing_by_default() {
        for line in TABLE.lines().filter(|line| line.words().any(|word| word == "client" || word == "job")) {
            assert_eq!(line.field("ports"), None, "{}", line.key());
        }
    }

    #[test]
    fn an_image_is_found_by_the_first_candidate_that_is_known() {
        assert_eq!(known("postgres", None).ports, tcp(&[5432]));
        let mirrored = ["mirror.example.com/library/postgres", "postgres"];
        assert_eq!(find(&mirrored, Some("16-alpine")).unwrap().name, "postgres");
        let linuxserver = ["ghcr.io/linuxserver/plex", "linuxserver/plex"];
        assert_eq!(find(&linuxserver, None).unwrap().host_need, Some(HostNeed::Discovery));
        assert_eq!(find(&["example.com/our/own", "our/own"], None), None);
        assert_eq!(find::<&str>(&[], None), None);
    }

    #[test]
    fn the_same_image_under_another_name_keeps_its_name() {
        let exporter = known("quay.io/prometheus/node-exporter", None);
        assert_eq!((exporter.name, exporter.host_need), ("quay.io/prometheus/node-exporter", Some(HostNeed::HostMetrics)));
    }

    #[test]
    fn some_images_listen_according_to_their_tag() {
        assert_eq!(known("rabbitmq", Some("3.13-alpine")).ports, tcp(&[5672]));
        assert_eq!(known("rabbitmq", Some("3.13-management-alpine")).ports, tcp(&[5672, 15672]));
        assert_eq!(known("influxdb", Some("2.7")).ports, tcp(&[8086]));
        assert_eq!(known("influxdb", Some("3-core")).ports, tcp(&[8181]));
        assert_eq!(known("docker", Some("cli")).role, Role::Job);
        assert_eq!(known("docker", Some("27-dind")).host_need, Some(HostNeed::NodeAgent));
        assert_eq!(known("php", Some("8.3-fpm-alpine")).ports, tcp(&[9000]));
        assert_eq!(known("php", Some("8.3-apache")).ports, tcp(&[80]));
        assert_eq!(known("php", Some("8.3-cli")).ports, []);
    }

    #[test]
    fn a_setting_names_the_listener_that_it_moves() {
        let keycloak = known("quay.io/keycloak/keycloak", None);
        let https = keycloak.port_env.iter().find(|setting| setting.name == "KC_HTTPS_PORT").unwrap();
        assert_eq!(https.listener, Some(tcp(&[8443])[0]));
        let grafana = known("grafana/grafana", None);
        assert!(
            grafana
                .port_env
                .iter()
                .any(|setting| setting.name == "GF_SERVER_HTTP_PORT" && setting.listener == grafana.ports.first().copied())
        );
    }
}
