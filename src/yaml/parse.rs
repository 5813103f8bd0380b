//! Text to tree: yaml-rust2's events give structure and values, the lexer gives every node its bytes.
//!
//! Events are pulled one by one, so nesting is ours to limit. Their positions are not used: they are not byte
//! offsets, and ends have none. Nothing here knows about editing.

use super::lexer::{Lexer, reject_control_characters};
use super::{Anchor, CollectionStyle, Document, Entry, Item, Kind, Mapping, Node, Scalar, ScalarStyle, Sequence, Stream, SyntaxError, Tag};
use crate::source::{SourceFile, Span};
use std::collections::HashMap;
use std::str::Chars;
use std::sync::OnceLock;
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::{Marker, ScanError, TScalarStyle};

/// Collections nested deeper than this are refused: every stage after this one may then walk the tree recursively.
pub(super) const MAX_DEPTH: usize = 512;

/// How the parser's messages about indentation begin.
pub(super) const INDENTATION: &str = "invalid indentation";

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses a file.
///
/// # Errors
/// [`SyntaxError`] for text that is not YAML, and for what is YAML to some readers but not to Docker Compose's:
/// control characters, an alias inside the node that it stands for. Also for the rare construct whose
/// bytes cannot be told apart with certainty.
pub(crate) fn parse(source: &SourceFile) -> Result<Stream<'_>, SyntaxError> {
    read(source, readable(source))
}

/// The text of `source` without a byte order mark.
pub(super) fn readable(source: &SourceFile) -> &str {
    source.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&source.text)
}

/// Parses `source` by the events of `text`, which is its text or differs from it in white space that means nothing.
pub(super) fn read<'src>(source: &'src SourceFile, text: &str) -> Result<Stream<'src>, SyntaxError> {
    reject_control_characters(&source.text)?;
    let start = source.text.len() - readable(source).len();
    let builder = Builder {
        source,
        start,
        events: Parser::new_from_str(text),
        lexer: Lexer::new(&source.text, start),
        documents: Vec::new(),
        duplicate_keys: Vec::new(),
        open: Vec::new(),
        last_anchor: 0,
        foreign_anchor: 0,
    };
    let (documents, duplicate_keys) = builder.documents()?;
    Ok(Stream { source, documents, duplicate_keys, comments: OnceLock::new(), style: OnceLock::new() })
}

/// The parse under way. Collections that are not complete lie on a stack of our own: the depth of a text must not
/// become the depth of calls.
struct Builder<'src, 'text> {
    source: &'src SourceFile,
    /// Where the parser's text starts: behind a byte order mark.
    start: usize,
    events: Parser<Chars<'text>>,
    lexer: Lexer<'src>,
    documents: Vec<Document<'src>>,
    duplicate_keys: Vec<SyntaxError>,
    open: Vec<Open<'src>>,
    /// The last anchor defined so far, and the last one of the documents before this.
    last_anchor: usize,
    foreign_anchor: usize,
}

/// A collection that is not complete.
struct Open<'src> {
    properties: Properties<'src>,
    /// Where its content starts.
    start: usize,
    /// Where the element under way starts.
    element: usize,
    /// Whether that began with a `?`.
    explicit: bool,
    content: Content<'src>,
}

enum Content<'src> {
    Sequence(Sequence<'src>),
    Mapping(Mapping<'src>, Option<Key<'src>>),
}

/// The first half of an entry.
struct Key<'src> {
    node: Node<'src>,
    colon: Option<usize>,
}

/// The properties of a node, and where the node starts.
struct Properties<'src> {
    start: usize,
    anchor: Option<Anchor<'src>>,
    tag: Option<Tag<'src>>,
}

