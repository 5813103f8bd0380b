//! Port mappings: which a service gets, and how they come into its `ports`.

use super::draft::{Draft, Refused, refusal};
use super::extended;
use super::request::Request;
use crate::compose::service::PublishedPort;
use crate::compose::tree::Field;
use crate::compose::{self, Service, ServiceId};
use crate::facts::InferredPort;
use crate::formats::interpolation::{Env, interpolate};
use crate::port::{Port, PortMapping, PortRange, Ports, Protocol};
use crate::source::Location;
use crate::yaml::change::{NewEntry, NewValue};
use crate::yaml::{Kind, Path, Stream};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A mapping that a service gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The port, which is the same on the host.
    pub(super) port: Port,
    /// The address of the host.
    ip: IpAddr,
    /// The mapping as it is written, without quotes.
    pub(super) text: String,
}

impl Wanted {
    fn mapping(&self) -> PortMapping {
        let range = PortRange::single(self.port.number);
        PortMapping { host_ip: Some(self.ip), published: Some(range), target: Ports { range, protocol: self.port.protocol } }
    }
}

/// Longer runs of ports than this are written as ranges.
const RUN: usize = 5;

/// The mappings of a service: its own ports, and those of the services that share its network.
pub(super) fn wanted(request: &Request<'_>, index: ServiceId) -> Vec<Wanted> {
    let name = request.name(index);
    let mut inferred: Vec<&InferredPort> = request
        .in_network_of(index)
        .filter_map(|member| request.inferences.get(member.index()))
        .flat_map(|inference| &inference.ports)
        .collect();
    inferred.sort_by_key(|inferred| inferred.port);
    inferred.dedup_by_key(|inferred| inferred.port);
    let env = &request.project.env;
    let on = |ip| inferred.iter().map(move |inferred| Wanted { port: inferred.port, ip, text: mapping(ip, inferred, env) });
    request.host_ips(name).into_iter().flat_map(on).collect()
}

/// `127.0.0.1:3000:3000/udp`: always three parts, because a mapping without an address opens the host to everybody.
fn mapping(ip: IpAddr, inferred: &InferredPort, env: &Env) -> String {
    let number = inferred.port.number.to_string();
    // What a program takes for a number, Compose may not.
    let reads = |written: &&str| interpolate(&(*written).into(), env).is_ok_and(|value| value.as_str() == number);
    let number = inferred.written().filter(reads).map_or(number.clone(), str::to_owned);
    let protocol = if inferred.port.protocol == Protocol::Tcp { String::new() } else { format!("/{}", inferred.port.protocol) };
    match ip {
        IpAddr::V4(ip) => format!("{ip}:{number}:{number}{protocol}"),
        IpAddr::V6(ip) => format!("[{ip}]:{number}:{number}{protocol}"),
    }
}

/// Runs of mappings as ranges: `127.0.0.1:9000-9009:9000-9009`.
fn in_ranges(wanted: &[Wanted]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = wanted;
    while let Some((first, others)) = rest.split_first() {
        let next = |(offset, other): (usize, &Wanted)| follows(first, other, offset + 1);
        let run = 1 + others.iter().enumerate().take_while(|pair| next((pair.0, pair.1))).count();
        let number = first.port.number;
        if run > RUN {
            let range = format!("{number}-{}", usize::from(number) + run - 1);
            texts.push(first.text.replacen(&format!(":{number}:{number}"), &format!(":{range}:{range}"), 1));
            rest = &rest[run..];
        } else {
            texts.push(first.text.clone());
            rest = others;
        }
    }
    texts
}

fn follows(first: &Wanted, other: &Wanted, offset: usize) -> bool {
    let plain = |wanted: &Wanted| {
        !wanted.text.contains('$') && wanted.text.starts_with(first.text.split(&format!(":{}", first.port.number)).next().unwrap_or("?"))
    };
    usize::from(first.port.number) + offset == usize::from(other.port.number)
        && first.port.protocol == other.port.protocol
        && plain(first)
        && plain(other)
}

/// The entry `ports` with these mappings, each quoted as the file quotes.
pub(super) fn entry(wanted: &[Wanted]) -> NewEntry {
    NewEntry::new("ports", NewValue::Sequence(items(wanted)))
}

fn items(wanted: &[Wanted]) -> Vec<NewValue> {
    in_ranges(wanted).into_iter().map(NewValue::Quoted).collect()
}

/// The mappings themselves.
pub(super) fn mappings(wanted: &[Wanted]) -> impl Iterator<Item = PortMapping> {
    wanted.iter().map(Wanted::mapping)
}

/// What `ports` holds when it is written anew.
pub(super) fn texts(wanted: &[Wanted]) -> Vec<String> {
    in_ranges(wanted)
}

