//! `ports`: dead under host networking, but the target of each mapping is the author's own word for what listens.
//!
//! The published side says nothing: it was never open.

use super::evidence::{Evidence, SourceId};
use crate::compose::service::PublishedPort;
use crate::compose::tree::Field;
use crate::facts::ServiceFacts;
use crate::formats::interpolation::interpolate;
use crate::formats::mapped::Mapped;
use crate::port::{MAX_PORTS, Port, PortRange, Ports, Protocol};
use crate::source::Location;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let inherited = subject.service.field("ports").is_some_and(Field::is_inherited);
    if inherited && super::environment::sets_own_port(subject) {
        return Vec::new(); // An anchor's list, and the service's own variable says otherwise.
    }
    let mut found = Vec::new();
    for entry in subject.service.ports.iter().chain(&subject.service.hidden_ports()) {
        let ports = entry.mapping.map_or_else(|| target_alone(subject, entry), |mapping| mapping.ports());
        let written = Some(entry.target.clone()).filter(|target| target.contains('$') && ports.len() == 1);
        for port in ports {
            let because = format!("target of a `ports` entry that host networking ignores: {port}");
            found.push(Evidence { written: written.clone(), ..Evidence::strong(SourceId::Ports, port, entry.at, because) });
        }
    }
    found
}

/// The target of a mapping whose other side cannot be known: `${PORT}:5173`.
fn target_alone(subject: &ServiceFacts<'_>, entry: &PublishedPort) -> Vec<Port> {
    let target = interpolate(&entry.target.as_str().into(), &subject.project.env).ok().filter(Mapped::is_known);
    let range = target.and_then(|target| PortRange::parse(&target).ok());
    range.and_then(|range| Ports { range, protocol: Protocol::Tcp }.expand(MAX_PORTS)).unwrap_or_default()
}

/// Mappings whose target is a variable without a value.
pub(super) fn unknown(subject: &ServiceFacts<'_>) -> Vec<(Location, String)> {
    let missing = |target: &str| interpolate(&target.into(), &subject.project.env).ok()?.unset().next().map(str::to_owned);
    subject.service.ports.iter().filter_map(|entry| Some((entry.at, missing(&entry.target)?))).collect()
}
