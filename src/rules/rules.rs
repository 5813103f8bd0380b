//! The rules of verdicts: what each is called, and its page of help.
//!
//! Texts only, so that whoever looks for a rule finds all of them in one place. What a rule looks at stands beside the others
//! of its group, in `keep`, `ask` and `review`.

use crate::diagnostic::rules;

// Reasons to leave a service on host networking.
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

// What speaks for a migration.
rules! {
    EVIDENCE, "evidence", "why a service is believed to listen on a port",
        "Each port has its evidence: what the user states, `expose` and `ports`, flags of the command, variables, the healthcheck, \
         labels, the Dockerfile, mounted configuration, the image's documentation, with `--engine` the sockets of running containers.";
}

// Facts that are missing.
rules! {
    OVERLAY, "overlay", "it is one layer of a service that other files define",
        "The service has neither `image`, `build` nor `extends` here: this file is meant to be put over another one. Run again \
         with all files of the stack, in order: `compose-fix -f base.yml -f this.yml`.";
    UNKNOWN_VARIABLE, "unknown-variable", "its port is a variable without a value",
        "The port is `${VAR}`, `.env` gives it no value and it has no default. Put the value into `.env`, name the file with \
         `--env-file`, or state the port with `--port SERVICE=PORT`.";
    NO_PORT, "no-port", "nothing says which port it listens on",
        "No option, variable, healthcheck, label, Dockerfile or known image names a port, and nothing says that the service \
         only dials out. State the port with `--port SERVICE=PORT` or `# compose-fix: ports PORT` above `network_mode`.";
    PORT_CONFLICT, "port-conflict", "another service claims the same port of the host",
        "Two services cannot be mapped on one port of the host; the second would fail to start. State the port of each with \
         `--port SERVICE=PORT`.";
}

// Consequences that the files cannot settle.
rules! {
    REACHABILITY, "reachability", "the author wants something at `localhost` in reach",
        "A comment says that host networking is there to reach something at the host's address. The edit rewrites such addresses; \
         whether all of them are visible, a person has to say.";
    PUBLIC_EDGE, "public-edge", "clients outside this machine dial it",
        "Mail, DNS and web servers, reverse proxies and peer-to-peer nodes are there for other machines. Mapped on 127.0.0.1 they are \
         off line. To publish one on purpose: `--host-ip SERVICE=0.0.0.0`.";
    HOST_PROCESS, "host-process", "it dials a process on the host",
        "No service of the project listens at that port, so it is a process on the host. From a bridge it is reached at \
         `host.docker.internal`, and only if it listens beyond loopback and the firewall lets bridges in.";
    CONFIG_FILE, "config-file", "a mounted file names an address of the host",
        "The file is read by the service and still says `localhost`. It has to change together with the Compose file.";
    UNCLEAR_ADDRESS, "unclear-address", "whom an address belongs to cannot be told",
        "The address could belong to several services, or its port is not known. Make it explicit, or mend it by hand after the migration.";
    HIDDEN_ADDRESS, "hidden-address", "how it reaches a service that it depends on is not visible",
        "It is started after a service that answers on the host, or its image or Dockerfile dials `localhost`, or it has no settings at \
         all beside a database, and no variable, command or mounted file says at which address it finds it. The address is probably \
         `localhost` inside the image. Set it by a variable, then migrate.";
    LOOPBACK_BIND, "loopback-bind", "it listens on one address of the host only",
        "In a network of its own a service that listens on 127.0.0.1 or on the host's LAN address cannot be reached through a port \
         mapping: every connection is reset. It has to listen on 0.0.0.0; the mapping on 127.0.0.1 keeps others out.";
    MISSING_FILE, "missing-file", "a file that it reads is not in the project",
        "An address or a port could be in it. Put the file (or an example with the same addresses) there, or review by hand.";
    IPV6, "ipv6", "it speaks IPv6",
        "A bridge network has IPv6 only when it is told so (`enable_ipv6: true`).";
    IDENTITY, "identity", "its identity follows the hostname",
        "Under host networking its hostname is the host's; afterwards it is the container's id, and the data or the cluster no longer \
         recognises it. Set `hostname:` to the name that it has now before you migrate it. One node alone of a database that can \
         be clustered is free to move.";
    ADVERTISED, "advertised-address", "it tells clients an address",
        "Clients are told where to connect, and an address that is right inside the network is wrong outside it. Two listeners are the cure.";
    PRIVILEGED, "privileged", "it is privileged",
        "A privileged container may do anything to the network that it is in; what it does is not visible here.";
    SWARM, "swarm", "it has more than one container, or is meant for a swarm",
        "A fixed port of the host can be mapped once. A swarm ignores the host address of a mapping.";
    WEAK_PORT, "weak-port", "its port is only hinted at",
        "What speaks for the port is general knowledge about the image, not its documentation. State it with `--port SERVICE=PORT`.";
    PEER_STAYS, "peer-stays", "it dials a service that stays on host networking",
        "From a bridge, such a service is reached at `host.docker.internal`, and only if it listens beyond loopback and the firewall \
         lets bridges in.";
    SHARED_VALUE, "shared-value", "an address that has to change is read by a service that stays",
        "The value stands in one place for several services. Rewriting it would cut off those that stay on host networking.";
    REFUSED, "refused-edit", "the edit cannot be made in this text",
        "The place is written in a way that this program does not edit, such as an anchor that others use. Mend it by hand.";
}
