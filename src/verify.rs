//! The last gate: a plan's edits are applied, read again and held against what the plan announced.
//!
//! A [`Verified`] can be made in this module only, so nothing that was not checked can reach a diff or the disk. What
//! fails here is a mistake of this program, never of the user: the edit is withheld and the file stays as it is.

use crate::compose::tree::{Data, Text, Value};
use crate::compose::{self, Input, Project, is_on_host};
use crate::fix::{Announced, GATEWAY, Plan, listed};
use crate::formats::mapped::Place;
use crate::source::{FileId, Sources, Span};
use crate::yaml::{Stream, oracle};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The new texts of the files of one project that change, all checked. Nothing changes by default.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    changes: Vec<(FileId, String)>,
}

impl Verified {
    /// The files that change, each with its whole new text.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (FileId, &str)> {
        self.changes.iter().map(|(file, after)| (*file, after.as_str()))
    }

    /// Takes texts as verified that a test made up.
    #[cfg(test)]
    pub(crate) fn assume(changes: Vec<(FileId, String)>) -> Self {
        Self { changes }
    }
}

/// A law that the edits would break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The law, in a word or two.
    pub(crate) law: &'static str,
    /// What was found.
    pub(crate) detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.detail)
    }
}

impl std::error::Error for Violation {}

/// Applies the edits of `plan` and checks the result.
///
/// # Errors
/// [`Violation`] if the result is not YAML, if a comment is lost, if anything changed that was not announced, or if
/// something announced did not.
pub(crate) fn verify(project: &Project<'_>, plan: &Plan) -> Result<Verified, Violation> {
    let sources = project.sources();
    let changes: Vec<(FileId, String)> = plan.edits.iter().map(|(file, edits)| (*file, edits.apply(&sources.get(*file).text))).collect();
    let changes: Vec<(FileId, String)> = changes.into_iter().filter(|(file, after)| sources.get(*file).text != *after).collect();
    let again = with_changes(sources, &changes);
    for file in project.streams.keys() {
        let text = &again.get(*file).text;
        oracle::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| violation("syntax", error.message))?;
    }
    let content = project.input.content.with_texts(&again);
    let (after, problems) = compose::load(Input { content: &content, ..project.input });
    for stream in after.streams.values() {
        comments_survive(project.stream(stream.source.id), stream)?;
    }
    if let Some(problem) = problems.first().filter(|_| !project.rejected) {
        return Err(violation("acceptance", format!("Compose would reject the result: {}", problem.message)));
    }
    only_announced(project, &after, &plan.announced)?;
    Ok(Verified { changes })
}

fn violation(law: &'static str, detail: impl Into<String>) -> Violation {
    Violation { law, detail: detail.into() }
}

/// The files with the changed ones replaced; a file keeps its name, so that places stay comparable.
fn with_changes(sources: &Sources, changes: &[(FileId, String)]) -> Sources {
    let again = Sources::default();
    for file in sources.iter() {
        let text = changes.iter().find(|(changed, _)| *changed == file.id).map_or(file.text.as_str(), |(_, after)| after);
        again.add(file.path.clone(), text);
    }
    again
}

/// Every comment is still there, as often as it was.
fn comments_survive(before: Option<&Stream<'_>>, after: &Stream<'_>) -> Result<(), Violation> {
    let Some(before) = before else { return Ok(()) };
    let mut left = counted(after);
    for (text, count) in counted(before) {
        match left.get_mut(text) {
            Some(there) if *there >= count => *there -= count,
            _ => return Err(violation("comments", "a comment would be lost")),
        }
    }
    Ok(())
}

fn counted<'a>(stream: &'a Stream<'_>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for span in stream.comments() {
        *counts.entry(span.of(&stream.source.text).trim_end()).or_default() += 1;
    }
    counts
}

