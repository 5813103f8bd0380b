//! YAML as text: a tree in which every node knows its bytes, and edits of that text.
//!
//! A file is a [`Stream`] of [`Document`]s (YAML 1.2.2 section 9). The tree holds spans into the source and decoded
//! scalar values; it is never printed back. Comments and blank lines have no nodes: they are what lies between spans.
//! Nothing here knows what Compose is.

pub(crate) mod change;
mod comments;
mod lenient;
mod lexer;
mod navigate;
pub(crate) mod oracle;
mod parse;
mod quote;
mod scalar;
mod style;
#[cfg(test)]
mod tests;

use crate::source::{SourceFile, Span};
use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

pub(crate) use lenient::parse_leniently;
pub(crate) use style::Style;

/// Text that is not YAML, or YAML that this editor does not handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// What is wrong: lower case, no full stop.
    pub(crate) message: String,
    /// Where.
    pub(crate) span: Span,
    /// Whether Compose reads such a text all the same: then it is this reader that is too strict.
    pub(crate) unsupported: bool,
}

impl SyntaxError {
    /// What no reader takes.
    pub(crate) fn invalid(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, unsupported: false }
    }

    /// What Compose may read, and this reader does not.
    pub(crate) fn unsupported(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, unsupported: true }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// A parsed file.
#[derive(Debug, Clone)]
pub(crate) struct Stream<'src> {
    /// The file it was parsed from.
    pub(crate) source: &'src SourceFile,
    /// The documents in it; empty for an empty file.
    pub(crate) documents: Vec<Document<'src>>,
    /// Keys that their mapping has already. YAML 1.2.2 section 3.2.1.3 forbids them, and so does Compose, but readers
    /// that ask for nothing in such a file need not mind: no change of the stream is made.
    pub(crate) duplicate_keys: Vec<SyntaxError>,
    /// Its comments, once they were asked for.
    comments: OnceLock<Vec<Span>>,
    /// Its habits, once they were asked for.
    style: OnceLock<Style>,
}

/// One document of a stream.
#[derive(Debug, Clone)]
pub(crate) struct Document<'src> {
    /// The root node.
    pub(crate) root: Node<'src>,
}

/// A node with its properties (YAML 1.2.2 section 6.9).
#[derive(Debug, Clone)]
pub(crate) struct Node<'src> {
    /// All of it, anchor and tag included. Zero length for a null that is not written.
    pub(crate) span: Span,
    /// The content without anchor and tag.
    pub(crate) content: Span,
    /// `&name`.
    pub(crate) anchor: Option<Anchor<'src>>,
    /// `!tag`, as written.
    pub(crate) tag: Option<Tag<'src>>,
    /// What it is.
    pub(crate) kind: Kind<'src>,
}

/// An anchor property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor<'src> {
    /// The name behind the `&`.
    pub(crate) name: &'src str,
    /// The number that aliases of this very definition carry; a name may be defined anew.
    pub(crate) id: usize,
    /// The `&name`.
    pub(crate) span: Span,
}

/// A tag property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'src> {
    /// As written, with its `!`: `!reset`, `!!str`, `!<tag:…>`.
    pub(crate) text: &'src str,
    /// Where it is written.
    pub(crate) span: Span,
}

/// The kinds of node.
#[derive(Debug, Clone)]
pub(crate) enum Kind<'src> {
    /// Nothing is written (`a:`), which the core schema reads as null. `~` and `null` are scalars.
    Null,
    /// A scalar.
    Scalar(Scalar<'src>),
    /// `*name`.
    Alias(Alias<'src>),
    /// A mapping.
    Mapping(Mapping<'src>),
    /// A sequence.
    Sequence(Sequence<'src>),
}

/// A scalar node's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar<'src> {
    /// How it is written.
    pub(crate) style: ScalarStyle,
    /// The decoded value.
    pub(crate) value: Cow<'src, str>,
}

/// Scalar styles (YAML 1.2.2 section 7.3 and 8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScalarStyle {
    /// `text`
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// An alias node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alias<'src> {
    /// The name behind the `*`.
    pub(crate) name: &'src str,
    /// The [`Anchor::id`] it stands for.
    pub(crate) anchor: usize,
}

/// How a collection is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CollectionStyle {
    /// Indented lines.
    Block,
    /// In brackets.
    Flow,
    /// A single pair in a flow sequence: `[a: b]`.
    Pair,
}

/// A mapping's content.
#[derive(Debug, Clone)]
pub(crate) struct Mapping<'src> {
    /// How it is written.
    pub(crate) style: CollectionStyle,
    /// Block style: the 0-based column, in characters, of its keys.
    pub(crate) column: usize,
    /// Its entries, in order.
    pub(crate) entries: Vec<Entry<'src>>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'src> {
    /// From the key (or the `?`) to the end of the value, comments not included.
    pub(crate) span: Span,
    /// The key.
    pub(crate) key: Node<'src>,
    /// Offset of the `:`, if one is written.
    pub(crate) colon: Option<usize>,
    /// The value.
    pub(crate) value: Node<'src>,
}

/// A sequence's content.
#[derive(Debug, Clone)]
pub(crate) struct Sequence<'src> {
    /// How it is written ([`CollectionStyle::Pair`] does not occur).
    pub(crate) style: CollectionStyle,
    /// Block style: the 0-based column, in characters, of its dashes.
    pub(crate) column: usize,
    /// Its items, in order.
    pub(crate) items: Vec<Item<'src>>,
}

/// An item of a sequence.
#[derive(Debug, Clone)]
pub(crate) struct Item<'src> {
    /// From the `-` (block) or the value's start (flow) to the end of the value.
    pub(crate) span: Span,
    /// The value.
    pub(crate) value: Node<'src>,
}

/// The way from the root of one document of a stream to a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    /// Which document of the stream, from 0.
    pub(crate) document: usize,
    /// Down from its root.
    pub(crate) steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// To the value of the entry with this scalar key.
    Key(String),
    /// To the item with this 0-based index.
    Index(usize),
}

impl<'src> Node<'src> {
    /// The decoded value of a scalar.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(&scalar.value),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub(crate) fn as_mapping(&self) -> Option<&Mapping<'src>> {
        match &self.kind {
            Kind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The sequence, if it is one.
    pub(crate) fn as_sequence(&self) -> Option<&Sequence<'src>> {
        match &self.kind {
            Kind::Sequence(sequence) => Some(sequence),
            _ => None,
        }
    }

    /// The value of the entry with that key, if this is a mapping that has one.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'src>> {
        self.as_mapping()?.get(key).map(|entry| &entry.value)
    }
}

impl<'src> Mapping<'src> {
    /// The entry with that scalar key.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry<'src>> {
        self.entries.iter().find(|entry| entry.key.as_str() == Some(key))
    }
}
