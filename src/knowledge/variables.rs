//! What the names of variables say, whoever reads them.
//!
//! `data/variables.txt` has the names; what an image or a program documents stands with it. Names are looked up in upper case. A name is never
//! more than a hint at what its value is for: what the value says, and what stands beside it, is for whoever asks.

use super::patterns::Patterns;
use super::table::kinds;
use super::words;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/variables.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names(TEXT, Says::read));

kinds! {
    /// What a name says.
    pub(super) enum Says {
        Advertised = "advertised",
        Both = "both",
        BoundHost = "bound-host",
        Cluster = "cluster",
        Coordinator = "coordinator",
        DialledHost = "dialled-host",
        Discovery = "discovery",
        Fabric = "fabric",
        FaceUrl = "face-url",
        Fronted = "fronted",
        FrontedPort = "fronted-port",
        Host = "host",
        EndOfHost = "end-of-host",
        Limit = "limit",
        MaybeAddress = "maybe-address",
        MaybePort = "maybe-port",
        NoWebProxy = "no-web-proxy",
        WebProxy = "web-proxy",
        Listeners = "listeners",
        Node = "node",
        Others = "others",
        OwnAddress = "own-address",
        OwnHost = "own-host",
        OwnPort = "own-port",
        Queue = "queue",
        Rank = "rank",
        Ros = "ros",
        Socket = "socket",
        SocketPath = "socket-path",
    }
}

/// Whether it is a name that programs give to their own port, whoever they are.
pub(crate) fn is_own_port(name: &str) -> bool {
    says(name, Says::OwnPort)
}

/// Whether it holds an address, or a port, to listen on.
pub(crate) fn is_own_address(name: &str) -> bool {
    says(name, Says::OwnAddress)
}

/// Whether it says, as a whole, which address a program binds: `HOST`, `BIND`.
pub(crate) fn is_own_host(name: &str) -> bool {
    says(name, Says::OwnHost)
}

/// Whether a server may be told by it, as `value`, that it listens on a Unix socket.
pub(crate) fn is_socket(name: &str, value: &str) -> bool {
    let names_socket = || value.starts_with("unix:") || value.starts_with('/') && value.ends_with(".sock");
    says(name, Says::SocketPath) && value.starts_with('/') || says(name, Says::Socket) && names_socket()
}

/// Whether it lists the listeners of a server, and not the addresses at which clients are told to find them.
pub(crate) fn lists_listeners(name: &str) -> bool {
    says(name, Says::Listeners) && !is_advertised(name)
}

/// What stands in front of the end of a name that holds a host, in upper case: `DB` of `db_host`. Empty for `_HOST`.
pub(crate) fn stem_of_host(name: &str) -> Option<String> {
    stem(name, &[Says::Host])
}

/// What stands in front of the end of a name that may hold the host part of an own address: also `API` of `API_BIND`.
pub(crate) fn stem_of_bound_host(name: &str) -> Option<String> {
    stem(name, &[Says::Host, Says::BoundHost])
}

/// What stands in front of the end of a name that may hold a host to dial, never empty: also `PG` of `PGHOST`.
pub(crate) fn stem_of_dialled_host(name: &str) -> Option<String> {
    let stem = stem(name, &[Says::Host, Says::DialledHost])?;
    Some(stem.trim_end_matches('_').to_owned()).filter(|stem| !stem.is_empty())
}

/// Whether it holds an address for somebody else to dial (a browser, another machine), or a list of who may come in. Such an address is
/// right as it is.
pub(crate) fn is_for_others(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace("__", "_");
    let shows_face = || name.split('_').any(words::is_face);
    TABLE.found(&name).any(|found| found.says == Says::Others || found.says == Says::FaceUrl && shows_face())
}

/// Whether both a browser and the service may dial the address in it: an issuer of tokens is asked for its keys.
pub(crate) fn is_for_both(name: &str) -> bool {
    says(name, Says::Both)
}

/// Whether it tells clients an address: those are never rewritten plainly.
pub(crate) fn is_advertised(name: &str) -> bool {
    says(name, Says::Advertised)
}

/// Whether it holds the name of a node, by which others of its cluster know it.
pub(crate) fn names_node(name: &str) -> bool {
    says(name, Says::Node)
}

/// Whether it names the other nodes of a cluster; also as a setting with dots, `discovery.seed_hosts`.
pub(crate) fn names_cluster(name: &str) -> bool {
    says(&name.replace('.', "_"), Says::Cluster)
}