/// Services, networks and everything else are as before, save what was announced.
fn only_announced(before: &Project<'_>, after: &Project<'_>, announced: &Announced) -> Result<(), Violation> {
    let names = |project: &Project<'_>| project.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>();
    if names(before) != names(after) {
        return Err(violation("announced", "services would come or go"));
    }
    for (old, new) in before.services.iter().zip(&after.services) {
        let keys = old.value.fields().iter().chain(new.value.fields()).map(|field| field.key.as_str());
        for key in keys {
            let announced_value =
                announced.keys.iter().find(|((service, name), _)| *service == old.name && *name == key).map(|(_, value)| value);
            let right = match announced_value {
                Some(expected) => new.get(key).map(listed) == *expected,
                None if key == "extra_hosts" => names_gateway(old.get(key), new.get(key)) || same(old.get(key), new.get(key), announced),
                None => same(old.get(key), new.get(key), announced),
            };
            if !right {
                return Err(violation("announced", format!("`{key}` of `{}` would not be what was announced", old.name)));
            }
        }
        let left = announced.keys.contains_key(&(old.name.clone(), "network_mode"));
        if left && is_on_host(after, new) {
            return Err(violation("announced", format!("`{}` would still be on host networking", old.name)));
        }
    }
    elements_stay(before, after, announced)?;
    networks_grow_by(before, after, announced)
}

/// Whatever else stands at the top level says what it said.
fn elements_stay(before: &Project<'_>, after: &Project<'_>, announced: &Announced) -> Result<(), Violation> {
    let keys = before.top_level.iter().chain(&after.top_level).map(|field| field.key.as_str());
    let keys = keys.filter(|key| !key.starts_with("x-"));
    for key in keys {
        if !same(element(before, key), element(after, key), announced) {
            return Err(violation("announced", format!("`{key}` would not be what it was")));
        }
    }
    Ok(())
}

/// Whether all that is new in `extra_hosts` is the host's gateway: services that merge or extend one that needs it get
/// it too.
fn names_gateway(before: Option<&Value>, after: Option<&Value>) -> bool {
    let mut expected = before.map(listed).unwrap_or_default();
    expected.push(GATEWAY.to_owned());
    after.map(listed) == Some(expected)
}

fn element<'a>(project: &'a Project<'_>, key: &str) -> Option<&'a Value> {
    project.top_level.iter().find(|field| field.key == key).map(|field| &field.value)
}

fn networks_grow_by(before: &Project<'_>, after: &Project<'_>, announced: &Announced) -> Result<(), Violation> {
    let keys = |project: &Project<'_>| project.networks.iter().map(|network| network.key.clone()).collect::<BTreeSet<_>>();
    let expected: BTreeSet<String> = keys(before).into_iter().chain(announced.network.clone()).collect();
    if keys(after) == expected { Ok(()) } else { Err(violation("announced", "the top-level networks would differ")) }
}

fn same(before: Option<&Value>, after: Option<&Value>, announced: &Announced) -> bool {
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => same_value(before, after, announced),
        _ => false,
    }
}

fn same_value(before: &Value, after: &Value, announced: &Announced) -> bool {
    match (&before.data, &after.data) {
        (Data::Null, Data::Null) => true,
        (Data::Scalar(old), Data::Scalar(new)) => expected(old, announced) == *new.raw,
        (Data::List(old), Data::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_value(old, new, announced))
        }
        (Data::Map(old), Data::Map(new)) => {
            let field = |(old, key): (&Value, &str)| after.get(key).is_some_and(|new| same_value(old, new, announced));
            old.len() == new.len() && old.iter().all(|old| field((&old.value, &old.key)))
        }
        _ => false,
    }
}

/// A text with its announced replacements made.
fn expected(text: &Text, announced: &Announced) -> String {
    let mut raw = text.raw.as_ref().to_owned();
    let Place::Scalar { node, span: Span { start: offset, .. } } = text.place else { return raw };
    let mut replacements = announced.texts.get(&node).cloned().unwrap_or_default();
    replacements.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, new) in replacements.into_iter().filter(|(range, _)| range.start >= offset) {
        let range = range.start - offset..range.end - offset;
        if raw.is_char_boundary(range.start) && raw.is_char_boundary(range.end) && range.end <= raw.len() {
            raw.replace_range(range, &new);
        }
    }
    raw
}
