//! What is planned for: a project, what is known about it, and who leaves.

use super::selection::Selection;
use crate::compose::{HostNetwork, Project, ServiceId};
use crate::diagnostic::Proof;
use crate::facts::Inference;
use crate::facts::addresses::Reference;
use crate::rules::case::Case;
use crate::settings::Settings;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

/// What to plan for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The project.
    pub(crate) project: &'a Project<'a>,
    /// The services on host networking, with their verdicts.
    pub(crate) cases: &'a BTreeMap<ServiceId, (Case<'a>, Proof)>,
    /// What all services listen on.
    pub(crate) inferences: &'a [Inference],
    /// Who dials whom.
    pub(crate) references: &'a [Reference],
    /// Who leaves.
    pub(crate) selection: &'a Selection,
    /// The network and the addresses that the user wants.
    pub(crate) settings: &'a Settings,
    /// Host addresses that comments in the files ask for, by service.
    pub(crate) host_ips: &'a BTreeMap<String, IpAddr>,
}

impl Request<'_> {
    pub(super) fn leaves(&self, index: ServiceId) -> bool {
        self.selection.leaving.contains(&index)
    }

    /// Whether the service is on host networking after the edit.
    pub(super) fn stays_on_host(&self, index: ServiceId) -> bool {
        self.cases.contains_key(&index) && !self.leaves(index)
    }

    /// The address of the host that the ports of a service are mapped on.
    pub(super) fn host_ip(&self, service: &str) -> IpAddr {
        let asked = self.settings.service_host_ips.get(service).or_else(|| self.host_ips.get(service));
        asked.copied().unwrap_or(self.settings.host_ip)
    }

    /// The addresses of the host on which ports of a service may be mapped.
    pub(super) fn host_ips(&self, service: &str) -> Vec<IpAddr> {
        let ip = self.host_ip(service);
        let both = self.settings.ipv6 && ip.is_loopback() && ip.is_ipv4();
        std::iter::once(ip).chain(both.then_some(IpAddr::V6(Ipv6Addr::LOCALHOST))).collect()
    }

    /// The service and those that share its network: what they need of it is said where it is.
    pub(super) fn in_network_of(&self, index: ServiceId) -> impl Iterator<Item = ServiceId> {
        let name = self.name(index);
        let sharing =
            self.cases.iter().filter(move |(_, (case, _))| matches!(&case.host, HostNetwork::Shared { with, .. } if with == name));
        std::iter::once(index).chain(sharing.map(|(other, _)| *other))
    }

    pub(super) fn name(&self, index: ServiceId) -> &str {
        &self.project[index].name
    }
}
