//! What the host publishes for the project as a whole, before and after.
//!
//! An entry that host networking kept dead may come to life in a file that no edit touches. So this looks at the loaded
//! project, overrides and merges counted, and not at edits.

use super::law::{Law, Violation};
use crate::compose::{Project, ServiceId, is_on_host};
use crate::fix::expected::Expected;
use crate::port::{PortMapping, PortRange, Ports};
use std::collections::{BTreeMap, BTreeSet};

/// The mappings of each service that has some, port by port, as they are written in the short syntax.
type Mappings = BTreeMap<ServiceId, BTreeSet<String>>;

/// The host publishes what it published and what was announced, and that on the addresses that were asked for.
pub(super) fn is_as_announced(before: &Project<'_>, after: &Project<'_>, expected: &Expected) -> Result<(), Violation> {
    let mut announced = published(before);
    for (id, new) in expected.published.iter().filter(|(_, new)| !new.mappings.is_empty()) {
        if let Some(open) = new.mappings.iter().find(|mapping| mapping.host_ip.is_none_or(|ip| !new.on.contains(&ip))) {
            return Err(Violation::new(Law::Published, format!("`{open}` of `{}` is on another address", before[*id].name)));
        }
        announced.entry(*id).or_default().extend(new.mappings.iter().copied().flat_map(singly).map(|mapping| mapping.to_string()));
    }
    let found = published(after);
    for service in &before.services {
        let [announced, found] = [&announced, &found].map(|mappings| mappings.get(&service.id).cloned().unwrap_or_default());
        if let Some(mapping) = announced.symmetric_difference(&found).next() {
            let change = if found.contains(mapping) { "would be published" } else { "would not be published" };
            return Err(Violation::new(Law::Published, format!("`{mapping}` of `{}` {change}", service.name)));
        }
    }
    Ok(())
}

fn published(project: &Project<'_>) -> Mappings {
    let mut mappings = Mappings::new();
    for service in &project.services {
        let own_network = service.text("network_mode").is_none_or(|mode| mode != "none" && !mode.contains(':'));
        if !own_network || is_on_host(project, service) || service.ports.is_empty() {
            continue;
        }
        let texts = service.ports.iter().flat_map(|entry| match entry.mapping {
            Some(mapping) => singly(mapping).into_iter().map(|mapping| mapping.to_string()).collect(),
            None => vec![entry.text.as_ref().map_or_else(|| entry.target.clone(), |text| text.raw.as_ref().to_owned())],
        });
        mappings.insert(service.id, texts.collect());
    }
    mappings
}

/// A mapping of a range as mappings of its ports.
fn singly(mapping: PortMapping) -> Vec<PortMapping> {
    let targets = mapping.target.range;
    let Some(published) = mapping.published.filter(|published| published.count() == targets.count()) else { return vec![mapping] };
    let pairs = (published.start..=published.end).zip(targets.start..=targets.end);
    let one = |(published, target)| PortMapping {
        published: Some(PortRange::single(published)),
        target: Ports { range: PortRange::single(target), ..mapping.target },
        ..mapping
    };
    pairs.map(one).collect()
}
