//! A plan in the making: edits by unit and file, and with each of them what it means.
//!
//! Every kind of edit that a plan can hold has its method here, which asks the editor for bytes and says the same in
//! values. Edits of all units are also held against each other, since they are made in the same files.

use super::expected::{Change, Expected, Published, variable_at};
use super::plan::{Applicability, Fix, Plan};
use super::request::Request;
use crate::compose::{Service, ServiceId};
use crate::diagnostic::{Finding, Verdict};
use crate::edit::{Edit, EditSet, Overlap};
use crate::formats::mapped::Place;
use crate::port::{Port, PortMapping};
use crate::rules;
use crate::rules::case::Departure;
use crate::rules::host_network::edit::refused_edit;
use crate::source::{FileId, Location, Span};
use crate::yaml::change::{self, Comments, NewEntry, NewValue, Refusal, Replacement};
use crate::yaml::{Kind, Path, ScalarStyle, Stream, Style, oracle};
use std::collections::BTreeMap;

/// The plan so far.
pub(super) struct Draft<'a> {
    pub(super) request: Request<'a>,
    pub(super) mapped: BTreeMap<ServiceId, Vec<Port>>,
    fixes: Vec<Fix>,
    /// The fix that edits go to.
    current: usize,
    /// The edits of all fixes.
    all: BTreeMap<FileId, EditSet>,
    refused: BTreeMap<ServiceId, Finding>,
}

/// Why an edit is not made.
#[derive(Debug)]
pub(super) struct Refused {
    /// What stands in the way.
    at: Location,
    /// The reason: lower case, no full stop.
    message: String,
}

impl<'a> Draft<'a> {
    /// An empty plan for these units.
    pub(super) fn new(request: Request<'a>, units: Vec<Vec<ServiceId>>) -> Self {
        let review = |id: &ServiceId| request.cases.get(id).is_some_and(|(_, proof)| proof.verdict() == Verdict::Review);
        let fix = |services: Vec<ServiceId>| {
            let applicability = if services.iter().any(review) { Applicability::Unsafe } else { Applicability::Safe };
            Fix { services, edits: BTreeMap::new(), expected: Expected::default(), applicability }
        };
        let fixes = units.into_iter().map(fix).collect();
        Self { request, mapped: BTreeMap::new(), fixes, current: 0, all: BTreeMap::new(), refused: BTreeMap::new() }
    }

    /// Makes edits for a service that leaves. Where they cannot be made, it is refused.
    pub(super) fn edit_for(&mut self, service: ServiceId, make: impl FnOnce(&mut Self) -> Result<(), Refused>) {
        let Some(fix) = self.fixes.iter().position(|fix| fix.services.contains(&service)) else { return };
        self.current = fix;
        if let Err(Refused { at, message }) = make(self) {
            self.refused.entry(service).or_insert_with(|| refused_edit::finding(&message, at));
        }
    }

    /// The parsed file of a location, and the path to the node there.
    pub(super) fn node(&self, at: Location) -> Result<(&'a Stream<'a>, Path), Refused> {
        let stream = self.request.project.stream(at.file).ok_or_else(|| refusal(at, "the file cannot be edited"))?;
        let path = stream.path_to(at.span).ok_or_else(|| refusal(at, "the place cannot be found again"))?;
        Ok((stream, path))
    }

    /// Puts `entries` where the entry is that has the node at `path` for its value; without any, that one goes.
    pub(super) fn replace_entry(&mut self, stream: &Stream<'_>, path: &Path, entries: &[NewEntry]) -> Result<(), Refused> {
        self.add(stream, path, change::replace_entry(stream, path, entries), Change::Replaced(entries.to_vec()))
    }

    /// Takes the item at `path` out of its sequence.
    pub(super) fn remove_item(&mut self, stream: &Stream<'_>, path: &Path) -> Result<(), Refused> {
        self.add(stream, path, change::remove(stream, path, Comments::Keep), Change::Replaced(Vec::new()))
    }

    /// Puts entries in at the end of the mapping at `path`.
    pub(super) fn insert_entries(&mut self, stream: &Stream<'_>, path: &Path, entries: &[NewEntry]) -> Result<(), Refused> {
        self.add(stream, path, change::insert(stream, path, entries), Change::Entries(entries.to_vec()))
    }