/// What a service would take over if it said nothing of ports itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inherited {
    /// No ports.
    Nothing,
    /// Those of a service that it merges: an entry of its own replaces them.
    Merged,
    /// Those of a service that it extends: they would be added to its own.
    Extended,
}

/// The new `ports` of a service, unless its old ones are revised where they stand.
pub(super) fn settle(
    draft: &mut Draft<'_>,
    service: &Service,
    wanted: &[Wanted],
    inherited: Inherited,
) -> Result<Option<NewEntry>, Refused> {
    let mut inherited = inherited;
    if let Some(field) = service.field("ports").filter(|field| !field.value.is_null()) {
        let shared: Vec<&Field> = field.places().iter().filter(|place| is_shared(draft, service, place)).collect();
        if inherited != Inherited::Extended && shared.iter().all(|place| !place.is_inherited()) {
            // Others may take these lists over. Each of them gets one of its own, so they may change.
            revise(draft, service, field, wanted)?;
            return Ok(None);
        }
        let extended = inherited == Inherited::Extended || shared.iter().any(|place| !place.extended_through.is_empty());
        inherited = if extended { Inherited::Extended } else { Inherited::Merged };
    }
    if wanted.is_empty() && inherited == Inherited::Nothing {
        return Ok(None);
    }
    let new = entry(wanted);
    draft.announce(service.id, "ports", (inherited != Inherited::Extended || !wanted.is_empty()).then(|| texts(wanted)));
    draft.publish(service.id, mappings(wanted));
    Ok(Some(match inherited {
        Inherited::Extended if wanted.is_empty() => NewEntry::new("ports", NewValue::Tagged("!reset", Box::new(new.value))),
        Inherited::Extended => extended::overriding(new),
        Inherited::Nothing | Inherited::Merged => new,
    }))
}

/// Whether another service reads the ports of that place too.
fn is_shared(draft: &Draft<'_>, service: &Service, place: &Field) -> bool {
    let others = draft.request.project.services.iter().filter(|other| other.name != service.name);
    others.filter_map(|other| other.field("ports")).any(|theirs| theirs.places().iter().any(|other| other.entry == place.entry))
}

/// Brings the dead `ports` of a service to `wanted`, item by item, so that comments and order stay. They may stand in
/// several files.
fn revise(draft: &mut Draft<'_>, service: &Service, field: &Field, wanted: &[Wanted]) -> Result<(), Refused> {
    let ip = draft.request.host_ip(&service.name);
    let mut left: Vec<&Wanted> = wanted.iter().collect();
    let (mut after, mut published): (Vec<String>, Vec<PortMapping>) = (Vec::new(), Vec::new());
    let mut kept: BTreeMap<Location, Option<String>> = BTreeMap::new();
    for entry in &service.ports {
        let ports = entry.mapping.map(|mapping| mapping.ports()).unwrap_or_default();
        let (mine, others): (Vec<&Wanted>, Vec<&Wanted>) = left.iter().partition(|wanted| wanted.ip == ip && ports.contains(&wanted.port));
        left = others;
        let item = item(entry, &mine);
        published.extend(item.iter().map(|(_, mapping)| *mapping));
        after.extend(item.iter().map(|(text, _)| text.clone()));
        kept.insert(entry.at, item.map(|(text, _)| text));
    }
    let rest: Vec<Wanted> = left.into_iter().cloned().collect();
    after.extend(in_ranges(&rest));
    published.extend(mappings(&rest));
    let stays = |place: &&Field| place.value.items().iter().any(|item| matches!(kept.get(&item.at), Some(Some(_))));
    let last = field.places().iter().rfind(stays).or_else(|| field.places().last());
    let mut hides = false;
    for place in field.places() {
        let (stream, path) = draft.node(place.entry)?;
        let more: &[Wanted] = if last.is_some_and(|last| last.entry == place.entry) { &rest } else { &[] };
        if !stays(&place) {
            // Without an entry of its own the service would get the ports of what it merges.
            let goes = more.is_empty() && place.shadows.is_none();
            let entries = if goes { Vec::new() } else { vec![entry(more)] };
            hides |= !goes;
            draft.replace_entry(stream, &path, &entries)?;
            continue;
        }
        revise_list(draft, place, &kept, more)?;
    }
    draft.announce(service.id, "ports", (hides || !after.is_empty()).then_some(after));
    draft.publish(service.id, published);
    Ok(())
}