/// Whether it is a setting of MPI, NCCL and the like.
pub(crate) fn is_fabric(name: &str) -> bool {
    says(name, Says::Fabric)
}

/// Whether it holds the place of a node among those of a computation.
pub(crate) fn is_rank(name: &str) -> bool {
    says(name, Says::Rank)
}

/// Whether it names the first node of a computation, which all others dial.
pub(crate) fn names_coordinator(name: &str) -> bool {
    says(name, Says::Coordinator)
}

/// Whether it is a setting of ROS or DDS.
pub(crate) fn is_ros(name: &str) -> bool {
    says(name, Says::Ros)
}

/// Whether it is a setting of what a bridge does not carry, and does not turn that off by its name.
pub(crate) fn is_of_discovery(name: &str) -> bool {
    says(name, Says::Discovery) && !name.to_ascii_uppercase().contains("DISABLE")
}

/// Whether it may be one end of a range of ports.
pub(crate) fn is_limit(name: &str) -> bool {
    says(name, Says::Limit)
}

/// Whether it names a queue from which workers take their work.
pub(crate) fn is_queue(name: &str) -> bool {
    says(name, Says::Queue)
}

/// Whether it holds the name under which a proxy of the project serves the service.
pub(crate) fn is_fronted(name: &str) -> bool {
    says(name, Says::Fronted)
}

/// Whether it holds the port at which that proxy finds the service.
pub(crate) fn is_fronted_port(name: &str) -> bool {
    says(name, Says::FrontedPort)
}

/// Whether it holds a port, the service's own unless the name says whose.
pub(crate) fn may_be_port(name: &str) -> bool {
    says(name, Says::MaybePort)
}

/// Whether it holds an address, or a port, on which the service itself seems to listen.
pub(crate) fn may_be_address(name: &str) -> bool {
    says(name, Says::MaybeAddress)
}

/// Whether it stands behind the stem of a host that is dialled: `_HOST` of `DB_HOST`.
pub(crate) fn is_end_of_host(name: &str) -> bool {
    says(name, Says::EndOfHost)
}

/// Whether it holds the proxy through which a program sends its web requests.
pub(crate) fn is_web_proxy(name: &str) -> bool {
    says(name, Says::WebProxy)
}

/// Whether it lists the hosts that are dialled without that proxy.
pub(crate) fn is_proxy_exception(name: &str) -> bool {
    says(name, Says::NoWebProxy)
}

fn says(name: &str, wanted: Says) -> bool {
    TABLE.say(&name.to_ascii_uppercase(), wanted)
}

/// What stands in front of the longest end that says one of `wanted`.
fn stem(name: &str, wanted: &[Says]) -> Option<String> {
    let name = name.to_ascii_uppercase();
    let ends = TABLE.found(&name).filter(|found| wanted.contains(&found.says));
    let start = ends.map(|found| found.at.start).min()?;
    name.get(..start).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_for_browsers_are_told_from_those_of_servers() {
        let for_others = ["NEXT_PUBLIC_API", "VITE_API_URL", "ROOT_URL", "Cors__AllowedOrigins", "GF_SERVER_ROOT_URL", "ALLOWED_HOSTS"];
        for name in for_others.into_iter().chain(["URLS_SELF_ISSUER", "BASE_URL", "SITE_BASE_URL"]) {
            assert!(is_for_others(name), "{name}");
        }
        for name in ["DATABASE_URL", "BACKEND_URL", "REDIS_HOST", "API_URL", "OLLAMA_BASE_URL"] {
            assert!(!is_for_others(name), "{name}");
        }
    }

    #[test]
    fn a_name_that_holds_a_host_has_a_stem() {
        assert_eq!(stem_of_dialled_host("DB_HOSTNAME").as_deref(), Some("DB"));
        assert_eq!(stem_of_dialled_host("PGHOST").as_deref(), Some("PG"));
        assert_eq!(stem_of_bound_host("api_bind_address").as_deref(), Some("API"));
        assert_eq!(stem_of_host("API_BIND_ADDRESS").as_deref(), Some("API_BIND"));
        assert_eq!(stem_of_host("DB_PORT"), None);
    }

    #[test]
    fn a_port_of_somebody_else_is_not_the_own_one() {
        assert!(is_own_port("server_port") && !is_own_port("DB_PORT"));
        assert!(is_own_address("API_LISTEN_ADDR") && !is_own_address("API_ADDR"));
    }
}
