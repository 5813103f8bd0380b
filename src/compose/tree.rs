//! YAML nodes as Compose sees them: aliases followed, merge keys resolved, variables put in.
//!
//! Every value keeps the place that says it, however many anchors it came through, because that place is where an edit
//! has to go. Merging of several files happens on these trees, in `merge`.

use crate::formats::interpolation::{Env, TemplateError, interpolate};
use crate::formats::mapped::{Mapped, Place};
use crate::source::{FileId, Location, Span};
use crate::yaml::{Document, Entry, Kind, Mapping, Node, ScalarStyle, Stream};
use std::sync::Arc;

/// How many values one document may grow to when its aliases are followed: far above real files, far below the
/// memory that a chain of aliases to aliases can ask for.
const MAX_VALUES: usize = 200_000;

/// A value and the place that says it.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    /// The content of the node.
    pub(crate) at: Location,
    /// What it is.
    pub(crate) data: Data,
    /// Compose's own tag on it, which says how it merges with the same key of an earlier file.
    pub(crate) tag: Option<MergeTag>,
}

/// The kinds of value.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// Null, written or not.
    Null,
    /// A scalar.
    Scalar(Text),
    /// A mapping; keys are unique.
    Map(Vec<Field>),
    /// A sequence.
    List(Vec<Value>),
}

/// `!reset` and `!override` (Compose spec, 13-merge).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeTag {
    /// The key is taken out.
    Reset,
    /// The value replaces instead of merging.
    Override,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The key.
    pub(crate) key: String,
    /// The entry that says it, from key to end of value.
    pub(crate) entry: Location,
    /// The key in that entry.
    pub(crate) key_at: Location,
    /// The value.
    pub(crate) value: Value,
    /// The `<<` entries it came through, nearest to the reader first; empty where it stands itself.
    pub(crate) merged_through: Vec<Location>,
    /// The `extends` entries it came through, nearest to the reader first.
    pub(crate) extended_through: Vec<Location>,
    /// Everything that says this key of a service, in the order in which it was merged, when more than one place does:
    /// several files, or a service and the one that it extends. Each is as it stands there.
    pub(crate) layers: Vec<Field>,
    /// The entry with the same key in a mapping that is merged here: it counts once this one is gone.
    pub(crate) shadows: Option<Location>,
}

impl Field {
    /// Whether the key stands in a mapping that others may read as well.
    pub(crate) fn is_inherited(&self) -> bool {
        !self.merged_through.is_empty() || !self.extended_through.is_empty()
    }

    /// Every place that says the key, in the order in which they were merged.
    pub(crate) fn places(&self) -> &[Field] {
        if self.layers.is_empty() { std::slice::from_ref(self) } else { &self.layers }
    }
}

/// A scalar's text, before and after variables are put in.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// As written, quotes and escapes decoded, variables as they stand.
    pub(crate) raw: Arc<str>,
    /// Where `raw` stands.
    pub(crate) place: Place,
    /// With variables put in, and with the way back to the bytes of each part.
    pub(crate) value: Mapped,
}

impl Text {
    /// The decoded value of the scalar node at `node`, with the variables of `env` put in.
    fn of_scalar(raw: &str, node: Location, env: &Env) -> Result<Self, TemplateError> {
        let raw: Arc<str> = raw.into();
        let place = Place::Scalar { node, span: Span::new(0, raw.len()) };
        let value = interpolate(&Mapped::whole(Arc::clone(&raw), place), env)?;
        Ok(Self { raw, place, value })
    }

    /// A text that is said at a location in other words.
    pub(super) fn said(text: &str, at: Location) -> Self {
        let raw: Arc<str> = text.into();
        let place = Place::Said(at);
        Self { value: Mapped::whole(Arc::clone(&raw), place), raw, place }
    }

    /// The location of the whole text.
    pub(crate) fn at(&self) -> Location {
        self.place.location()
    }

    /// A `NAME=VALUE` text as its name and its value.
    pub(crate) fn assignment(&self) -> Option<(&str, Self)> {
        let (name, _) = self.value.split_once('=')?;
        let equals = self.raw.find('=').filter(|equals| !self.raw[..*equals].contains('$'));
        // A variable in the name moves the value: then it cannot be said where in the text it stands.
        let from = equals.map_or(0, |equals| equals + 1);
        let raw = self.raw.get(from..).unwrap_or_default();
        let value = self.value.from(name.len() + 1);
        Some((name, Self { raw: raw.into(), place: self.place.part(&(from..self.raw.len())), value }))
    }
}

impl Value {
    /// The null value at a place.
    pub(crate) fn null(at: Location) -> Self {
        Self { at, data: Data::Null, tag: None }
    }

    /// The text of a scalar.
    pub(crate) fn as_text(&self) -> Option<&Text> {
        match &self.data {
            Data::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The resolved text of a scalar.
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.as_text().map(|text| text.value.as_str())
    }

    /// The fields of a mapping; none for anything else.
    pub(crate) fn fields(&self) -> &[Field] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The items of a sequence; none for anything else.
    pub(crate) fn items(&self) -> &[Value] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The texts of a scalar, or of a sequence of scalars.
    pub(crate) fn texts(&self) -> Vec<&Text> {
        match &self.data {
            Data::Scalar(text) => vec![text],
            Data::List(items) => items.iter().filter_map(Value::as_text).collect(),
            _ => Vec::new(),
        }
    }

    /// The field with that key.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.key == key)
    }

