//! Where host networking is said, and what takes its place.
//!
//! The edit goes to the entry that says it. That entry may stand in the service, or in a mapping that several services
//! merge: then it is edited when all of them leave, and otherwise the services that leave are taken out of the merge.

use super::draft::{Draft, refusal};
use super::network::Networks;
use super::{merge_key, ports};
use crate::compose::port::Port;
use crate::compose::tree::Field;
use crate::compose::{HostNetwork, Service};
use crate::decide::Reason;
use crate::source::Location;
use crate::yaml::change::{self, NewEntry, NewValue};
use crate::yaml::{Stream, Style};
use std::collections::BTreeSet;

/// Takes a service off host networking. `gateway` asks for the name by which it reaches the host.
pub(super) fn leave(draft: &mut Draft<'_>, index: usize, networks: &Networks, gateway: bool) -> Result<(), Reason> {
    let request = draft.request;
    let Some((case, _)) = request.cases.get(&index) else { return Ok(()) };
    let service = case.service;
    let Some(entry) = said(case.service, &case.host) else { return Ok(()) };
    let users: Vec<usize> = request
        .cases
        .iter()
        .filter(|(_, (other, _))| said(other.service, &other.host).is_some_and(|field| field.entry == entry.entry))
        .map(|(other, _)| *other)
        .collect();
    let wanted = ports::wanted(&request, index);
    // With `--ipv6` a port is mapped twice.
    let ports: BTreeSet<Port> = wanted.iter().map(|wanted| wanted.port).collect();
    draft.mapped.insert(index, ports.into_iter().collect());
    if matches!(case.host, HostNetwork::Mode(_)) {
        draft.announce(&service.name, "network_mode", None);
    }
    let together = users.iter().all(|user| request.leaves(*user));
    let joined: Vec<String> = if together { union(networks, &users) } else { networks.of(index) };
    let owner = users.iter().copied().find(|user| owns(&request.cases[user].0, entry)).or_else(|| (users.len() == 1).then_some(index));
    let stream = request.project.stream(entry.entry.file).ok_or_else(|| refusal(entry.entry, "the file cannot be edited"))?;
    let mut own: Vec<NewEntry> = Vec::new();
    own.extend(port_entry(draft, service, stream, &wanted, owner, index)?);
    let rest = network_entries(stream, service, &joined);
    draft.announce(&service.name, "networks", Some(joined));
    let hosts = if gateway { host_entry(draft, service, stream)? } else { None };
    if !together {
        own.extend(rest);
        own.extend(hosts);
        return merge_key::expand(draft, index, entry, &own);
    }
    if owner == Some(index) {
        own.extend(rest);
        own.extend(hosts);
        let (stream, path) = draft.node(entry.entry)?;
        return draft.add(entry.entry.file, change::replace_entry(stream, &path, &own));
    }
    own.extend(hosts);
    if owner.is_none() {
        refuse_bystanders(draft, &users, entry)?;
        let (stream, path) = draft.node(entry.entry)?;
        draft.add(entry.entry.file, change::replace_entry(stream, &path, &rest))?;
    }
    insert(draft, service, &own)
}

/// The field that says host networking, for spellings that a service has to itself or merges.
fn said<'a>(service: &'a Service, host: &'a HostNetwork) -> Option<&'a Field> {
    match host {
        HostNetwork::Mode(field) => Some(field),
        HostNetwork::External { .. } => service.field("networks"),
        HostNetwork::Shared { .. } => None,
    }
}

/// Whether the entry stands in the service itself.
fn owns(case: &crate::decide::Case<'_>, entry: &Field) -> bool {
    let inside = |body: Location| body.file == entry.entry.file && body.span.contains(entry.entry.span);
    case.service.definitions.iter().any(|definition| inside(definition.entry))
        && said(case.service, &case.host).is_some_and(|field| field.merged_through.is_empty())
}

fn union(networks: &Networks, users: &[usize]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    users.iter().flat_map(|user| networks.of(*user)).filter(|network| seen.insert(network.clone())).collect()
}

fn network_entries(stream: &Stream<'_>, service: &Service, joined: &[String]) -> Vec<NewEntry> {
    let style = Style::detect(stream);
    let plain = |name: &String| {
        if name.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char)) { name.clone() } else { style.quoted(name) }
    };
    let items = joined.iter().map(|name| NewValue::Raw(plain(name))).collect();
    let _ = service;
    vec![NewEntry::new("networks", NewValue::Sequence(items))]
}

