//! Reasons to leave a service on host networking: it needs what only the host's network has.

use super::{Case, Check, Reason, author};
use crate::compose::port::{Port, Protocol};
use crate::compose::tree::Text;
use crate::diagnostic::{Rule, rules};
use crate::infer::known_images::{HostNeed, Role};
use crate::source::Location;

rules! {
    AUTHOR, "author-comment", "the author says why it is on host networking",
        "A comment beside `network_mode`, at the head of the service or of the file gives a reason for host networking. \
         The author knows more than the files show, so the service stays. Comments that only restate the setting do not count.";
    CAPABILITY, "network-capability", "it is given capabilities to change or watch the network",
        "NET_ADMIN, NET_RAW, NET_BROADCAST, SYS_MODULE and ALL act on the network namespace that the container is in. \
         In a namespace of its own they would act on that one and no longer on the host's.";
    DEVICE, "network-device", "it is given a network device of the host",
        "`/dev/net/tun` makes tunnels in the container's namespace, `/dev/infiniband` needs the host's interfaces.";
    NAMESPACE, "host-namespace", "it shares other namespaces with the host",
        "`pid: host` and `uts: host` show that the service looks after the host itself.";
    HOST_VIEW, "host-view", "it mounts the host's own view of itself",
        "`/`, `/proc`, `/sys`, the system bus or avahi's socket are mounted: the service looks at the host or speaks for it.";
    NETWORK_COMMAND, "network-command", "its command changes the network",
        "`ip route`, `iptables`, `nft` or `sysctl -w net.` in the command act on the namespace that the container is in.";
    NEED, "host-need", "its job is with the host's network",
        "The image is documented for host networking: discovery by multicast, DHCP, VPN and routing, capture and scans, host \
         firewalls and metrics, virtual addresses, wide media port ranges, cluster fabrics, ROS, field buses, node agents.";
    DISCOVERY_PORT, "discovery-port", "it listens for multicast discovery or DHCP",
        "Multicast and broadcast do not cross a bridge: mDNS (5353/udp), SSDP (1900/udp) and DHCP (67 to 69/udp) need the host's network.";
    MEDIA_RANGE, "media-range", "it needs more ports than can be mapped one by one",
        "Ranges over 100 ports (RTP, TURN, WebRTC, passive FTP) cost a proxy process a port and are documented for host networking.";
    FABRIC, "cluster-fabric", "it is a node of a compute cluster",
        "NCCL, GLOO, MPI and RDMA choose interfaces of the host and open ports at random in both directions.";
    ROS, "ros-dds", "it speaks ROS or DDS",
        "DDS discovers peers by multicast, ROS 1 nodes open random ports in both directions.";
    WISH, "kept", "the user says so",
        "`--keep` or a `# compose-fix: keep` comment names the service.";
}

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

fn capability(case: &Case<'_>) -> Vec<Reason> {
    let name = |text: &Text| text.value.to_ascii_uppercase().trim_start_matches("CAP_").to_owned();
    let wanted = case.service.texts("cap_add").into_iter().filter(|text| CAPABILITIES.contains(&name(text).as_str()));
    let documented_on_bridge =
        |text: &Text| name(text) == "NET_ADMIN" && case.subject.known.as_ref().is_some_and(|known| known.role == Role::Proxy);
    wanted
        .filter(|text| !documented_on_bridge(text))
        .map(|text| Reason::new(&CAPABILITY, format!("`cap_add: {}`", text.value), text.at()))
        .collect()
}

fn device(case: &Case<'_>) -> Vec<Reason> {
    let devices = case.service.texts("devices").into_iter().map(|text| (text.value.clone(), text.at()));
    let mounts = case.service.mounts.iter().map(|mount| (mount.source.clone(), mount.at));
    let is_network = |(path, _): &(String, Location)| {
        path.starts_with("/dev/net/tun") || path.starts_with("/dev/infiniband") || path.starts_with("/dev/net:")
    };
    devices.chain(mounts).filter(is_network).map(|(path, at)| Reason::new(&DEVICE, format!("uses `{path}`"), at)).collect()
}

