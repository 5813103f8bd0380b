//! The knowledge base of container images: what they listen on, what moves it, and what host networking is to them.
//!
//! Facts from the documentation of images, one line each in `images.txt`, whose head explains the columns. This module looks a line up and
//! turns it into types; it has no opinion on what follows from a fact. An image that it does not know it may find [`Similar`] to one that it
//! does, by name: that is for whoever asks to doubt.

use super::patterns::matches;
use super::setting::{self, Setting, ValueKind};
use super::table::{self, Line, Table, kinds};
use super::words;
use crate::port::Port;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/images.txt");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(TEXT));

/// What is known of images by the last part of their names, app stores left aside.
static BY_LAST_PART: LazyLock<BTreeMap<&str, Vec<Line>>> = LazyLock::new(|| {
    let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in TABLE.lines().filter(|line| line.field("from").is_none()) {
        lines.entry(last_part(line.key())).or_default().push(line);
    }
    lines
});

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
    /// Variables that do so where none of those is given.
    pub(crate) derived_env: Vec<Setting>,
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
    /// How well the default ports are known.
    pub(crate) strength: Strength,
    /// Whether app stores alone say what is known: nothing of its flags, of what it dials and of what it reads beside
    /// [`KnownImage::port_env`].
    pub(crate) is_of_stores: bool,
    /// How many app stores agree on each of the default ports, when it was counted.
    pub(crate) stores: Option<u16>,
    /// How the app stores that ship it run it, when it was counted.
    pub(crate) bridged: Option<Bridged>,
}

/// How well the default ports of an image are known. The head of the table tells how often each is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Read in a source: all that is listed, and nothing but what is listed.
    Documented,
    /// Several app stores say all of them, and none says another one.
    Agreed,
    /// General knowledge, a single app store, or a listener that stores do not agree on.
    Weak,
}

/// How many app stores run an image on a bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bridged {
    /// Stores that never put it on the host's network.
    pub(crate) by: u16,
    /// Stores that ship it.
    pub(crate) of: u16,
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
        /// It keeps the addresses of the servers that it dials in its own data.
        StoredAddress = "stored-address",
        /// Unless told otherwise it dials an address on loopback.
        DialsLoopback = "dials-loopback",
    }
}

impl KnownImage {
    /// Whether its documentation was read, so that what is not listed is not there.
    pub(crate) fn is_documented(&self) -> bool {
        self.strength == Strength::Documented
    }

    /// Whether what it is meant for host networking for is a part of what it does: a media server is not found by DLNA on a bridge and
    /// plays all the same, a monitor sees its own interfaces only. A VPN without its routes does nothing.
    pub(crate) fn does_without_host(&self) -> bool {
        match self.host_need {
            Some(HostNeed::Discovery) => !self.ports.is_empty(),
            Some(HostNeed::HostMetrics) => true,
            _ => false,
        }
    }
}

/// What is known about the first of `candidates` (the names of one image, most specific first) that is known at all. Some images listen
/// according to their `tag`.
pub(crate) fn find<S: AsRef<str>>(candidates: &[S], tag: Option<&str>) -> Option<KnownImage> {
    candidates.iter().find_map(|name| named(name.as_ref(), tag.unwrap_or("latest")))
}

/// An image that another one seems to be a build or a fork of, judged by its name alone: a reason for doubt, never a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Similar(pub(crate) KnownImage);

/// The image that an unknown one seems to be a build or a fork of: `ryansch/unifi-rpi` of a UniFi controller. That takes a name which
/// stands for one thing: an official image, one called after its owner, or one that several owners have; and all of them agree on the main
/// listener and on the need of the host's network. `server` and `web` stand for anything.
pub(crate) fn similar<S: AsRef<str>>(candidates: &[S]) -> Option<Similar> {
    let last = candidates.first()?.as_ref().rsplit('/').next()?;
    let words: Vec<_> = last.split(['-', '_']).filter(|word| !words::is_build(word)).collect();
    let stem = words.join("-");
    let called = BY_LAST_PART.get(stem.as_str())?;
    let mut found: Vec<KnownImage> = called.iter().filter_map(|line| named(line.key(), "latest")).collect();
    let say_the_same = |other: &KnownImage| found.first().is_some_and(|first| of_one_kind(first, other));
    let owners: BTreeSet<_> = called.iter().map(|line| owner(line.key())).collect();
    let stands_for_one = owners.contains(&None) || owners.contains(&Some(stem.as_str())) || owners.len() > 1;
    if !stands_for_one || !found.iter().all(say_the_same) {
        return None;
    }
    let by_rank = |image: &KnownImage| {
        let owner = owner(image.name);
        (owner.is_some(), owner != Some(stem.as_str()), !image.is_documented(), image.name.len())
    };
    found.sort_by_key(by_rank);
    found.into_iter().next().map(Similar)
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The part before the last; none for an official image.
fn owner(name: &str) -> Option<&str> {
    name.rsplit_once('/').map(|(path, _)| last_part(path))
}

fn of_one_kind(one: &KnownImage, other: &KnownImage) -> bool {
    one.ports.first() == other.ports.first() && one.host_need == other.host_need
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
        derived_env: setting::parse(line, "derived", ValueKind::Address, main),
        port_flags: setting::parse(line, "flags", ValueKind::Address, main),
        program: line.field("runs"),
        host_need: line.field("needs").and_then(HostNeed::read),
        caveats: line.list("caveats").filter_map(Caveat::read).collect(),
        settled_by: line.list("settled").collect(),
        client_env: line.list("dials").collect(),
        source: ["doc", "see", "from"].iter().find_map(|key| line.field(key)).unwrap_or_default(),
        strength: strength(line),
        is_of_stores: line.field("from").is_some(),
        stores: stores(line),
        bridged: line.field("bridged").and_then(bridged),
        ports,
    })
}

