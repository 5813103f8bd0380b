//! From verdicts to edits: what has to change, in which file, for the chosen services to leave host networking together.
//!
//! A project is planned as a whole, because an address in one service is right only for a certain set of services that
//! leave. The plan says what it means to change ([`Announced`]), and `verify` holds the result against that. Nothing here
//! reads the disk, and nothing is decided: an edit that the text does not allow is refused, and whoever asked chooses
//! again without that service.

mod addresses;
mod draft;
mod extended;
mod host_site;
mod merge_key;
mod networks;
mod overlay;
mod ports;
pub(crate) mod units;

use crate::compose::tree::Value;
use crate::compose::{HostNetwork, Project, ServiceId};
use crate::diagnostic::{Finding, Proof};
use crate::edit::EditSet;
use crate::facts::Inference;
use crate::facts::addresses::Reference;
use crate::port::{self, Port};
use crate::rules::case::Case;
use crate::settings::Settings;
use crate::source::{FileId, Location};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

pub(crate) use host_site::GATEWAY;
pub(crate) use units::Selection;

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
    fn leaves(&self, index: ServiceId) -> bool {
        self.selection.leaving.contains(&index)
    }

    /// Whether the service is on host networking after the edit.
    fn stays_on_host(&self, index: ServiceId) -> bool {
        self.cases.contains_key(&index) && !self.leaves(index)
    }

    /// The address of the host that the ports of a service are mapped on.
    fn host_ip(&self, service: &str) -> IpAddr {
        let asked = self.settings.service_host_ips.get(service).or_else(|| self.host_ips.get(service));
        asked.copied().unwrap_or(self.settings.host_ip)
    }

    /// The service and those that share its network: what they need of it is said where it is.
    fn in_network_of(&self, index: ServiceId) -> impl Iterator<Item = ServiceId> {
        let name = self.name(index);
        let sharing =
            self.cases.iter().filter(move |(_, (case, _))| matches!(&case.host, HostNetwork::Shared { with, .. } if with == name));
        std::iter::once(index).chain(sharing.map(|(other, _)| *other))
    }

    fn name(&self, index: ServiceId) -> &str {
        &self.project[index].name
    }
}

/// The edits of a project, with all that is to be said about them.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The edits, by file: all are made, or none.
    pub(crate) edits: BTreeMap<FileId, EditSet>,
    /// What they mean.
    pub(crate) announced: Announced,
    /// What behaves differently afterwards, by service.
    pub(crate) warnings: BTreeMap<ServiceId, Vec<Finding>>,
    /// The ports that are mapped, by service.
    pub(crate) mapped: BTreeMap<ServiceId, Vec<Port>>,
    /// The services whose edit cannot be made, and why. Then the plan is not to be used.
    pub(crate) refused: BTreeMap<ServiceId, Finding>,
}

/// What a plan means to change, and nothing else.
#[derive(Debug, Clone, Default)]
pub(crate) struct Announced {
    /// Keys of services and the lists that they hold afterwards; none for a key that is gone.
    pub(crate) keys: BTreeMap<(String, &'static str), Option<Vec<String>>>,
    /// Scalars whose text changes: the replacements of bytes in their decoded text, by the scalar's place.
    pub(crate) texts: BTreeMap<Location, Vec<(Range<usize>, String)>>,
    /// The top-level network that is new.
    pub(crate) network: Option<String>,
}

/// The texts of a list as verification compares them: items as written, entries of a mapping as `KEY:VALUE`.
pub(crate) fn listed(value: &Value) -> Vec<String> {
    let long = |item: &Value| {
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        let mapping = port::parse_long(text("host_ip"), text("published"), text("target"), text("protocol"));
        mapping.map(|mapping| mapping.to_string()).ok()
    };
    let item = |item: &Value| item.as_text().map(|text| text.raw.as_ref().to_owned()).or_else(|| long(item));
    let keyed = value.fields().iter().map(|field| match field.value.as_str() {
        Some(text) => format!("{}:{text}", field.key),
        None => field.key.clone(),
    });
    value.items().iter().filter_map(item).chain(keyed).collect()
}

/// Plans the migration of the selected services.
pub(crate) fn plan(request: Request<'_>) -> Plan {
    let networks = networks::join(&request);
    let mut draft = draft::Draft::new(request);
    for index in &request.selection.leaving {
        let gateway = request.in_network_of(*index).any(|member| addresses::needs_gateway(&request, member));
        if let Err(reason) = host_site::leave(&mut draft, *index, &networks, gateway) {
            draft.refuse(*index, reason);
        }
    }
    for reference in request.references {
        if let Err(reason) = addresses::rewrite(&mut draft, reference) {
            draft.refuse(reference.from, reason);
        }
    }
    if let Err((index, reason)) = networks::declare(&mut draft, &networks) {
        draft.refuse(index, reason);
    }
    draft.finish()
}
