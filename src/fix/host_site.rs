//! Where host networking is said, and what takes its place.
//!
//! The edit goes to the entries that say it. One may stand in the service, or in a mapping that several services merge
//! or extend: then it is edited when all of them leave, and otherwise those that leave stop taking it over. A service
//! may also be told twice, by a file and by another that overrides it: then both entries go.

use super::draft::{Draft, Refused, refusal};
use super::expected::listed;
use super::networks::{self, Networks, network_entry};
use super::request::Request;
use super::{extended, merge_key, overlay, ports};
use crate::compose::tree::{Field, Value};
use crate::compose::{HostNetwork, Service, ServiceId};
use crate::port::Port;
use crate::rules::case::Case;
use crate::source::Location;
use crate::yaml::change::{NewEntry, NewValue};
use std::collections::BTreeSet;

/// Takes a service off host networking. `gateway` asks for the name by which it reaches the host.
pub(super) fn leave(draft: &mut Draft<'_>, index: ServiceId, networks: &Networks, gateway: bool) -> Result<(), Refused> {
    let request = draft.request;
    let Some((case, _)) = request.cases.get(&index) else { return Ok(()) };
    let Some(said) = said(case.service, &case.host) else { return Ok(()) };
    let wanted = ports::wanted(&request, index);
    // With `--ipv6` a port is mapped twice.
    let ports: BTreeSet<Port> = wanted.iter().map(|wanted| wanted.port).collect();
    draft.mapped.insert(index, ports.into_iter().collect());
    if matches!(case.host, HostNetwork::Mode(_)) {
        draft.announce(index, "network_mode", None);
    }
    let hosts = if gateway { host_entry(draft, case.service)? } else { None };
    if networks::base_networks(case.service, said).is_some() {
        return overlay::leave(draft, case.service, said, &networks.of(index), &wanted, hosts);
    }
    let users = users(&request, said);
    if users.iter().all(|user| request.leaves(*user)) {
        return together(draft, index, said, &users, &union(networks, &users), &wanted, hosts);
    }
    let joined = networks.of(index);
    let mut own: Vec<NewEntry> = Vec::new();
    own.extend(ports::settle(draft, case.service, &wanted, ports::Inherited::Nothing)?);
    own.push(network_entry(&joined));
    own.extend(hosts);
    draft.announce(index, "networks", Some(joined));
    match said.places().iter().any(|place| !place.extended_through.is_empty()) {
        true => extended::leave(draft, case.service, said, own),
        false => merge_key::expand(draft, index, said, &own),
    }
}

/// Everybody who takes host networking over from the same places leaves: the places themselves are edited.
fn together(
    draft: &mut Draft<'_>,
    index: ServiceId,
    said: &Field,
    users: &[ServiceId],
    joined: &[String],
    wanted: &[ports::Wanted],
    hosts: Option<NewEntry>,
) -> Result<(), Refused> {
    let request = draft.request;
    let service = request.cases[&index].0.service;
    let seat = said.places().iter().find(|place| owns(&request.cases[&index].0, place));
    let alone = users.len() == 1;
    let owners = request.selection.leaving.iter().filter(|other| **other != index && takes_over(service, request, **other));
    let from_owner = owners.into_iter().any(|other| !ports::wanted(&request, *other).is_empty());
    let inherited = match (from_owner, service.value.fields().iter().any(|field| !field.extended_through.is_empty())) {
        (false, _) => ports::Inherited::Nothing,
        (true, true) => ports::Inherited::Extended,
        (true, false) => ports::Inherited::Merged,
    };
    let mut own: Vec<NewEntry> = ports::settle(draft, service, wanted, inherited)?.into_iter().collect();
    draft.announce(index, "networks", Some(joined.to_vec()));
    let rest = network_entry(joined);
    if seat.is_some() || alone {
        own.push(rest.clone());
    }
    own.extend(hosts);
    let seat = seat.or_else(|| said.places().first().filter(|place| alone && place.extended_through.is_empty()));
    for place in said.places() {
        refuse_bystanders(draft, place)?;
        if let Some(hidden) = place.shadows.filter(|hidden| !goes(&request, *hidden)) {
            return Err(refusal(hidden, "it would count again, through a merge, once the service's own entry is gone"));
        }
        if seat.is_some_and(|seat| seat.entry == place.entry) {
            draft.put(place.entry, &own)?;
        } else if users.iter().any(|user| owns(&request.cases[user].0, place)) {
            // Its owner edits it, or it goes with the entry of the same service in another file.
            if users.iter().all(|user| !owns(&request.cases[user].0, place) || *user == index) {
                draft.put(place.entry, &[])?;
            }
        } else {
            let shared = if alone { Vec::new() } else { vec![rest.clone()] };
            draft.put(place.entry, &shared)?;
        }
    }
    if seat.is_none() { draft.insert(service, &own) } else { Ok(()) }
}

