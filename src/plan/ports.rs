//! Port mappings: which a service gets, and how they come into its `ports`.

use super::Request;
use super::draft::{Draft, refusal};
use crate::compose::port::{Port, Protocol};
use crate::compose::service::PublishedPort;
use crate::compose::{HostNetwork, Service};
use crate::decide::Reason;
use crate::infer::InferredPort;
use crate::source::Location;
use crate::yaml::change::{self, Comments, NewEntry, NewValue, Replacement};
use crate::yaml::{Kind, Path, Step, Stream, Style};
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
pub(super) fn wanted(request: &Request<'_>, index: usize) -> Vec<Wanted> {
    let name = request.name(index);
    let sharing = request.cases.iter().filter(|(_, (case, _))| matches!(&case.host, HostNetwork::Shared { with, .. } if with == name));
    let members = std::iter::once(index).chain(sharing.map(|(other, _)| *other));
    let mut inferred: Vec<&InferredPort> =
        members.filter_map(|member| request.inferences.get(member)).flat_map(|inference| &inference.ports).collect();
    inferred.sort_by_key(|inferred| inferred.port);
    inferred.dedup_by_key(|inferred| inferred.port);
    let ip = request.host_ip(name);
    let mut wanted: Vec<Wanted> = inferred.iter().map(|inferred| Wanted { port: inferred.port, text: mapping(ip, inferred) }).collect();
    if request.options.ipv6 && ip.is_loopback() && ip.is_ipv4() {
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

/// Brings the dead `ports` of a service to `wanted`, item by item, so that comments and order stay.
pub(super) fn revise(draft: &mut Draft<'_>, service: &Service, at: Location, wanted: &[Wanted]) -> Result<(), Reason> {
    let (stream, mut path) = draft.node(at)?;
    let is_list = |path: &Path| stream.node(path).is_some_and(|node| matches!(node.kind, Kind::Sequence(_)));
    if !is_list(&path) {
        path.steps.pop(); // A list of one item covers the same bytes as its item, which is found first.
    }
    if !is_list(&path) {
        return Err(refusal(at, "`ports` is not a plain list"));
    }
    let mut left: Vec<&Wanted> = wanted.iter().collect();
    let mut after: Vec<String> = Vec::new();
    let keeps = |entry: &PublishedPort, left: &[&Wanted]| {
        entry.mapping.is_some_and(|mapping| mapping.ports().iter().any(|port| left.iter().any(|wanted| wanted.port == *port)))
    };
    let removed_all = !service.ports.iter().any(|entry| keeps(entry, &left));
    if removed_all {
        return rewrite(draft, service, stream, &path, wanted);
    }
    for (index, entry) in service.ports.iter().enumerate() {
        let item = path.index(index);
        let ports = entry.mapping.map(|mapping| mapping.ports()).unwrap_or_default();
        let (mine, others): (Vec<&Wanted>, Vec<&Wanted>) = left.iter().partition(|wanted| ports.contains(&wanted.port));
        if mine.is_empty() {
            draft.add(at.file, change::remove(stream, &item, Comments::Keep))?;
            continue;
        }
        left = others;
        let text = item_text(entry, &mine);
        set_item(draft, stream, &item, at, &text)?;
        after.push(text);
    }
    if !left.is_empty() {
        let style = Style::detect(stream);
        let rest: Vec<Wanted> = left.into_iter().cloned().collect();
        let items: Vec<NewValue> = in_ranges(&rest).iter().map(|text| NewValue::Raw(style.quoted(text))).collect();
        draft.add(at.file, change::append(stream, &path, &items))?;
        after.extend(in_ranges(&rest));
    }
    draft.announce(&service.name, "ports", Some(after));
    Ok(())
}

/// Nothing of the old list stays: the entry as a whole is written anew.
fn rewrite(draft: &mut Draft<'_>, service: &Service, stream: &Stream<'_>, path: &Path, wanted: &[Wanted]) -> Result<(), Reason> {
    let entries = if wanted.is_empty() { Vec::new() } else { vec![entry(stream, wanted)] };
    draft.add(stream.source.id, change::replace_entry(stream, path, &entries))?;
    let value = (!wanted.is_empty()).then(|| texts(wanted));
    draft.announce(&service.name, "ports", value);
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

fn set_item(draft: &mut Draft<'_>, stream: &Stream<'_>, item: &Path, at: Location, text: &str) -> Result<(), Reason> {
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
fn set_long(draft: &mut Draft<'_>, stream: &Stream<'_>, item: &Path, at: Location, text: &str) -> Result<(), Reason> {
    let style = Style::detect(stream);
    let (address, target) = text.split('/').next().and_then(|text| text.rsplit_once(':')).unwrap_or_default();
    let ip = address.rsplit_once(':').map_or(address, |(ip, _)| ip).trim_matches(['[', ']']);
    for (key, value) in [("published", style.quoted(target)), ("host_ip", ip.to_owned())] {
        let there = item.steps.iter().cloned().chain([Step::Key(key.to_owned())]).collect();
        let path = Path { document: item.document, steps: there };
        let edits = match stream.node(&path) {
            Some(_) => change::replace_scalar(stream, &path, Replacement::Raw(&value)),
            None => change::insert(stream, item, &[NewEntry::new(key, NewValue::Raw(value))]),
        };
        draft.add(at.file, edits)?;
    }
    Ok(())
}