    /// The value of the field with that key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.field(key).map(|field| &field.value)
    }

    /// Whether it is null.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }
}

/// What is wrong with a document, and where.
pub(crate) type Problem = (Location, String);

/// Builds the value of a document.
///
/// # Errors
/// What Compose would reject the document for, with its place: a merge of something that is not a mapping, a variable
/// template that does not parse, aliases that grow without bound.
pub(crate) fn build(stream: &Stream<'_>, document: &Document<'_>, env: &Env) -> Result<Value, Problem> {
    Builder { stream, env, left: MAX_VALUES, open: Vec::new() }.value(&document.root)
}

struct Builder<'a, 'src> {
    stream: &'a Stream<'src>,
    env: &'a Env,
    left: usize,
    /// Anchors whose nodes are being built: an alias to one of them would never end.
    open: Vec<usize>,
}

impl Builder<'_, '_> {
    fn file(&self) -> FileId {
        self.stream.source.id
    }

    fn at(&self, span: Span) -> Location {
        Location { file: self.file(), span }
    }

    fn value(&mut self, node: &Node<'_>) -> Result<Value, Problem> {
        let at = self.at(node.content);
        self.left = self.left.checked_sub(1).ok_or_else(|| (at, "aliases grow to more values than any real file has".to_owned()))?;
        if let Kind::Alias(alias) = &node.kind {
            return self.followed(alias.anchor, at);
        }
        if let Some(anchor) = node.anchor {
            self.open.push(anchor.id);
        }
        let data = match &node.kind {
            Kind::Scalar(scalar) if scalar.style == ScalarStyle::Plain && is_null(&scalar.value) => Data::Null,
            Kind::Scalar(scalar) => Data::Scalar(Text::of_scalar(&scalar.value, at, self.env).map_err(|error| (at, error.to_string()))?),
            Kind::Mapping(mapping) => Data::Map(self.fields(mapping)?),
            Kind::Sequence(sequence) => Data::List(sequence.items.iter().map(|item| self.value(&item.value)).collect::<Result<_, _>>()?),
            Kind::Null | Kind::Alias(_) => Data::Null,
        };
        if node.anchor.is_some() {
            self.open.pop();
        }
        let tag = match node.tag.map(|tag| tag.text) {
            Some("!reset") => Some(MergeTag::Reset),
            Some("!override") => Some(MergeTag::Override),
            _ => None,
        };
        Ok(Value { at, data, tag })
    }

    fn followed(&mut self, anchor: usize, at: Location) -> Result<Value, Problem> {
        if self.open.contains(&anchor) {
            return Err((at, "an alias to a node that contains it".to_owned()));
        }
        match self.stream.anchor(anchor) {
            Some(node) => self.value(node),
            None => Err((at, "an alias without an anchor".to_owned())),
        }
    }

    /// The entries of a mapping with its merge keys resolved: own keys win, then earlier merges win over later ones.
    fn fields(&mut self, mapping: &Mapping<'_>) -> Result<Vec<Field>, Problem> {
        let mut fields: Vec<Field> = Vec::with_capacity(mapping.entries.len());
        for entry in mapping.entries.iter().filter(|entry| !is_merge(entry)) {
            let key = entry.key.as_str().map(str::to_owned).unwrap_or_default();
            let value = self.value(&entry.value)?;
            let (entry, key_at) = (self.at(entry.span), self.at(entry.key.content));
            let (merged_through, extended_through, layers) = (Vec::new(), Vec::new(), Vec::new());
            fields.push(Field { key, entry, key_at, value, merged_through, extended_through, layers, shadows: None });
        }
        for entry in mapping.entries.iter().filter(|entry| is_merge(entry)) {
            for merged in self.merged(entry)? {
                match fields.iter_mut().find(|field| field.key == merged.key) {
                    None => fields.push(merged),
                    // A `!reset` clears what earlier files say and does not hide what is merged here.
                    Some(own) if own.value.tag == Some(MergeTag::Reset) => {
                        *own = merged;
                        own.value.tag = Some(MergeTag::Override);
                    }
                    Some(own) => own.shadows = own.shadows.or(Some(merged.entry)),
                }
            }
        }
        Ok(fields)
    }

    /// The fields that a `<<` entry brings, each marked with it.
    fn merged(&mut self, entry: &Entry<'_>) -> Result<Vec<Field>, Problem> {
        let through = self.at(entry.span);
        let sources = match &entry.value.kind {
            Kind::Sequence(sequence) => sequence.items.iter().map(|item| &item.value).collect(),
            _ => vec![&entry.value],
        };
        let mut merged: Vec<Field> = Vec::new();
        for source in sources {
            let value = self.value(source)?;
            let Data::Map(fields) = value.data else {
                return Err((self.at(source.content), "a merge key needs a mapping, or a list of mappings".to_owned()));
            };
            for mut field in fields {
                if !merged.iter().any(|other| other.key == field.key) {
                    field.merged_through.insert(0, through);
                    merged.push(field);
                }
            }
        }
        Ok(merged)
    }
}

fn is_merge(entry: &Entry<'_>) -> bool {
    matches!(&entry.key.kind, Kind::Scalar(scalar) if scalar.style == ScalarStyle::Plain && scalar.value == "<<")
}

/// Null in the core schema (YAML 1.2.2 section 10.3.2).
fn is_null(plain: &str) -> bool {
    matches!(plain, "" | "~" | "null" | "Null" | "NULL")
}
