//! What a fix is going to change, said where it is decided and apart from the edits.
//!
//! Whoever plans an edit says twice what it is for: to the editor, which makes bytes of it, and here, in values. `verify`
//! holds the edited files against this. So nothing here is taken from the produced text, and nothing here is written.

mod tree;
mod variables;

use crate::compose::ServiceId;
use crate::compose::tree::{Text, Value as Loaded};
use crate::edit::{Edit, EditSet, Overlap};
use crate::formats::mapped::Place;
use crate::port::{self, PortMapping};
use crate::source::{FileId, Location, SourceFile, Span};
use crate::yaml::oracle::Value;
use crate::yaml::{Path, Step, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

pub(crate) use tree::Change;
pub(super) use variables::variable_at;
pub(crate) use variables::{Assignment, assignments};

/// What differs once a fix is made; everything else stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    /// In Compose files: what becomes of nodes.
    nodes: BTreeMap<FileId, BTreeMap<Path, Vec<Change>>>,
    /// In Compose files: bytes of decoded scalars, by the scalar's place.
    texts: BTreeMap<Location, EditSet>,
    /// In env files: bytes of the values as they are written, by the variable's name.
    variables: BTreeMap<FileId, BTreeMap<String, EditSet>>,
    /// In files that are no Compose files: bytes.
    spans: BTreeMap<FileId, EditSet>,
    /// Keys of services, all files taken together, and the lists that they hold; none for a key that is gone.
    pub(crate) keys: BTreeMap<(ServiceId, &'static str), Option<Vec<String>>>,
    /// The top-level networks that are new.
    pub(crate) networks: BTreeSet<String>,
    /// What the host publishes for services for which it published nothing before.
    pub(crate) published: BTreeMap<ServiceId, Published>,
}

/// What the host publishes for a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Published {
    /// The addresses of the host that were asked for.
    pub(crate) on: BTreeSet<IpAddr>,
    /// The mappings, whatever files and entries they come from.
    pub(crate) mappings: BTreeSet<PortMapping>,
}

/// A change that does not fit the file that it was announced for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// Nothing that could change in this way stands there.
    Node(Path),
    /// The scalar is not there.
    Scalar(Location),
    /// No line sets that variable.
    Variable(String),
    /// The file is not an env file.
    Unreadable,
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(path) => write!(f, "there is no `{}` that could change so", dotted(path)),
            Self::Scalar(at) => write!(f, "there is no text in bytes {}..{}", at.span.start, at.span.end),
            Self::Variable(name) => write!(f, "no line sets `{name}`"),
            Self::Unreadable => f.write_str("it cannot be read as an env file"),
        }
    }
}

impl Expected {
    /// Says what becomes of a node of a Compose file. To say the same again changes nothing.
    pub(crate) fn node(&mut self, file: FileId, path: Path, change: Change) {
        let changes = self.nodes.entry(file).or_default().entry(path).or_default();
        if !changes.contains(&change) {
            changes.push(change);
        }
    }

    /// Says that bytes of the decoded text of the scalar at `at` become `new`.
    ///
    /// # Errors
    /// They are to become something else already.
    pub(crate) fn text(&mut self, at: Location, bytes: Span, new: &str) -> Result<(), Overlap> {
        self.texts.entry(at).or_default().extend([Edit::replace(bytes, new)])
    }

    /// Says that bytes of a file that is no Compose file become `new`.
    ///
    /// # Errors
    /// They are to become something else already.
    pub(crate) fn bytes(&mut self, at: Location, new: &str) -> Result<(), Overlap> {
        self.spans.entry(at.file).or_default().extend([Edit::replace(at.span, new)])
    }

    /// Says that bytes of the value of a variable in an env file, as it is written, become `new`.
    ///
    /// # Errors
    /// They are to become something else already.
    pub(crate) fn variable(&mut self, file: FileId, name: &str, bytes: Span, new: &str) -> Result<(), Overlap> {
        let changes = self.variables.entry(file).or_default();
        changes.entry(name.to_owned()).or_default().extend([Edit::replace(bytes, new)])
    }

    /// Takes in what another fix of the same project is going to change.
    ///
    /// # Errors
    /// Both want the same bytes for different texts.
    pub(crate) fn merge(&mut self, other: &Expected) -> Result<(), Overlap> {
        for (file, nodes) in &other.nodes {
            for (path, changes) in nodes {
                changes.iter().for_each(|change| self.node(*file, path.clone(), change.clone()));
            }
        }
        for (at, edits) in &other.texts {
            self.texts.entry(*at).or_default().merge(edits)?;
        }
        for (file, edits) in &other.spans {
            self.spans.entry(*file).or_default().merge(edits)?;
        }
        for (file, variables) in &other.variables {
            let mine = self.variables.entry(*file).or_default();
            variables.iter().try_for_each(|(name, edits)| mine.entry(name.clone()).or_default().merge(edits))?;
        }
        self.keys.extend(other.keys.iter().map(|(key, value)| (*key, value.clone())));
        self.networks.extend(other.networks.iter().cloned());
        self.published.extend(other.published.iter().map(|(service, published)| (*service, published.clone())));
        Ok(())
    }