/// The field that says host networking, for spellings that a service has to itself or takes over.
pub(super) fn said<'a>(service: &'a Service, host: &'a HostNetwork) -> Option<&'a Field> {
    match host {
        HostNetwork::Mode(field) => Some(field),
        HostNetwork::External { .. } => service.field("networks"),
        HostNetwork::Shared { .. } => None,
    }
}

/// The services on host networking that are told so by one of the same places.
fn users(request: &Request<'_>, host: &Field) -> Vec<ServiceId> {
    let same = |field: &Field| field.places().iter().any(|place| host.places().iter().any(|other| other.entry == place.entry));
    let cases = request.cases.iter().filter(|(_, (case, _))| said(case.service, &case.host).is_some_and(same));
    cases.map(|(index, _)| *index).collect()
}

/// Whether a place stands in the service itself.
fn owns(case: &Case<'_>, place: &Field) -> bool {
    let inside = case.service.definitions.iter().any(|definition| definition.entry.contains(place.entry));
    inside
        && said(case.service, &case.host)
            .is_some_and(|field| field.places().iter().any(|own| own.entry == place.entry && !own.is_inherited()))
}

fn union(networks: &Networks, users: &[ServiceId]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    users.iter().flat_map(|user| networks.of(*user)).filter(|network| seen.insert(network.clone())).collect()
}

/// The name of the host's gateway, as `extra_hosts` says it.
pub(crate) const GATEWAY: &str = "host.docker.internal:host-gateway";

/// The new `extra_hosts` of a service, unless it is added to a list that is there.
fn host_entry(draft: &mut Draft<'_>, service: &Service) -> Result<Option<NewEntry>, Refused> {
    let item = NewValue::Quoted(GATEWAY.to_owned());
    let Some(field) = service.field("extra_hosts") else {
        draft.announce(service.id, "extra_hosts", Some(vec![GATEWAY.to_owned()]));
        return Ok(Some(NewEntry::new("extra_hosts", NewValue::Sequence(vec![item]))));
    };
    let names = |value: &Value| value.as_str().is_some_and(|text| text.starts_with("host.docker.internal"));
    if field.value.items().iter().any(names) || field.value.get("host.docker.internal").is_some() {
        return Ok(None);
    }
    if field.is_inherited() || !field.layers.is_empty() {
        return Err(refusal(field.entry, "`extra_hosts` is shared with other services or files"));
    }
    let (stream, path) = draft.node(field.entry)?;
    if field.value.fields().is_empty() {
        draft.insert_items(stream, &path, &[item])?;
    } else {
        let entry = NewEntry::new("host.docker.internal", NewValue::Text("host-gateway".to_owned()));
        draft.insert_entries(stream, &path, &[entry])?;
    }
    let mut after = listed(&field.value);
    after.push(GATEWAY.to_owned());
    draft.announce(service.id, "extra_hosts", Some(after));
    Ok(None)
}

/// Whether an entry that says host networking is among those that go.
fn goes(request: &Request<'_>, entry: Location) -> bool {
    let says = |index: &ServiceId| {
        let case = request.cases.get(index).map(|(case, _)| case);
        case.and_then(|case| said(case.service, &case.host)).is_some_and(|field| field.places().iter().any(|place| place.entry == entry))
    };
    request.selection.leaving.iter().any(says)
}

/// Whether a service merges or extends what another one says.
fn takes_over(service: &Service, request: Request<'_>, other: ServiceId) -> bool {
    let other = &request.project[other];
    let inside = |field: &Field| other.definitions.iter().any(|definition| definition.body.contains(field.entry));
    service.value.fields().iter().flat_map(Field::places).any(|field| field.is_inherited() && inside(field))
}

/// A mapping that others take over must not bring networks to services that have a mode of their own.
fn refuse_bystanders(draft: &Draft<'_>, place: &Field) -> Result<(), Refused> {
    let request = draft.request;
    let (stream, path) = draft.node(place.entry)?;
    let mut around = path;
    around.steps.pop();
    let Some(span) = stream.node(&around).map(|node| node.span) else { return Ok(()) };
    let mapping = Location { file: place.entry.file, span };
    let takes_over = |service: &Service| {
        let fields = service.value.fields().iter().flat_map(Field::places);
        fields.into_iter().any(|field| mapping.contains(field.entry))
    };
    let bystander = request.project.services.iter().find(|service| !request.leaves(service.id) && takes_over(service));
    match bystander {
        Some(service) => Err(refusal(place.entry, &format!("`{}` takes over the same mapping", service.name))),
        None => Ok(()),
    }
}
