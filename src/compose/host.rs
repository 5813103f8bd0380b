//! The spellings of host networking.

use super::tree::Field;
use super::{Project, Service, ServiceId};
use crate::source::Location;
use crate::yaml::{Entry, Stream};

/// How a service comes to be in the host's network namespace.
#[derive(Debug, Clone)]
pub(crate) enum HostNetwork {
    /// `network_mode: host`, wherever it is said.
    Mode(Box<Field>),
    /// `networks: [x]` where `x` is the external network `host`, the spelling of swarm stacks.
    External {
        /// The place in the service.
        at: Location,
    },
    /// `network_mode: service:x` where `x` is in it, or `container:x` where `x` is the name of such a service's container.
    Shared {
        /// The service whose namespace it shares.
        with: String,
        /// The place that says so.
        at: Location,
    },
}

impl HostNetwork {
    /// The place that says it.
    pub(crate) fn at(&self) -> Location {
        match self {
            Self::Mode(field) => field.entry,
            Self::External { at } | Self::Shared { at, .. } => *at,
        }
    }
}

/// Whether a file speaks of host networking at all, in the format of today or in that of Compose v1, wherever it stands and
/// whatever else is wrong with it.
pub(crate) fn speaks_of_host(stream: &Stream<'_>) -> bool {
    let says = |entry: &Entry<'_>| {
        let value = || entry.value.as_str().is_some_and(|value| value.contains("host"));
        entry.key.as_str().is_some_and(|key| matches!(key, "network_mode" | "net")) && value()
    };
    let mappings = stream.nodes().filter_map(|node| node.as_mapping());
    mappings.into_iter().any(|mapping| mapping.entries.iter().any(says))
}

/// Whether `service` is on host networking.
pub(crate) fn is_on_host(project: &Project<'_>, service: &Service) -> bool {
    let mut service = service;
    // As many hops as there are services: sharing may run in a circle.
    for _ in &project.services {
        let Some(mode) = service.text("network_mode") else { return host_among_networks(project, service).is_some() };
        match (mode == "host", shared_with(project, mode)) {
            (true, _) => return true,
            (false, Some(other)) => service = other,
            (false, None) => return false,
        }
    }
    false
}

/// How `service` is on host networking, if it is.
pub(crate) fn host_network(project: &Project<'_>, service: &Service) -> Option<HostNetwork> {
    let Some(field) = service.field("network_mode") else {
        return host_among_networks(project, service).map(|at| HostNetwork::External { at });
    };
    let mode = field.value.as_str()?;
    if mode == "host" {
        return Some(HostNetwork::Mode(Box::new(field.clone())));
    }
    let with = shared_with(project, mode).filter(|with| is_on_host(project, with))?;
    Some(HostNetwork::Shared { with: with.name.clone(), at: field.entry })
}

/// Where the service joins the external network `host`.
fn host_among_networks(project: &Project<'_>, service: &Service) -> Option<Location> {
    service.networks.iter().find(|(key, _)| project.network(key).is_some_and(super::Network::is_host)).map(|(_, at)| *at)
}

/// The service of the project that a network mode such as `service:x` names.
fn shared_with<'a>(project: &'a Project<'_>, mode: &str) -> Option<&'a Service> {
    match mode.split_once(':')? {
        ("service", name) => project.service(name),
        ("container", name) => project.services.iter().find(|other| other.text("container_name") == Some(name)),
        _ => None,
    }
}

/// The service in whose network namespace a service is: itself, unless it shares another's.
pub(crate) fn namespace(project: &Project<'_>, service: ServiceId) -> ServiceId {
    let mut at = service;
    // As many hops as there are services: sharing may run in a circle.
    for _ in &project.services {
        match project[at].text("network_mode").and_then(|mode| shared_with(project, mode)) {
            Some(shared) => at = shared.id,
            None => break,
        }
    }
    at
}