    /// The files in which something is going to differ.
    pub(crate) fn files(&self) -> BTreeSet<FileId> {
        let scalars = self.texts.keys().map(|at| at.file);
        self.nodes.keys().chain(self.variables.keys()).chain(self.spans.keys()).copied().chain(scalars).collect()
    }

    /// The values of a Compose file with the changes made: `values` are those of `stream`, by the second reader.
    ///
    /// # Errors
    /// A change that has no place there.
    pub(crate) fn values(&self, stream: &Stream<'_>, values: &[Value]) -> Result<Vec<Value>, Misplaced> {
        let file = stream.source.id;
        let mut changes = self.nodes.get(&file).cloned().unwrap_or_default();
        for (at, edits) in self.texts.iter().filter(|(at, _)| at.file == file) {
            let path = stream.path_to(at.span).ok_or(Misplaced::Scalar(*at))?;
            changes.entry(path).or_default().push(Change::Text(edits.clone()));
        }
        tree::changed(values, changes).map_err(Misplaced::Node)
    }

    /// The comments that stand twice in a Compose file afterwards, because the entries that hold them do.
    pub(crate) fn copied_comments<'a>(&self, stream: &'a Stream<'_>) -> Vec<&'a str> {
        let changes = self.nodes.get(&stream.source.id).into_iter().flat_map(BTreeMap::values).flatten();
        let copied = changes.flat_map(|change| if let Change::Copied(paths) = change { paths.as_slice() } else { &[] });
        let spans: Vec<Span> = copied.filter_map(|path| stream.entry(path)).map(|entry| entry.span).collect();
        let inside = |comment: &&Span| spans.iter().filter(|span| span.contains(**comment)).count();
        let text = stream.source.text.as_str();
        stream.comments().iter().flat_map(|comment| std::iter::repeat_n(comment.of(text), inside(&comment))).collect()
    }

    /// What an env file says with the changes made; none for a file in which no variable changes.
    ///
    /// # Errors
    /// A change that has no place there.
    pub(crate) fn assignments(&self, before: &SourceFile) -> Result<Option<Vec<Assignment>>, Misplaced> {
        let Some(changes) = self.variables.get(&before.id) else { return Ok(None) };
        let before = assignments(before).ok_or(Misplaced::Unreadable)?;
        variables::changed(before, changes).map(Some).map_err(Misplaced::Variable)
    }

    /// The text of a file that is no Compose file with the changes made.
    pub(crate) fn plain(&self, before: &SourceFile) -> String {
        self.spans.get(&before.id).map_or_else(|| before.text.clone(), |edits| edits.apply(&before.text))
    }

    /// What a text of a loaded project is going to be, variables as they stand.
    pub(crate) fn raw(&self, text: &Text) -> String {
        let Place::Scalar { node, span: own_span } = text.place else { return text.raw.as_ref().to_owned() };
        let Some(edits) = self.texts.get(&node) else { return text.raw.as_ref().to_owned() };
        let mut own = EditSet::default();
        for edit in edits.iter().filter(|edit| own_span.contains(edit.span)) {
            let span = Span::new(edit.span.start - own_span.start, edit.span.end - own_span.start);
            // They are disjoint there, so they are disjoint here.
            own.extend([Edit::replace(span, edit.text.clone())]).unwrap_or_default();
        }
        own.apply(&text.raw)
    }
}

/// The texts of a list as verification compares them: items as written, entries of a mapping as `KEY:VALUE`.
pub(crate) fn listed(value: &Loaded) -> Vec<String> {
    let long = |item: &Loaded| {
        let text = |name: &str| item.get(name).and_then(Loaded::as_str);
        let mapping = port::parse_long(text("host_ip"), text("published"), text("target"), text("protocol"));
        mapping.map(|mapping| mapping.to_string()).ok()
    };
    let item = |item: &Loaded| item.as_text().map(|text| text.raw.as_ref().to_owned()).or_else(|| long(item));
    let keyed = value.fields().iter().map(|field| match field.value.as_str() {
        Some(text) => format!("{}:{text}", field.key),
        None => field.key.clone(),
    });
    value.items().iter().filter_map(item).chain(keyed).collect()
}

/// A path as people write it: `services.web.ports.0`.
pub(crate) fn dotted(path: &Path) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    };
    path.steps.iter().map(step).collect::<Vec<_>>().join(".")
}