impl<'src> Builder<'src, '_> {
    fn documents(mut self) -> Result<(Vec<Document<'src>>, Vec<SyntaxError>), SyntaxError> {
        loop {
            let (event, mark) = self.events.next_token().map_err(|error| self.scan_error(&error))?;
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::DocumentStart => {
                    self.lexer.start_document();
                    self.foreign_anchor = self.last_anchor;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let node = self.close()?;
                    self.attach(node)?;
                }
                Event::StreamEnd => {
                    self.lexer.end_stream()?;
                    return Ok((self.documents, self.duplicate_keys));
                }
                Event::Alias(..) | Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                    self.start_element(&event)?;
                    self.node(event, mark)?;
                }
            }
        }
    }

    /// Takes what stands in front of a node in the collection that it is part of.
    fn start_element(&mut self, event: &Event) -> Result<(), SyntaxError> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let lexer = &mut self.lexer;
        if let Content::Mapping(_, Some(key)) = &open.content {
            return if key.colon.is_some() || is_unwritten(event) { Ok(()) } else { Err(lexer.unsupported()) };
        }
        lexer.skip_trivia();
        if open.content.style() == CollectionStyle::Flow && !open.content.is_empty() {
            lexer.take(b',')?;
            lexer.skip_trivia();
        }
        open.element = lexer.offset();
        match &open.content {
            Content::Sequence(sequence) if sequence.style == CollectionStyle::Block => lexer.take_indicator(b'-'),
            Content::Sequence(_) => Ok(()),
            Content::Mapping(..) => {
                open.explicit = lexer.is_at_indicator(b'?');
                if open.explicit { lexer.take(b'?') } else { Ok(()) }
            }
        }
    }

    fn node(&mut self, event: Event, mark: Marker) -> Result<(), SyntaxError> {
        let node = match event {
            Event::Scalar(..) if is_unwritten(&event) => Properties::none().node(Span::at(self.lexer.offset()), Kind::Null),
            Event::Scalar(value, style, anchor, tag) => {
                let properties = self.properties(anchor, tag.is_some())?;
                self.scalar(properties, value, style)?
            }
            Event::Alias(anchor) => self.alias(anchor)?,
            Event::SequenceStart(anchor, tag) => {
                let properties = self.properties(anchor, tag.is_some())?;
                return self.open(properties, None);
            }
            Event::MappingStart(anchor, tag) => {
                let properties = self.properties(anchor, tag.is_some())?;
                return self.open(properties, Some(mark));
            }
            _ => return Err(self.lexer.unsupported()),
        };
        self.attach(node)
    }

    fn scalar(&mut self, properties: Properties<'src>, value: String, style: TScalarStyle) -> Result<Node<'src>, SyntaxError> {
        if style == TScalarStyle::Plain && value.is_empty() {
            return Ok(properties.node(Span::at(self.lexer.offset()), Kind::Null));
        }
        self.lexer.skip_trivia();
        let style = scalar_style(style);
        let (content, value) = self.lexer.scalar(style, value)?;
        Ok(properties.node(content, Kind::Scalar(Scalar { style, value })))
    }

    fn alias(&mut self, anchor: usize) -> Result<Node<'src>, SyntaxError> {
        self.lexer.skip_trivia();
        let start = self.lexer.offset();
        let alias = self.lexer.alias(anchor)?;
        let span = Span::new(start, self.lexer.offset());
        let refuse = |what| Err(SyntaxError::invalid(format!("alias `*{}` {what}", alias.name), span));
        if anchor <= self.foreign_anchor {
            return refuse("refers to an anchor of another document");
        }
        if self.open.iter().any(|open| open.properties.anchor.is_some_and(|defined| defined.id == anchor)) {
            return refuse("stands for a node that contains it");
        }
        Ok(Properties::none().node(span, Kind::Alias(alias)))
    }

    /// Takes just the properties that the event reports, for the same text may begin with those of a first key.
    fn properties(&mut self, anchor: usize, tag: bool) -> Result<Properties<'src>, SyntaxError> {
        self.lexer.skip_trivia();
        let mut properties = Properties { start: self.lexer.offset(), ..Properties::none() };
        while (anchor > 0 && properties.anchor.is_none()) || (tag && properties.tag.is_none()) {
            self.lexer.skip_trivia();
            if anchor > 0 && properties.anchor.is_none() && self.lexer.is_at(b'&') {
                properties.anchor = Some(self.lexer.anchor(anchor)?);
                self.last_anchor = anchor;
            } else if tag && properties.tag.is_none() {
                properties.tag = Some(self.lexer.tag()?);
            } else {
                return Err(self.lexer.unsupported());
            }
        }
        Ok(properties)
    }

    /// Begins a mapping, announced at `mapping`, or a sequence.
    fn open(&mut self, properties: Properties<'src>, mapping: Option<Marker>) -> Result<(), SyntaxError> {
        self.lexer.skip_trivia();
        let start = self.lexer.offset();
        if self.open.len() == MAX_DEPTH {
            return Err(SyntaxError::invalid(format!("collections are nested deeper than {MAX_DEPTH} levels"), Span::at(start)));
        }
        let style = match mapping {
            Some(mark) => self.mapping_style(mark)?,
            None if self.lexer.is_at(b'[') => CollectionStyle::Flow,
            None => CollectionStyle::Block,
        };
        let column = if style == CollectionStyle::Block { column(self.source, start) } else { 0 };
        let content = match mapping {
            Some(_) => Content::Mapping(Mapping { style, column, entries: Vec::new() }, None),
            None => Content::Sequence(Sequence { style, column, items: Vec::new() }),
        };
        if style == CollectionStyle::Flow {
            self.lexer.take(content.brackets().0)?;
        }
        self.open.push(Open { properties, start, element: start, explicit: false, content });
        Ok(())
    }

    /// A `{` opens a flow mapping, unless it opens the first key of the mapping announced. Then that was announced
    /// when the parser came to the key's `:` or, at the earliest, at the `{` itself.
    fn mapping_style(&mut self, mark: Marker) -> Result<CollectionStyle, SyntaxError> {
        let place = |mark: &Marker| (mark.line(), mark.col());
        if self.lexer.is_at(b'{') {
            let inner = match self.events.peek() {
                Ok((Event::MappingStart(0, None), inner)) => Some(place(inner)),
                Ok(_) => None,
                Err(error) => return Err(self.scan_error(&error)),
            };
            if inner.is_none_or(|inner| inner > place(&mark)) {
                return Ok(CollectionStyle::Flow);
            }
        }
        let in_flow = self.open.last().is_some_and(|open| open.content.style() != CollectionStyle::Block);
        Ok(if in_flow { CollectionStyle::Pair } else { CollectionStyle::Block })
    }

    /// Completes the innermost collection.
    fn close(&mut self) -> Result<Node<'src>, SyntaxError> {
        let Some(open) = self.open.pop() else { return Err(self.lexer.unsupported()) };
        if open.content.style() == CollectionStyle::Flow {
            self.lexer.skip_trivia();
            if self.lexer.is_at(b',') {
                self.lexer.take(b',')?;
                self.lexer.skip_trivia();
            }
            self.lexer.take(open.content.brackets().1)?;
        }
        let kind = match open.content {
            Content::Sequence(sequence) => Kind::Sequence(sequence),
            Content::Mapping(mapping, _) => {
                self.note_duplicate_keys(&mapping.entries);
                Kind::Mapping(mapping)
            }
        };
        Ok(open.properties.node(Span::new(open.start, self.lexer.offset()), kind))
    }

    /// Puts a complete node where it belongs.
    fn attach(&mut self, node: Node<'src>) -> Result<(), SyntaxError> {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(Document { root: node });
            return Ok(());
        };
        let span = Span::new(open.element, node.span.end);
        match &mut open.content {
            Content::Sequence(sequence) => sequence.items.push(Item { span, value: node }),
            Content::Mapping(mapping, key) => match key.take() {
                Some(Key { node: key, colon }) => {
                    mapping.entries.push(Entry { span, key, colon, value: node });
                }
                None => {
                    let own_column = (open.explicit && mapping.style == CollectionStyle::Block).then_some(mapping.column);
                    let colon = take_colon(&mut self.lexer, self.source, own_column)?;
                    *key = Some(Key { node, colon });
                }
            },
        }
        Ok(())
    }

    fn note_duplicate_keys(&mut self, entries: &[Entry<'src>]) {
        let mut seen = HashMap::with_capacity(entries.len());
        for entry in entries {
            let Some(key) = entry.key.as_str() else { continue };
            if let Some(first) = seen.insert(key, entry.key.span.start) {
                let line = self.source.line_column(first).line;
                let message = format!("key `{key}` is already defined at line {line}");
                self.duplicate_keys.push(SyntaxError::invalid(message, entry.key.span));
            }
        }
    }

    /// The parser's error at the character it names. It counts lines from 1 and columns, in characters, from 0.
    fn scan_error(&self, error: &ScanError) -> SyntaxError {
        let text = &self.source.text;
        let line = self.source.lines().span(text, error.marker().line().saturating_sub(1));
        let start = line.start.max(self.start);
        let rest = text.get(start..line.end).unwrap_or_default();
        let (at, length) = match rest.char_indices().nth(error.marker().col()) {
            Some((at, c)) if !matches!(c, '\n' | '\r') => (at, c.len_utf8()),
            _ => (rest.trim_end_matches(['\n', '\r']).len(), 0),
        };
        let span = Span::new(start + at, start + at + length);
        // Inside brackets and quotes YAML 1.2 asks for an indentation that libyaml and its heirs do not.
        if error.info().starts_with(INDENTATION) {
            return SyntaxError::unsupported(format!("{}: it has to be deeper than that of its key", error.info()), span);
        }
        SyntaxError::invalid(error.info(), span)
    }
}