/// Further listeners that a single store names leave open what there is; on a line by hand they are known to matter little.
fn strength(line: Line) -> Strength {
    let is_open = line.field("from").is_some() && line.field("more").is_some();
    match stores(line) {
        _ if line.field("doc").is_some() => Strength::Documented,
        Some(2..) if !is_open => Strength::Agreed,
        _ => Strength::Weak,
    }
}

fn stores(line: Line) -> Option<u16> {
    line.field("stores")?.parse().ok()
}

fn bridged(text: &str) -> Option<Bridged> {
    let (by, of) = text.split_once('/')?;
    Some(Bridged { by: by.parse().ok()?, of: of.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::image::ImageName;
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
            assert!(["doc", "see", "from"].iter().filter(|key| line.field(key).is_some()).count() < 2, "{name} has two kinds of sources");
            assert_eq!(image.stores.is_some(), line.field("stores").is_some(), "{name}: stores=");
            assert!(line.field("bridged").is_none() || image.bridged.is_some_and(|stores| stores.by <= stores.of), "{name}: bridged=");
            assert!(image.stores.is_none_or(|stores| stores > 0 && !image.ports.is_empty()), "{name}: stores= of what?");
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
    fn stores_that_agree_are_strong_and_one_alone_is_weak() {
        let line = |rest: &str| {
            let text: &'static str = Box::leak(format!("x server {rest}").into_boxed_str());
            image(Table::new(text).lines().next().unwrap()).unwrap()
        };
        assert_eq!(line("ports=80 doc=a/b:c").strength, Strength::Documented);
        assert_eq!(line("ports=80 stores=2 from=a/b:c").strength, Strength::Agreed);
        assert_eq!(line("ports=80 more=81 stores=2 from=a/b:c").strength, Strength::Weak);
        assert_eq!(line("ports=80 more=81 stores=2").strength, Strength::Agreed);
        assert_eq!(line("ports=80 stores=1 from=a/b:c").strength, Strength::Weak);
        assert_eq!(line("ports=80").strength, Strength::Weak);
    }

    #[test]
    fn a_need_is_hard_or_something_is_lost() {
        let jellyfin = known("linuxserver/jellyfin", None);
        assert_eq!((jellyfin.does_without_host(), jellyfin.bridged), (true, Some(Bridged { by: 9, of: 9 })));
        for hard in ["1activegeek/airconnect", "tailscale/tailscale", "jitsi/jvb", "redis"] {
            assert!(!known(hard, None).does_without_host(), "{hard}");
        }
    }

    #[test]
    fn a_build_for_one_machine_is_the_image_itself() {
        let candidates = ImageName::parse("arm64v8/redis:7").candidates();
        assert_eq!(find(&candidates, None).unwrap().ports, tcp(&[6379]));
        assert_eq!(similar(&candidates).unwrap().0.name, "redis");
    }

    #[test]
    fn a_fork_is_like_the_image_that_its_name_says() {
        let like = |name: &str| similar(&[name]).map(|Similar(image)| image.name);
        let unifi = similar(&["ryansch/unifi-rpi"]).unwrap().0;
        assert_eq!((unifi.ports[0].number, unifi.host_need), (8080, Some(HostNeed::Discovery)));
        assert_eq!(like("me/rpi-redis"), Some("redis"));
        assert_eq!(like("registry.example/team/jellyfin-custom"), Some("jellyfin/jellyfin"));
        for anything in ["me/server", "me/web", "me/app", "me/redis-thing", "me/mysql-sync", "me/docker", "me/node", ""] {
            assert_eq!(like(anything), None, "{anything}");
        }
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
