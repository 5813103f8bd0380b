//! Taking back a file whose purpose is host networking.
//!
//! An overlay puts a service that is on a bridge in the files before it on host networking, and resets the networks and
//! ports that it has there. The base files say how the service runs without the overlay, so what the overlay says about
//! networking goes, and they count again; only ports that they do not publish are added.

use super::draft::Draft;
use super::{host_site, ports};
use crate::compose::service::{PublishedPort, Reset};
use crate::compose::tree::{Field, Value};
use crate::compose::{self, Service};
use crate::diagnostic::Finding;
use crate::yaml::change::{NewEntry, NewValue};

/// The networks of the service without the files that put it on host networking; none when its first file does.
/// A service that names no networks is on `default`.
pub(crate) fn base_networks(service: &Service, said: &Field) -> Option<Vec<String>> {
    let base = service.definitions.first().filter(|_| service.definitions.len() > 1)?;
    let later = |place: &Field| {
        !place.is_inherited()
            && !base.entry.contains(place.entry)
            && service.definitions.iter().any(|definition| definition.entry.contains(place.entry))
    };
    if said.key != "network_mode" || !said.places().iter().all(later) {
        return None;
    }
    let names = hidden(service, "networks").map(|reset| super::listed(&reset.hidden.value)).unwrap_or_default();
    Some(if names.is_empty() { vec!["default".to_owned()] } else { names })
}

/// Removes what the overlay says about networking, and adds what the base files lack.
pub(super) fn leave(
    draft: &mut Draft<'_>,
    service: &Service,
    said: &Field,
    joined: &[String],
    wanted: &[ports::Wanted],
    hosts: Option<NewEntry>,
) -> Result<(), Finding> {
    let Some(stream) = draft.request.project.stream(said.entry.file) else { return Ok(()) };
    let (mut entries, mut gone) = (Vec::new(), Vec::new());
    let base = hidden(service, "ports");
    let before: Vec<&Value> = base.iter().map(|reset| &reset.hidden.value).chain(service.get("ports")).collect();
    let published: Vec<PublishedPort> = before.iter().flat_map(|value| compose::ports(value)).collect();
    let is_published =
        |wanted: &ports::Wanted| published.iter().filter_map(|entry| entry.mapping).any(|mapping| mapping.ports().contains(&wanted.port));
    let missing: Vec<ports::Wanted> = wanted.iter().filter(|wanted| !is_published(wanted)).cloned().collect();
    let mut after: Vec<String> = before.iter().flat_map(|value| super::listed(value)).collect();
    if !missing.is_empty() {
        after.extend(ports::texts(&missing));
        entries.push(ports::entry(stream, &missing));
    }
    if !after.is_empty() {
        draft.announce(&service.name, "ports", Some(after));
    }
    let there = base_networks(service, said).unwrap_or_default();
    let more: Vec<String> = joined.iter().filter(|name| !there.contains(name)).cloned().collect();
    let restored = hidden(service, "networks");
    if more.is_empty() {
        draft.announce(&service.name, "networks", restored.is_some().then_some(there));
    } else {
        let named = if restored.is_some() { more.clone() } else { [there.clone(), more.clone()].concat() };
        entries.push(host_site::network_entry(stream, &named));
        draft.announce(&service.name, "networks", Some([there, more].concat()));
    }
    entries.extend(hosts.filter(|entry| entry.value != NewValue::Sequence(Vec::new())));
    gone.extend(base.into_iter().chain(restored).map(|reset| reset.entry));
    for (number, place) in said.places().iter().enumerate() {
        draft.put(place.entry, if number == 0 { &entries } else { &[] })?;
    }
    gone.into_iter().try_for_each(|entry| draft.put(entry, &[]))
}

/// The entry that hides a key of the base files.
fn hidden<'a>(service: &'a Service, key: &str) -> Option<&'a Reset> {
    service.resets.iter().find(|reset| reset.hidden.key == key && service.get(key).is_none_or(|value| value.items().is_empty()))
}