/// The new `ports` of a service, unless its old ones are revised where they stand.
fn port_entry(
    draft: &mut Draft<'_>,
    service: &Service,
    stream: &Stream<'_>,
    wanted: &[ports::Wanted],
    owner: Option<usize>,
    index: usize,
) -> Result<Option<NewEntry>, Reason> {
    let existing = service.field("ports").filter(|field| !field.value.is_null());
    if let Some(field) = existing {
        let readers = draft
            .request
            .project
            .services
            .iter()
            .filter(|other| other.field("ports").is_some_and(|theirs| theirs.entry == field.entry))
            .count();
        if readers == 1 {
            ports::revise(draft, service, field.entry, wanted)?;
            return Ok(None);
        }
        if field.merged_through.is_empty() {
            // Others merge this list. Each of them gets one of its own, so it may change.
            ports::revise(draft, service, field.entry, wanted)?;
            return Ok(None);
        }
    }
    let inherits =
        existing.is_some() || owner.is_some_and(|owner| owner != index && draft.mapped.get(&owner).is_none_or(|ports| !ports.is_empty()));
    if wanted.is_empty() && !inherits {
        return Ok(None);
    }
    draft.announce(&service.name, "ports", Some(ports::texts(wanted)));
    Ok(Some(ports::entry(stream, wanted)))
}

/// The name of the host's gateway, as `extra_hosts` says it.
pub(super) const GATEWAY: &str = "host.docker.internal:host-gateway";

/// The new `extra_hosts` of a service, unless it is added to a list that is there.
fn host_entry(draft: &mut Draft<'_>, service: &Service, stream: &Stream<'_>) -> Result<Option<NewEntry>, Reason> {
    let style = Style::detect(stream);
    let item = NewValue::Raw(style.quoted(GATEWAY));
    let Some(field) = service.field("extra_hosts") else {
        draft.announce(&service.name, "extra_hosts", Some(vec![GATEWAY.to_owned()]));
        return Ok(Some(NewEntry::new("extra_hosts", NewValue::Sequence(vec![item]))));
    };
    let names = |value: &crate::compose::tree::Value| value.as_str().is_some_and(|text| text.starts_with("host.docker.internal"));
    if field.value.items().iter().any(names) || field.value.get("host.docker.internal").is_some() {
        return Ok(None);
    }
    if !field.merged_through.is_empty() {
        return Err(refusal(field.entry, "`extra_hosts` is shared through an anchor"));
    }
    let (stream, path) = draft.node(field.entry)?;
    let edits = if field.value.fields().is_empty() {
        change::append(stream, &path, &[item])
    } else {
        change::insert(stream, &path, &[NewEntry::new("host.docker.internal", NewValue::Raw("host-gateway".to_owned()))])
    };
    draft.add(field.entry.file, edits)?;
    let before = field.value.items().iter().filter_map(crate::compose::tree::Value::as_str).map(str::to_owned);
    let before = before.chain(field.value.fields().iter().map(|host| format!("{}:{}", host.key, host.value.as_str().unwrap_or_default())));
    let after = before.chain([GATEWAY.to_owned()]).collect();
    draft.announce(&service.name, "extra_hosts", Some(after));
    Ok(None)
}

/// A mapping that others merge must not bring networks to services that have a mode of their own.
fn refuse_bystanders(draft: &Draft<'_>, users: &[usize], entry: &Field) -> Result<(), Reason> {
    let request = draft.request;
    let (stream, path) = draft.node(entry.entry)?;
    let mut around = path;
    around.steps.pop();
    let Some(span) = stream.node(&around).map(|node| node.span) else { return Ok(()) };
    let merges = |service: &Service| {
        service.value.fields().iter().any(|field| field.entry.file == entry.entry.file && span.contains(field.entry.span))
    };
    let bystander = request.project.services.iter().enumerate().find(|(index, service)| !users.contains(index) && merges(service));
    match bystander {
        Some((_, service)) => Err(refusal(entry.entry, &format!("`{}` merges the same mapping", service.name))),
        None => Ok(()),
    }
}

/// Adds entries at the end of the service's own mapping.
fn insert(draft: &mut Draft<'_>, service: &Service, entries: &[NewEntry]) -> Result<(), Reason> {
    if entries.is_empty() {
        return Ok(());
    }
    let Some(definition) = service.definitions.last() else { return Ok(()) };
    let (stream, path) = draft.node(definition.entry)?;
    draft.add(definition.entry.file, change::insert(stream, &path, entries))
}