impl Content<'_> {
    fn style(&self) -> CollectionStyle {
        match self {
            Self::Sequence(sequence) => sequence.style,
            Self::Mapping(mapping, _) => mapping.style,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Sequence(sequence) => sequence.items.is_empty(),
            Self::Mapping(mapping, _) => mapping.entries.is_empty(),
        }
    }

    /// Those of the flow style.
    fn brackets(&self) -> (u8, u8) {
        match self {
            Self::Sequence(_) => (b'[', b']'),
            Self::Mapping(..) => (b'{', b'}'),
        }
    }
}

impl<'src> Properties<'src> {
    fn none() -> Self {
        Self { start: 0, anchor: None, tag: None }
    }

    fn node(self, content: Span, kind: Kind<'src>) -> Node<'src> {
        let start = if self.anchor.is_some() || self.tag.is_some() { self.start } else { content.start };
        Node { span: Span::new(start, content.end), content, anchor: self.anchor, tag: self.tag, kind }
    }
}

/// Takes the `:` of an entry, if it has one. Behind an explicit key a `:` in another column is not its own.
fn take_colon(lexer: &mut Lexer<'_>, source: &SourceFile, own_column: Option<usize>) -> Result<Option<usize>, SyntaxError> {
    let before = lexer.offset();
    lexer.skip_trivia();
    let colon = lexer.offset();
    if lexer.is_at(b':') && own_column.is_none_or(|own| own == column(source, colon)) {
        lexer.take(b':')?;
        return Ok(Some(colon));
    }
    lexer.rewind(before);
    Ok(None)
}

/// The 0-based column of an offset, in characters.
fn column(source: &SourceFile, offset: usize) -> usize {
    source.line_column(offset).column - 1
}

fn is_unwritten(event: &Event) -> bool {
    matches!(event, Event::Scalar(value, TScalarStyle::Plain, 0, None) if value.is_empty())
}

fn scalar_style(style: TScalarStyle) -> ScalarStyle {
    match style {
        TScalarStyle::Plain => ScalarStyle::Plain,
        TScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        TScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        TScalarStyle::Literal => ScalarStyle::Literal,
        TScalarStyle::Folded => ScalarStyle::Folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// The scalars and aliases of a text as they are written, or the error with the text it points at.
    fn leaves(text: &str) -> Result<Vec<String>, (String, String)> {
        let sources = Sources::default();
        let id = sources.add("a.yaml", text);
        let stream = parse(sources.get(id)).map_err(|error| (error.message, error.span.of(text).to_owned()))?;
        let written = |node: &Node<'_>| match node.kind {
            Kind::Mapping(_) | Kind::Sequence(_) => None,
            _ => Some(node.span.of(text).to_owned()),
        };
        Ok(stream.nodes().filter_map(written).collect())
    }

    fn refused(text: &str) -> (String, String) {
        leaves(text).unwrap_err()
    }

    #[test]
    fn spans_hold_what_is_written_and_nothing_else() {
        let cases: &[(&str, &[&str])] = &[
            ("\u{feff}a: 1 # c\r\n", &["a", "1"]),
            ("a: &x !t 'b' \nc: *x\n", &["a", "&x !t 'b'", "c", "*x"]),
            ("a:\n  - one\n    two # c\n  -\n", &["a", "one\n    two", ""]),
            ("a: |- # c\n  # x\n  y\n\nb: |+\n  z\n\nc: >\nd: 1\n", &["a", "|- # c\n  # x\n  y", "b", "|+\n  z\n\n", "c", ">", "d", "1"]),
            ("[{a: b}: c, {d: e}, f: g]", &["a", "b", "c", "d", "e", "f", "g"]),
            ("{a: b}: c\n", &["a", "b", "c"]),
            ("? a\n? - b\n: c\n", &["a", "", "b", "c"]),
            ("d: |\n  ünïcödé ünïcödé ünïcödé\ni: é\n", &["d", "|\n  ünïcödé ünïcödé ünïcödé", "i", "é"]),
        ];
        for (text, expected) in cases {
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(leaves(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_compose_would_not_read_is_an_error_with_its_place() {
        let error = |message: &str, place: &str| (message.to_owned(), place.to_owned());
        assert_eq!(refused("é: 1\n  b: \u{1}\n"), error("control character U+0001 is not allowed", "\u{1}"));
        assert_eq!(refused("a: &a [*a]\n"), error("alias `*a` stands for a node that contains it", "*a"));
        assert_eq!(refused("&a x\n---\n*a\n"), error("alias `*a` refers to an anchor of another document", "*a"));
        assert_eq!(refused("\u{feff}é: é: 1\n").1, ":");
        assert_eq!(refused("a: [\n").1, "");
    }

    #[test]
    fn keys_that_are_there_twice_are_noted_with_their_place() {
        let noted = |text: &str| {
            let sources = Sources::default();
            let id = sources.add("a.yaml", text);
            let stream = parse(sources.get(id)).unwrap();
            stream.duplicate_keys.iter().map(|error| (error.message.clone(), error.span.of(text).to_owned())).collect::<Vec<_>>()
        };
        let error = |message: &str, place: &str| vec![(message.to_owned(), place.to_owned())];
        assert_eq!(noted("a: 1\nb: 2\n\"a\": 3\n"), error("key `a` is already defined at line 1", "\"a\""));
        assert_eq!(noted("x: &x 1\na:\n  <<: *x\n  <<: *x\n"), error("key `<<` is already defined at line 3", "<<"));
        assert_eq!(noted("a: {a: 1}\nb: [a, a]\n"), []);
    }

    #[test]
    fn depth_is_limited_and_costs_no_stack() {
        assert!(leaves(&("- ".repeat(MAX_DEPTH) + "x")).is_ok());
        for deep in ["- ", "? ", "[", "{a: "] {
            let (message, _) = refused(&deep.repeat(100_000));
            assert!(message.contains("deep") || message.contains("limit"), "{message}");
        }
    }
}
