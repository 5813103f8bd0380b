//! Taking back a file whose purpose is host networking.
//!
//! An overlay puts a service that is on a bridge in the files before it on host networking, and resets the networks and
//! ports that it has there. The base files say how the service runs without the overlay, so what the overlay says about
//! networking goes, and they count again, their ports on the address that was asked for;
//! only ports that they do not publish are added.

use super::draft::{Draft, Refused};
use super::networks::{base_networks, hidden, network_entry};
use super::ports;
use crate::compose::Service;
use crate::compose::tree::Field;
use crate::port::PortMapping;
use crate::yaml::change::{NewEntry, NewValue};

/// Removes what the overlay says about networking, and adds what the base files lack.
pub(super) fn leave(
    draft: &mut Draft<'_>,
    service: &Service,
    said: &Field,
    joined: &[String],
    wanted: &[ports::Wanted],
    hosts: Option<NewEntry>,
) -> Result<(), Refused> {
    let (mut entries, mut gone) = (Vec::new(), Vec::new());
    let base = hidden(service, "ports");
    let mut revived = Vec::new();
    for field in base.iter().map(|reset| &reset.hidden).chain(service.field("ports")) {
        revived.extend(ports::revive(draft, service, field)?);
    }
    let is_published = |wanted: &ports::Wanted| revived.iter().any(|(_, mapping)| mapping.ports().contains(&wanted.port));
    let missing: Vec<ports::Wanted> = wanted.iter().filter(|wanted| !is_published(wanted)).cloned().collect();
    if !missing.is_empty() {
        entries.push(ports::entry(&missing));
    }
    let (mut after, published): (Vec<String>, Vec<PortMapping>) = revived.into_iter().unzip();
    after.extend(ports::texts(&missing));
    if !after.is_empty() {
        draft.announce(service.id, "ports", Some(after));
    }
    draft.publish(service.id, published.into_iter().chain(ports::mappings(&missing)));
    let there = base_networks(service, said).unwrap_or_default();
    let more: Vec<String> = joined.iter().filter(|name| !there.contains(name)).cloned().collect();
    let restored = hidden(service, "networks");
    if more.is_empty() {
        draft.announce(service.id, "networks", restored.is_some().then_some(there));
    } else {
        let named = if restored.is_some() { more.clone() } else { [there.clone(), more.clone()].concat() };
        entries.push(network_entry(&named));
        draft.announce(service.id, "networks", Some([there, more].concat()));
    }
    entries.extend(hosts.filter(|entry| entry.value != NewValue::Sequence(Vec::new())));
    gone.extend(base.into_iter().chain(restored).map(|reset| reset.entry));
    for (number, place) in said.places().iter().enumerate() {
        draft.put(place.entry, if number == 0 { &entries } else { &[] })?;
    }
    gone.into_iter().try_for_each(|entry| draft.put(entry, &[]))
}
