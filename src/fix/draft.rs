//! A plan in the making: edits by file, and what each of them means.

use super::{Announced, Plan, Request};
use crate::compose::{Service, ServiceId};
use crate::diagnostic::Finding;
use crate::edit::{Edit, EditSet};
use crate::formats::mapped::Place;
use crate::port::Port;
use crate::rules;
use crate::rules::case::Departure;
use crate::rules::host_network::edit::refused_edit;
use crate::source::{FileId, Location};
use crate::yaml::change::{self, NewEntry, Refusal};
use crate::yaml::{Path, Stream};
use std::collections::BTreeMap;

/// The plan so far.
pub(super) struct Draft<'a> {
    pub(super) request: Request<'a>,
    pub(super) announced: Announced,
    pub(super) mapped: BTreeMap<ServiceId, Vec<Port>>,
    edits: BTreeMap<FileId, EditSet>,
    refused: BTreeMap<ServiceId, Finding>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(request: Request<'a>) -> Self {
        let (announced, edits) = (Announced::default(), BTreeMap::new());
        Self { request, announced, mapped: BTreeMap::new(), edits, refused: BTreeMap::new() }
    }

    pub(super) fn refuse(&mut self, index: ServiceId, reason: Finding) {
        self.refused.entry(index).or_insert(reason);
    }

    /// The parsed file of a location, and the path to the node there.
    pub(super) fn node(&self, at: Location) -> Result<(&'a Stream<'a>, Path), Finding> {
        let stream = self.request.project.stream(at.file).ok_or_else(|| refusal(at, "the file cannot be edited"))?;
        let path = stream.path_to(at.span).ok_or_else(|| refusal(at, "the place cannot be found again"))?;
        Ok((stream, path))
    }

    /// Takes in edits of a file, or says why they cannot be made.
    pub(super) fn add(&mut self, file: FileId, edits: Result<Vec<Edit>, Refusal>) -> Result<(), Finding> {
        let edits = self.allowed(file, edits)?;
        let first = edits.first().map(|edit| edit.span);
        let set = self.edits.entry(file).or_default();
        set.extend(edits).map_err(|overlap| refusal(Location { file, span: first.unwrap_or(overlap.0) }, "two edits want the same text"))
    }

    /// Takes in edits that go behind others at the same place: what is added at the end of a file.
    pub(super) fn append(&mut self, file: FileId, edits: Result<Vec<Edit>, Refusal>) -> Result<(), Finding> {
        let edits = self.allowed(file, edits)?;
        let set = self.edits.entry(file).or_default();
        let clash = |overlap: crate::edit::Overlap| refusal(Location { file, span: overlap.1 }, "two edits want the same text");
        edits.into_iter().try_for_each(|edit| set.append(edit)).map_err(clash)
    }

    /// The edits of a file, if it may be edited.
    fn allowed(&self, file: FileId, edits: Result<Vec<Edit>, Refusal>) -> Result<Vec<Edit>, Finding> {
        let edits = edits.map_err(|refused| refusal(Location { file, span: refused.span }, &refused.message))?;
        if let Some(edit) = edits.first().filter(|_| !self.request.project.may_write(file)) {
            return Err(refusal(Location { file, span: edit.span }, "the file lies outside of what was named"));
        }
        Ok(edits)
    }

    /// Replaces the entry at `at` by `entries`. One whose key its mapping has already takes the place of that.
    pub(super) fn put(&mut self, at: Location, entries: &[NewEntry]) -> Result<(), Finding> {
        let (stream, path) = self.node(at)?;
        let (mut rest, mut around) = (Vec::new(), path.clone());
        let replaced = around.steps.pop();
        for entry in entries {
            let there = around.key(&entry.key);
            if stream.node(&there).is_some() && there.steps.last() != replaced.as_ref() {
                self.add(at.file, change::replace_entry(stream, &there, std::slice::from_ref(entry)))?;
            } else {
                rest.push(entry.clone());
            }
        }
        self.add(at.file, change::replace_entry(stream, &path, &rest))
    }

    /// Adds entries to the mapping of a service itself, in the last file that defines it.
    pub(super) fn insert(&mut self, service: &Service, entries: &[NewEntry]) -> Result<(), Finding> {
        let Some(definition) = service.definitions.last().filter(|_| !entries.is_empty()) else { return Ok(()) };
        let (stream, path) = self.node(definition.entry)?;
        let mut rest = Vec::new();
        for entry in entries {
            let there = path.key(&entry.key);
            match stream.node(&there) {
                Some(_) => self.add(stream.source.id, change::replace_entry(stream, &there, std::slice::from_ref(entry)))?,
                None => rest.push(entry.clone()),
            }
        }
        if rest.is_empty() { Ok(()) } else { self.add(stream.source.id, change::insert(stream, &path, &rest)) }
    }

    /// Says what a key of a service holds afterwards.
    pub(super) fn announce(&mut self, service: &str, key: &'static str, value: Option<Vec<String>>) {
        self.announced.keys.insert((service.to_owned(), key), value);
    }

    /// Replaces the text at a place, wherever it stands.
    pub(super) fn replace(&mut self, place: Place, new: &str) -> Result<(), Finding> {
        match place {
            Place::Said(at) => Err(refusal(at, "it is said in other words")),
            Place::Bytes(at) => self.add(at.file, Ok(vec![Edit::replace(at.span, new)])),
            Place::Scalar { node: at, span } => {
                let (stream, path) = self.node(at)?;
                let decoded = span.start..span.end;
                let node = stream.node(&path).ok_or_else(|| refusal(at, "the place cannot be found again"))?;
                let span =
                    node.locate(&stream.source.text, decoded.clone()).ok_or_else(|| refusal(at, "the address is written with escapes"))?;
                self.add(at.file, Ok(vec![Edit::replace(span, new)]))?;
                let replacements = self.announced.texts.entry(at).or_default();
                if !replacements.iter().any(|(other, _)| *other == decoded) {
                    replacements.push((decoded, new.to_owned()));
                }
                Ok(())
            }
        }
    }

    pub(super) fn finish(self) -> Plan {
        let departure = |(id, ports): (&ServiceId, &'_ Vec<Port>)| {
            let (case, _) = self.request.cases.get(id)?;
            let host_ip = self.request.host_ip(&case.service.name);
            Some((*id, rules::consequences(&Departure { case, ports, host_ip })))
        };
        let warnings = self.mapped.iter().filter_map(departure).collect();
        Plan { edits: self.edits, announced: self.announced, warnings, mapped: self.mapped, refused: self.refused }
    }
}

/// Why an edit is not made.
pub(super) fn refusal(at: Location, message: &str) -> Finding {
    Finding::holds_back(&refused_edit::RULE, format!("cannot be edited here: {message}"), at)
}