/// Brings the items of one list to what `kept` says of them, and adds `more`.
fn revise_list(draft: &mut Draft<'_>, place: &Field, kept: &BTreeMap<Location, Option<String>>, more: &[Wanted]) -> Result<(), Refused> {
    let at = place.value.at;
    // The entry, since a list and its only item may cover the same bytes.
    let (stream, path) = draft.node(place.entry)?;
    if stream.node(&path).is_some_and(|node| !matches!(node.kind, Kind::Sequence(_))) {
        return Err(refusal(at, "`ports` is not a plain list"));
    }
    for (index, item) in place.value.items().iter().enumerate() {
        match kept.get(&item.at) {
            Some(Some(text)) => set_item(draft, stream, &path.index(index), at, text)?,
            _ => draft.remove_item(stream, &path.index(index))?,
        }
    }
    if more.is_empty() { Ok(()) } else { draft.insert_items(stream, &path, &items(more)) }
}

/// The mapping that takes the place of an entry, as text too; none when nothing of it is wanted. A range stays one.
fn item(entry: &PublishedPort, mine: &[&Wanted]) -> Option<(String, PortMapping)> {
    let (first, old) = mine.first().zip(entry.mapping)?;
    if mine.len() == 1 {
        return Some((first.text.clone(), first.mapping()));
    }
    let range = old.target.range;
    let text = first.text.replacen(&format!(":{0}:{0}", first.port.number), &format!(":{range}:{range}"), 1);
    Some((text, PortMapping { host_ip: Some(first.ip), published: Some(range), ..old }))
}

fn set_item(draft: &mut Draft<'_>, stream: &Stream<'_>, item: &Path, at: Location, text: &str) -> Result<(), Refused> {
    match stream.node(item).map(|node| &node.kind) {
        Some(Kind::Scalar(_)) => draft.set(stream, item, text, true),
        Some(Kind::Mapping(_)) => {
            // An entry in long syntax keeps its shape.
            let (address, target) = text.split('/').next().and_then(|text| text.rsplit_once(':')).unwrap_or_default();
            let ip = address.rsplit_once(':').map_or(address, |(ip, _)| ip).trim_matches(['[', ']']);
            set_keys(draft, stream, item, &[("published", target, true), ("host_ip", ip, false)])
        }
        _ => Err(refusal(at, "an entry of `ports` is an alias")),
    }
}

/// Sets keys of an entry in long syntax, each with its text and whether that is quoted where it is new.
fn set_keys(draft: &mut Draft<'_>, stream: &Stream<'_>, item: &Path, keys: &[(&str, &str, bool)]) -> Result<(), Refused> {
    let mut missing = Vec::new();
    for (key, text, quoted) in keys {
        if stream.node(&item.key(key)).is_some() {
            draft.set(stream, &item.key(key), text, *quoted)?;
        } else {
            let value = if *quoted { NewValue::Quoted((*text).to_owned()) } else { NewValue::Text((*text).to_owned()) };
            missing.push(NewEntry::new(*key, value));
        }
    }
    draft.insert_entries(stream, item, &missing)
}

/// Entries that host networking kept dead begin to count: those that would be published elsewhere than on the addresses
/// that were asked for are bound to the first of these. Returns what the list says and publishes then.
pub(super) fn revive(draft: &mut Draft<'_>, service: &Service, field: &Field) -> Result<Vec<(String, PortMapping)>, Refused> {
    let asked = draft.request.host_ips(&service.name);
    let mut revived = Vec::new();
    for place in field.places() {
        let (stream, path) = draft.node(place.entry)?;
        for (index, (item, entry)) in place.value.items().iter().zip(compose::ports(&place.value)).enumerate() {
            let mapping = entry.mapping.ok_or_else(|| refusal(entry.at, "it would be published, and a variable in it has no value"))?;
            let written = entry.text.as_ref().map(|text| text.raw.as_ref());
            let said = written.map_or_else(|| mapping.to_string(), str::to_owned);
            if mapping.host_ip.is_some_and(|ip| asked.contains(&ip)) {
                revived.push((said, mapping));
                continue;
            }
            if is_shared(draft, service, place) {
                return Err(refusal(entry.at, "it would be published, and other services share it"));
            }
            let ip = draft.request.host_ip(&service.name);
            let bound = PortMapping { host_ip: Some(ip), ..mapping };
            let item_path = path.index(index);
            let text = match written {
                Some(raw) => {
                    bind(raw, mapping, bound).ok_or_else(|| refusal(item.at, "it would be published, on an address in a variable"))?
                }
                None => bound.to_string(),
            };
            match written {
                Some(_) => draft.set(stream, &item_path, &text, true)?,
                None => set_keys(draft, stream, &item_path, &[("host_ip", &ip.to_string(), false)])?,
            }
            revived.push((text, bound));
        }
    }
    Ok(revived)
}

/// A mapping in short syntax on another address, variables as they stand.
fn bind(raw: &str, old: PortMapping, bound: PortMapping) -> Option<String> {
    if !raw.contains('$') {
        return Some(bound.to_string());
    }
    let ip = match bound.host_ip? {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let separator = if old.published.is_some() { ":" } else { "::" };
    old.host_ip.is_none().then(|| format!("{ip}{separator}{raw}"))
}