fn namespace(case: &Case<'_>) -> Vec<Reason> {
    let keys = ["pid", "uts"].into_iter().filter_map(|key| case.service.field(key));
    keys.filter(|field| field.value.as_str() == Some("host"))
        .map(|field| Reason::new(&NAMESPACE, format!("`{}: host`", field.key), field.entry))
        .collect()
}

/// Host paths that give a view of the host; the root only as a whole.
const HOST_VIEWS: [&str; 6] = ["/proc", "/run/avahi-daemon", "/run/dbus", "/sys", "/var/run/avahi-daemon", "/var/run/dbus"];

fn host_view(case: &Case<'_>) -> Vec<Reason> {
    let is_view = |source: &str| {
        let path = source.trim_end_matches('/');
        source == "/" || HOST_VIEWS.iter().any(|view| path == *view || path.starts_with(&format!("{view}/")))
    };
    let cgroups = |source: &str| source.starts_with("/sys/fs/cgroup") || source.starts_with("/sys/class") || source.starts_with("/sys/bus");
    let mounts = case.service.mounts.iter().filter(|mount| is_view(&mount.source) && !cgroups(&mount.source));
    mounts.map(|mount| Reason::new(&HOST_VIEW, format!("mounts `{}` of the host", mount.source), mount.at)).collect()
}

fn network_command(case: &Case<'_>) -> Vec<Reason> {
    let lines = [case.service.entrypoint.as_ref(), case.service.command.as_ref()];
    let acts = ["ip route", "ip link", "ip addr", "iptables ", "ip6tables ", "nft ", "sysctl -w net."];
    let line = lines.into_iter().flatten().find_map(|line| {
        let text = line.joined();
        acts.iter().find(|act| text.contains(**act)).map(|act| (act.trim(), line.at))
    });
    line.map(|(act, at)| Reason::new(&NETWORK_COMMAND, format!("runs `{act}`"), at)).into_iter().collect()
}

fn need(case: &Case<'_>) -> Vec<Reason> {
    let Some((known, need)) = case.subject.known.as_ref().and_then(|known| Some((known, known.host_need?))) else { return Vec::new() };
    if need == HostNeed::RosDds && case.inference.silence.is_some() {
        return Vec::new(); // A one-shot build job in a ROS image speaks to nobody.
    }
    let place = case.subject.at();
    vec![Reason::new(&NEED, format!("image `{}` {}", known.name, sentence(need)), place)]
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

fn discovery_port(case: &Case<'_>) -> Vec<Reason> {
    let needs_host = |port: Port| port.protocol == Protocol::Udp && matches!(port.number, 67..=69 | 1900 | 5353);
    let found = case.inference.ports.iter().filter(|inferred| inferred.is_strong() && needs_host(inferred.port));
    found
        .filter_map(|inferred| Some((inferred, inferred.evidence.first()?)))
        .map(|(inferred, evidence)| {
            Reason::new(&DISCOVERY_PORT, format!("listens on {}: {}", inferred.port, evidence.because), evidence.at)
        })
        .collect()
}

/// More listed ports than this are a range that is meant for the host.
const MAX_RANGE: usize = 100;

fn media_range(case: &Case<'_>) -> Vec<Reason> {
    let ranges = case.service.ports.iter().filter_map(|entry| Some((entry.at, entry.mapping.as_ref()?.target.range.count())));
    let exposed = case.service.expose.iter().map(|entry| (entry.text.at(), entry.ports.len()));
    let wide = ranges.chain(exposed).filter(|(_, count)| *count > MAX_RANGE);
    wide.map(|(at, count)| Reason::new(&MEDIA_RANGE, format!("a range of {count} ports"), at)).take(1).collect()
}

fn fabric(case: &Case<'_>) -> Vec<Reason> {
    by_variable(case, &FABRIC, &["NCCL_", "GLOO_", "OMPI_", "UCX_", "I_MPI_"])
}

fn ros(case: &Case<'_>) -> Vec<Reason> {
    if case.inference.silence.is_some() {
        return Vec::new();
    }
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

fn by_variable(case: &Case<'_>, rule: &'static Rule, prefixes: &[&str]) -> Vec<Reason> {
    let variable = case.service.environment.iter().find(|variable| prefixes.iter().any(|prefix| variable.name.starts_with(prefix)));
    variable.map(|variable| Reason::new(rule, format!("sets `{}`", variable.name), variable.at)).into_iter().collect()
}
