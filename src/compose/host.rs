//! The spellings of host networking.

use super::tree::Field;
use super::{Project, Service};
use crate::source::Location;
use crate::yaml::{Entry, Stream};

/// How a service comes to be in the host's network namespace.
#[derive(Debug, Clone)]
pub enum HostNetwork {
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
    pub fn at(&self) -> Location {
        match self {
            Self::Mode(field) => field.entry,
            Self::External { at } | Self::Shared { at, .. } => *at,
        }
    }
}

/// Whether a file speaks of host networking at all, in the format of today or in that of Compose v1, wherever it stands and
/// whatever else is wrong with it.
pub fn speaks_of_host(stream: &Stream<'_>) -> bool {
    let says = |entry: &Entry<'_>| {
        let value = || entry.value.as_str().is_some_and(|value| value.contains("host"));
        entry.key.as_str().is_some_and(|key| matches!(key, "network_mode" | "net")) && value()
    };
    let mappings = stream.nodes().filter_map(|node| node.as_mapping());
    mappings.into_iter().any(|mapping| mapping.entries.iter().any(says))
}

/// How `service` is on host networking, if it is.
pub fn host_network(project: &Project<'_>, service: &Service) -> Option<HostNetwork> {
    shared_or_own(project, service, project.services.len())
}

/// `hops` bounds the chain of `service:` references, which may run in a circle.
fn shared_or_own(project: &Project<'_>, service: &Service, hops: usize) -> Option<HostNetwork> {
    let Some(field) = service.field("network_mode") else {
        let (_, at) = service.networks.iter().find(|(key, _)| project.network(key).is_some_and(super::Network::is_host))?;
        return Some(HostNetwork::External { at: *at });
    };
    let mode = field.value.as_str()?;
    if mode == "host" {
        return Some(HostNetwork::Mode(Box::new(field.clone())));
    }
    let with = match mode.split_once(':')? {
        ("service", name) => project.service(name),
        ("container", name) => project.services.iter().find(|other| other.text("container_name") == Some(name)),
        _ => None,
    }?;
    shared_or_own(project, with, hops.checked_sub(1)?)?;
    Some(HostNetwork::Shared { with: with.name.clone(), at: field.entry })
}

/// The service in whose network namespace the service at `index` is: itself, unless it shares another's.
pub fn namespace(project: &Project<'_>, index: usize) -> usize {
    let mut at = index;
    // As many hops as there are services: sharing may run in a circle.
    for _ in &project.services {
        let mode = project.services.get(at).and_then(|service| service.text("network_mode"));
        let named = |other: &Service| match mode.and_then(|mode| mode.split_once(':')) {
            Some(("service", name)) => other.name == name,
            Some(("container", name)) => other.text("container_name") == Some(name),
            _ => false,
        };
        match project.services.iter().position(named) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}
