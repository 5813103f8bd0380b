//! Port mappings: which a service gets, and how they come into its `ports`.

use super::draft::{Draft, refusal};
use super::{Request, extended};
use crate::compose::service::PublishedPort;
use crate::compose::tree::Field;
use crate::compose::{Service, ServiceId};
use crate::diagnostic::Finding;
use crate::facts::InferredPort;
use crate::port::{Port, Protocol};
use crate::source::Location;
use crate::yaml::change::{self, Comments, NewEntry, NewValue, Replacement};
use crate::yaml::{Kind, Path, Step, Stream, Style};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A mapping that a service gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The port.
    pub(super) port: Port,
    /// The mapping as it is written, without quotes.
    pub(super) text: String,
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
    let ip = request.host_ip(name);
    let mut wanted: Vec<Wanted> = inferred.iter().map(|inferred| Wanted { port: inferred.port, text: mapping(ip, inferred) }).collect();
    if request.settings.ipv6 && ip.is_loopback() && ip.is_ipv4() {
        let both = inferred
            .iter()
            .map(|inferred| Wanted { port: inferred.port, text: mapping(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), inferred) });
        wanted.extend(both);
    }
    wanted
}

/// `127.0.0.1:3000:3000/udp`: always three parts, because a mapping without an address opens the host to everybody.
fn mapping(ip: IpAddr, inferred: &InferredPort) -> String {
    let number = inferred.written().map_or_else(|| inferred.port.number.to_string(), str::to_owned);
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
pub(super) fn entry(stream: &Stream<'_>, wanted: &[Wanted]) -> NewEntry {
    let style = Style::detect(stream);
    let items = in_ranges(wanted).into_iter().map(|text| NewValue::Raw(style.quoted(&text))).collect();
    NewEntry::new("ports", NewValue::Sequence(items))
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
    stream: &Stream<'_>,
    wanted: &[Wanted],
    inherited: Inherited,
) -> Result<Option<NewEntry>, Finding> {
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
    let new = entry(stream, wanted);
    draft.announce(&service.name, "ports", (inherited != Inherited::Extended || !wanted.is_empty()).then(|| texts(wanted)));
    Ok(Some(match (&new.value, inherited) {
        (NewValue::Sequence(items), Inherited::Extended) if items.is_empty() => {
            NewEntry::new("ports", NewValue::Raw("!reset []".to_owned()))
        }
        (NewValue::Sequence(items), Inherited::Extended) => NewEntry::new("ports", extended::replacing(items)),
        _ => new,
    }))
}

/// Whether another service reads the ports of that place too.
fn is_shared(draft: &Draft<'_>, service: &Service, place: &Field) -> bool {
    let others = draft.request.project.services.iter().filter(|other| other.name != service.name);
    others.filter_map(|other| other.field("ports")).any(|theirs| theirs.places().iter().any(|other| other.entry == place.entry))
}

/// Brings the dead `ports` of a service to `wanted`, item by item, so that comments and order stay. They may stand in
/// several files.
fn revise(draft: &mut Draft<'_>, service: &Service, field: &Field, wanted: &[Wanted]) -> Result<(), Finding> {
    let mut left: Vec<&Wanted> = wanted.iter().collect();
    let mut after: Vec<String> = Vec::new();
    let mut kept: BTreeMap<Location, Option<String>> = BTreeMap::new();
    for entry in &service.ports {
        let ports = entry.mapping.map(|mapping| mapping.ports()).unwrap_or_default();
        let (mine, others): (Vec<&Wanted>, Vec<&Wanted>) = left.iter().partition(|wanted| ports.contains(&wanted.port));
        left = others;
        kept.insert(entry.at, (!mine.is_empty()).then(|| item_text(entry, &mine)));
        after.extend(kept.get(&entry.at).cloned().flatten());
    }
    let rest: Vec<Wanted> = left.into_iter().cloned().collect();
    after.extend(in_ranges(&rest));
    let stays = |place: &&Field| place.value.items().iter().any(|item| matches!(kept.get(&item.at), Some(Some(_))));
    let last = field.places().iter().rfind(stays).or_else(|| field.places().last());
    for place in field.places() {
        let (stream, path) = draft.node(place.entry)?;
        let more: &[Wanted] = if last.is_some_and(|last| last.entry == place.entry) { &rest } else { &[] };
        if !stays(&place) {
            let entries = if more.is_empty() { Vec::new() } else { vec![entry(stream, more)] };
            draft.add(place.entry.file, change::replace_entry(stream, &path, &entries))?;
            continue;
        }
        revise_list(draft, place, &kept, more)?;
    }
    draft.announce(&service.name, "ports", (!after.is_empty()).then_some(after));
    Ok(())
}

/// Brings the items of one list to what `kept` says of them, and adds `more`.
fn revise_list(draft: &mut Draft<'_>, place: &Field, kept: &BTreeMap<Location, Option<String>>, more: &[Wanted]) -> Result<(), Finding> {
    let at = place.value.at;
    // The entry, since a list and its only item may cover the same bytes.
    let (stream, path) = draft.node(place.entry)?;
    if stream.node(&path).is_some_and(|node| !matches!(node.kind, Kind::Sequence(_))) {
        return Err(refusal(at, "`ports` is not a plain list"));
    }
    for (index, item) in place.value.items().iter().enumerate() {
        match kept.get(&item.at) {
            Some(Some(text)) => set_item(draft, stream, &path.index(index), at, text)?,
            _ => draft.add(at.file, change::remove(stream, &path.index(index), Comments::Keep))?,
        }
    }
    if !more.is_empty() {
        let style = Style::detect(stream);
        let items: Vec<NewValue> = in_ranges(more).iter().map(|text| NewValue::Raw(style.quoted(text))).collect();
        draft.add(at.file, change::append(stream, &path, &items))?;
    }
    Ok(())
}

/// The mapping that takes the place of an entry: a range stays one.
fn item_text(entry: &PublishedPort, mine: &[&Wanted]) -> String {
    let Some((first, mapping)) = mine.first().zip(entry.mapping) else { return String::new() };
    if mine.len() == 1 {
        return first.text.clone();
    }
    let range = mapping.target.range.to_string();
    first.text.replacen(&format!(":{0}:{0}", first.port.number), &format!(":{range}:{range}"), 1)
}

fn set_item(draft: &mut Draft<'_>, stream: &Stream<'_>, item: &Path, at: Location, text: &str) -> Result<(), Finding> {
    let style = Style::detect(stream);
    match stream.node(item).map(|node| &node.kind) {
        Some(Kind::Scalar(scalar)) => {
            let quoted = matches!(scalar.style, crate::yaml::ScalarStyle::SingleQuoted | crate::yaml::ScalarStyle::DoubleQuoted);
            let raw = style.quoted(text);
            let replacement = if quoted { Replacement::String(text) } else { Replacement::Raw(&raw) };
            draft.add(at.file, change::replace_scalar(stream, item, replacement))
        }
        Some(Kind::Mapping(_)) => set_long(draft, stream, item, at, text),
        _ => Err(refusal(at, "an entry of `ports` is an alias")),
    }
}

/// An entry in long syntax keeps its shape: `published` and `host_ip` are set.
fn set_long(draft: &mut Draft<'_>, stream: &Stream<'_>, item: &Path, at: Location, text: &str) -> Result<(), Finding> {
    let style = Style::detect(stream);
    let (address, target) = text.split('/').next().and_then(|text| text.rsplit_once(':')).unwrap_or_default();
    let ip = address.rsplit_once(':').map_or(address, |(ip, _)| ip).trim_matches(['[', ']']);
    let mut missing = Vec::new();
    for (key, value) in [("published", style.quoted(target)), ("host_ip", ip.to_owned())] {
        let there = item.steps.iter().cloned().chain([Step::Key(key.to_owned())]).collect();
        let path = Path { document: item.document, steps: there };
        match stream.node(&path) {
            Some(_) => draft.add(at.file, change::replace_scalar(stream, &path, Replacement::Raw(&value)))?,
            None => missing.push(NewEntry::new(key, NewValue::Raw(value))),
        }
    }
    if missing.is_empty() { Ok(()) } else { draft.add(at.file, change::insert(stream, item, &missing)) }
}