    /// Puts items in at the end of the sequence at `path`.
    pub(super) fn insert_items(&mut self, stream: &Stream<'_>, path: &Path, items: &[NewValue]) -> Result<(), Refused> {
        self.add(stream, path, change::append(stream, path, items), Change::Items(items.to_vec()))
    }

    /// Puts entries in at the end of the mapping at `path`, behind all that other edits put in there.
    pub(super) fn append_entries(&mut self, stream: &Stream<'_>, path: &Path, entries: &[NewEntry]) -> Result<(), Refused> {
        let file = stream.source.id;
        let edits = self.allowed(file, change::insert(stream, path, entries))?;
        let sets = [self.all.entry(file).or_default(), self.fixes[self.current].edits.entry(file).or_default()];
        for set in sets {
            edits.iter().cloned().try_for_each(|edit| set.append(edit)).map_err(|overlap| clash(file, &overlap))?;
        }
        self.expected().node(file, path.clone(), Change::Entries(entries.to_vec()));
        Ok(())
    }

    /// Gives the scalar at `path` another text. One that was quoted stays so, and another is quoted if `quoted` asks for it.
    pub(super) fn set(&mut self, stream: &Stream<'_>, path: &Path, text: &str, quoted: bool) -> Result<(), Refused> {
        let kind = stream.node(path).map(|node| &node.kind);
        let is_quoted =
            matches!(kind, Some(Kind::Scalar(scalar)) if matches!(scalar.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
        let raw = Style::detect(stream).quoted(text);
        let replacement = if is_quoted || !quoted { Replacement::String(text) } else { Replacement::Raw(&raw) };
        self.add(stream, path, change::replace_scalar(stream, path, replacement), Change::Set(NewValue::Text(text.to_owned())))
    }

    /// Puts copies of other entries, `text`, where the entry is that has the node at `path` for its value. Each of them is
    /// named by the path to its value.
    pub(super) fn copy(&mut self, stream: &Stream<'_>, path: &Path, copied: Vec<Path>, text: String) -> Result<(), Refused> {
        let edits = stream.entry(path).map(|entry| Edit::replace(entry.span, text)).into_iter().collect();
        self.add(stream, path, Ok(edits), Change::Copied(copied))
    }

    /// Replaces the entry at `at` by `entries`. One whose key its mapping has already takes the place of that.
    pub(super) fn put(&mut self, at: Location, entries: &[NewEntry]) -> Result<(), Refused> {
        let (stream, path) = self.node(at)?;
        let (mut rest, mut around) = (Vec::new(), path.clone());
        let replaced = around.steps.pop();
        for entry in entries {
            let there = around.key(&entry.key);
            if stream.node(&there).is_some() && there.steps.last() != replaced.as_ref() {
                self.replace_entry(stream, &there, std::slice::from_ref(entry))?;
            } else {
                rest.push(entry.clone());
            }
        }
        self.replace_entry(stream, &path, &rest)
    }

    /// Adds entries to the mapping of a service itself, in the last file that defines it.
    pub(super) fn insert(&mut self, service: &Service, entries: &[NewEntry]) -> Result<(), Refused> {
        let Some(definition) = service.definitions.last().filter(|_| !entries.is_empty()) else { return Ok(()) };
        let (stream, path) = self.node(definition.entry)?;
        let mut rest = Vec::new();
        for entry in entries {
            let there = path.key(&entry.key);
            match stream.node(&there) {
                Some(_) => self.replace_entry(stream, &there, std::slice::from_ref(entry))?,
                None => rest.push(entry.clone()),
            }
        }
        if rest.is_empty() { Ok(()) } else { self.insert_entries(stream, &path, &rest) }
    }

    /// Replaces the text at a place, wherever it stands.
    pub(super) fn replace(&mut self, place: Place, new: &str) -> Result<(), Refused> {
        match place {
            Place::Said(at) => Err(refusal(at, "it is said in other words")),
            Place::Bytes(at) => self.replace_bytes(at, new),
            Place::Scalar { node, span } => self.replace_in_scalar(node, span, new),
        }
    }

    /// Says what a key of a service holds afterwards, all files taken together.
    pub(super) fn announce(&mut self, service: ServiceId, key: &'static str, value: Option<Vec<String>>) {
        self.expected().keys.insert((service, key), value);
    }

    /// Says what the host publishes for a service afterwards.
    pub(super) fn publish(&mut self, service: ServiceId, mappings: impl IntoIterator<Item = PortMapping>) {
        let on = self.request.host_ips(self.request.name(service)).into_iter().collect();
        self.expected().published.insert(service, Published { on, mappings: mappings.into_iter().collect() });
    }

    /// Says that a top-level network is new.
    pub(super) fn announce_network(&mut self, name: &str) {
        self.expected().networks.insert(name.to_owned());
    }

    pub(super) fn finish(self) -> Plan {
        let departures = self.mapped.iter().filter_map(|(id, ports)| {
            let (case, _) = self.request.cases.get(id)?;
            Some(Departure { case, ports, host_ip: self.request.host_ip(&case.service.name) })
        });
        let warnings = departures.flat_map(|departure| rules::consequences(&departure)).collect();
        Plan { fixes: self.fixes, warnings, mapped: self.mapped, refused: self.refused }
    }

    fn expected(&mut self) -> &mut Expected {
        &mut self.fixes[self.current].expected
    }

    fn replace_bytes(&mut self, at: Location, new: &str) -> Result<(), Refused> {
        let project = self.request.project;
        self.take(at.file, Ok(vec![Edit::replace(at.span, new)]))?;
        let mut said = self.expected().bytes(at, new);
        if let Some((name, bytes)) = variable_at(project, at) {
            said = said.and_then(|()| self.expected().variable(at.file, &name, bytes, new));
        }
        said.map_err(|overlap| clash(at.file, &overlap))
    }

    fn replace_in_scalar(&mut self, at: Location, decoded: Span, new: &str) -> Result<(), Refused> {
        let (stream, path) = self.node(at)?;
        let node = stream.node(&path).ok_or_else(|| refusal(at, "the place cannot be found again"))?;
        let whole = node.as_str().filter(|text| decoded == Span::new(0, text.len()));
        let plain = matches!(&node.kind, Kind::Scalar(scalar) if scalar.style == ScalarStyle::Plain);
        if plain && whole.is_some_and(oracle::is_string) && !oracle::is_string(new) {
            return Err(refusal(at, &format!("`{new}` would be no text here")));
        }
        let span = node.locate(&stream.source.text, decoded.start..decoded.end);
        let span = span.ok_or_else(|| refusal(at, "the address is written with escapes"))?;
        self.take(at.file, Ok(vec![Edit::replace(span, new)]))?;
        self.expected().text(at, decoded, new).map_err(|overlap| clash(at.file, &overlap))
    }

    /// Takes in edits and what they mean for the node at `path`, or says why they cannot be made.
    fn add(&mut self, stream: &Stream<'_>, path: &Path, edits: Result<Vec<Edit>, Refusal>, change: Change) -> Result<(), Refused> {
        let file = stream.source.id;
        if !matches!(&edits, Ok(edits) if edits.is_empty()) {
            self.take(file, edits)?;
            self.expected().node(file, path.clone(), change);
        }
        Ok(())
    }

    fn take(&mut self, file: FileId, edits: Result<Vec<Edit>, Refusal>) -> Result<(), Refused> {
        let edits = self.allowed(file, edits)?;
        for set in [self.all.entry(file).or_default(), self.fixes[self.current].edits.entry(file).or_default()] {
            set.extend(edits.iter().cloned()).map_err(|overlap| clash(file, &overlap))?;
        }
        Ok(())
    }

    /// The edits of a file, if it may be edited.
    fn allowed(&self, file: FileId, edits: Result<Vec<Edit>, Refusal>) -> Result<Vec<Edit>, Refused> {
        let edits = edits.map_err(|refused| refusal(Location { file, span: refused.span }, &refused.message))?;
        if let Some(edit) = edits.first().filter(|_| !self.request.project.may_write(file)) {
            return Err(refusal(Location { file, span: edit.span }, "the file lies outside of what was named"));
        }
        Ok(edits)
    }
}

/// Why an edit is not made.
pub(super) fn refusal(at: Location, message: &str) -> Refused {
    Refused { at, message: message.to_owned() }
}

fn clash(file: FileId, overlap: &Overlap) -> Refused {
    refusal(Location { file, span: overlap.1 }, "two edits want the same text")
}
