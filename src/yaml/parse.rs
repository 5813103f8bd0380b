//! Text to tree: yaml-rust2's events give structure and values, the lexer gives every node its bytes.
//!
//! Events are pulled one by one, so nesting is ours to limit. Their positions are not used: they are not byte
//! offsets, and ends have none. Nothing here knows about editing.

use super::lexer::Lexer;
use super::{
    Alias, Anchor, CollectionStyle, Document, Entry, Item, Kind, Mapping, Node, Scalar, ScalarStyle, Sequence, Stream, SyntaxError, Tag,
};
use crate::source::{SourceFile, Span};
use std::collections::HashMap;
use std::str::Chars;
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::{Marker, ScanError, TScalarStyle};

/// Collections nested deeper than this are refused: every stage after this one may then walk the tree recursively.
const MAX_DEPTH: usize = 512;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Parses a file.
///
/// # Errors
/// [`SyntaxError`] for text that is not YAML, and for what is YAML to some readers but not to Docker Compose's:
/// control characters, duplicate keys, an alias inside the node that it stands for. Also for the rare construct whose
/// bytes cannot be told apart with certainty.
pub fn parse(source: &SourceFile) -> Result<Stream<'_>, SyntaxError> {
    reject_control_characters(&source.text)?;
    let text = source.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&source.text);
    let start = source.text.len() - text.len();
    let mut builder = Builder {
        source,
        start,
        events: Parser::new_from_str(text),
        lexer: Lexer::new(&source.text, start),
        depth: 0,
        flow_depth: 0,
        anchors: Anchors::default(),
    };
    Ok(Stream { source, documents: builder.documents()? })
}

/// Allowed are the printable characters of YAML 1.2.2 section 5.1.
fn reject_control_characters(text: &str) -> Result<(), SyntaxError> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{85}') || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    match text.char_indices().find(|&(_, c)| !allowed(c)) {
        None => Ok(()),
        Some((at, c)) => {
            let message = format!("control character U+{:04X} is not allowed", u32::from(c));
            Err(SyntaxError { message, span: Span::new(at, at + c.len_utf8()) })
        }
    }
}

struct Builder<'src> {
    source: &'src SourceFile,
    /// Where the parser's text starts: behind a byte order mark.
    start: usize,
    events: Parser<Chars<'src>>,
    lexer: Lexer<'src>,
    depth: usize,
    flow_depth: usize,
    anchors: Anchors,
}

/// What aliases may stand for.
#[derive(Default)]
struct Anchors {
    /// The last one of the documents before.
    before_document: usize,
    last: usize,
    /// Those whose nodes are not complete.
    open: Vec<usize>,
}

/// The properties of a node, and where the node starts.
struct Properties<'src> {
    start: usize,
    anchor: Option<Anchor<'src>>,
    tag: Option<Tag<'src>>,
}

impl<'src> Builder<'src> {
    fn documents(&mut self) -> Result<Vec<Document<'src>>, SyntaxError> {
        let mut documents = Vec::new();
        loop {
            match self.next_event()?.0 {
                Event::DocumentStart => {
                    self.lexer.start_document();
                    self.anchors.before_document = self.anchors.last;
                    let (event, mark) = self.next_event()?;
                    documents.push(Document { root: self.node(event, mark)? });
                }
                Event::StreamEnd => {
                    self.lexer.end_stream()?;
                    return Ok(documents);
                }
                Event::StreamStart | Event::DocumentEnd => {}
                _ => return Err(self.lexer.unsupported()),
            }
        }
    }

    fn node(&mut self, event: Event, mark: Marker) -> Result<Node<'src>, SyntaxError> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                if style == TScalarStyle::Plain && value.is_empty() {
                    return self.null(anchor, tag.is_some());
                }
                let properties = self.properties(anchor, tag.is_some())?;
                self.lexer.skip_trivia();
                let style = scalar_style(style);
                let (content, value) = self.lexer.scalar(style, value)?;
                Ok(properties.node(content, Kind::Scalar(Scalar { style, value })))
            }
            Event::Alias(anchor) => self.alias(anchor),
            Event::SequenceStart(anchor, tag) => {
                let properties = self.properties(anchor, tag.is_some())?;
                self.nested(properties, anchor, Self::sequence)
            }
            Event::MappingStart(anchor, tag) => {
                let properties = self.properties(anchor, tag.is_some())?;
                self.nested(properties, anchor, |builder| builder.mapping(mark))
            }
            _ => Err(self.lexer.unsupported()),
        }
    }

    /// A null that is not written lies right behind the indicator or the property before it.
    fn null(&mut self, anchor: usize, tag: bool) -> Result<Node<'src>, SyntaxError> {
        if anchor == 0 && !tag {
            let span = Span::at(self.lexer.offset());
            return Ok(Node { span, content: span, anchor: None, tag: None, kind: Kind::Null });
        }
        let properties = self.properties(anchor, tag)?;
        Ok(properties.node(Span::at(self.lexer.offset()), Kind::Null))
    }

    /// Takes just the properties that the event reports, for the same text may begin with those of a first key.
    fn properties(&mut self, anchor: usize, tag: bool) -> Result<Properties<'src>, SyntaxError> {
        self.lexer.skip_trivia();
        let mut properties = Properties { start: self.lexer.offset(), anchor: None, tag: None };
        while (anchor > 0 && properties.anchor.is_none()) || (tag && properties.tag.is_none()) {
            self.lexer.skip_trivia();
            if anchor > 0 && properties.anchor.is_none() && self.lexer.is_at(b'&') {
                properties.anchor = Some(self.lexer.anchor(anchor)?);
                self.anchors.last = anchor;
            } else if tag && properties.tag.is_none() {
                properties.tag = Some(self.lexer.tag()?);
            } else {
                return Err(self.lexer.unsupported());
            }
        }
        Ok(properties)
    }

    fn alias(&mut self, anchor: usize) -> Result<Node<'src>, SyntaxError> {
        self.lexer.skip_trivia();
        let start = self.lexer.offset();
        let alias: Alias<'src> = self.lexer.alias(anchor)?;
        let span = Span::new(start, self.lexer.offset());
        let refuse = |what| Err(SyntaxError { message: format!("alias `*{}` {what}", alias.name), span });
        if anchor <= self.anchors.before_document {
            return refuse("refers to an anchor of another document");
        }
        if self.anchors.open.contains(&anchor) {
            return refuse("stands for a node that contains it");
        }
        Ok(Node { span, content: span, anchor: None, tag: None, kind: Kind::Alias(alias) })
    }

    fn nested(
        &mut self,
        properties: Properties<'src>,
        anchor: usize,
        content: impl FnOnce(&mut Self) -> Result<Kind<'src>, SyntaxError>,
    ) -> Result<Node<'src>, SyntaxError> {
        if self.depth == MAX_DEPTH {
            let span = Span::at(self.lexer.offset());
            return Err(SyntaxError { message: format!("collections are nested deeper than {MAX_DEPTH} levels"), span });
        }
        self.depth += 1;
        self.anchors.open.push(anchor);
        self.lexer.skip_trivia();
        let start = self.lexer.offset();
        let kind = content(self)?;
        self.anchors.open.pop();
        self.depth -= 1;
        Ok(properties.node(Span::new(start, self.lexer.offset()), kind))
    }

    fn sequence(&mut self) -> Result<Kind<'src>, SyntaxError> {
        let start = self.lexer.offset();
        let style = if self.lexer.is_at(b'[') { CollectionStyle::Flow } else { CollectionStyle::Block };
        let column = self.column(start, style);
        self.open(style, b'[')?;
        let mut items = Vec::new();
        loop {
            let (event, mark) = self.next_event()?;
            if event == Event::SequenceEnd {
                break;
            }
            self.separate(style, items.is_empty())?;
            let start = self.lexer.offset();
            if style == CollectionStyle::Block {
                self.indicator(b'-')?;
            }
            let value = self.node(event, mark)?;
            items.push(Item { span: Span::new(start, value.span.end), value });
        }
        self.close(style, b']')?;
        Ok(Kind::Sequence(Sequence { style, column, items }))
    }

    fn mapping(&mut self, mark: Marker) -> Result<Kind<'src>, SyntaxError> {
        let start = self.lexer.offset();
        let style = self.mapping_style(mark)?;
        let column = self.column(start, style);
        self.open(style, b'{')?;
        let mut entries = Vec::new();
        loop {
            let (event, mark) = self.next_event()?;
            if event == Event::MappingEnd {
                break;
            }
            self.separate(style, entries.is_empty())?;
            entries.push(self.entry(event, mark, style, column)?);
        }
        self.close(style, b'}')?;
        self.reject_duplicate_keys(&entries)?;
        Ok(Kind::Mapping(Mapping { style, column, entries }))
    }

    /// A `{` opens a flow mapping, unless that is the first key of the mapping announced. Then it was announced when
    /// the parser came to the key's `:` or, at the earliest, at the `{` itself.
    fn mapping_style(&mut self, mark: Marker) -> Result<CollectionStyle, SyntaxError> {
        let place = |mark: &Marker| (mark.line(), mark.col());
        if self.lexer.is_at(b'{') {
            let inner = match self.events.peek() {
                Ok((Event::MappingStart(0, None), inner)) => Some(place(inner)),
                Ok(_) => None,
                Err(error) => return Err(scan_error(self.source, self.start, &error)),
            };
            if inner.is_none_or(|inner| inner > place(&mark)) {
                return Ok(CollectionStyle::Flow);
            }
        }
        Ok(if self.flow_depth > 0 { CollectionStyle::Pair } else { CollectionStyle::Block })
    }

    fn entry(&mut self, event: Event, mark: Marker, style: CollectionStyle, column: usize) -> Result<Entry<'src>, SyntaxError> {
        let start = self.lexer.offset();
        let explicit = self.lexer.is_at_indicator(b'?');
        if explicit {
            self.lexer.take(b'?')?;
        }
        let key = self.node(event, mark)?;
        let colon = self.colon(explicit && style == CollectionStyle::Block, column);
        let (event, mark) = self.next_event()?;
        let value = match colon {
            Some(_) => self.node(event, mark)?,
            None if is_unwritten(&event) => self.null(0, false)?,
            None => return Err(self.lexer.unsupported()),
        };
        Ok(Entry { span: Span::new(start, value.span.end), key, colon, explicit, value })
    }

    /// Takes the `:` of an entry, if it has one. Behind an explicit key a `:` in another column is not its own.
    fn colon(&mut self, at_column: bool, column: usize) -> Option<usize> {
        let before = self.lexer.offset();
        self.lexer.skip_trivia();
        let colon = self.lexer.offset();
        if !self.lexer.is_at(b':') || (at_column && self.column(colon, CollectionStyle::Block) != column) || self.lexer.take(b':').is_err()
        {
            self.lexer.rewind(before);
            return None;
        }
        Some(colon)
    }

    fn reject_duplicate_keys(&self, entries: &[Entry<'src>]) -> Result<(), SyntaxError> {
        let mut seen = HashMap::with_capacity(entries.len());
        for entry in entries {
            let Some(key) = entry.key.as_str() else { continue };
            if let Some(first) = seen.insert(key, entry.key.span.start) {
                let line = self.source.line_column(first).line;
                return Err(SyntaxError { message: format!("key `{key}` is already defined at line {line}"), span: entry.key.span });
            }
        }
        Ok(())
    }

    fn open(&mut self, style: CollectionStyle, bracket: u8) -> Result<(), SyntaxError> {
        if style == CollectionStyle::Flow {
            self.lexer.take(bracket)?;
        }
        self.flow_depth += usize::from(style != CollectionStyle::Block);
        Ok(())
    }

    /// To the start of the next element.
    fn separate(&mut self, style: CollectionStyle, first: bool) -> Result<(), SyntaxError> {
        self.lexer.skip_trivia();
        if style == CollectionStyle::Flow && !first {
            self.lexer.take(b',')?;
            self.lexer.skip_trivia();
        }
        Ok(())
    }

    fn close(&mut self, style: CollectionStyle, bracket: u8) -> Result<(), SyntaxError> {
        self.flow_depth -= usize::from(style != CollectionStyle::Block);
        if style != CollectionStyle::Flow {
            return Ok(());
        }
        self.lexer.skip_trivia();
        if self.lexer.is_at(b',') {
            self.lexer.take(b',')?;
            self.lexer.skip_trivia();
        }
        self.lexer.take(bracket)
    }

    fn indicator(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if self.lexer.is_at_indicator(byte) { self.lexer.take(byte) } else { Err(self.lexer.unsupported()) }
    }

    /// The 0-based column of a block collection, in characters.
    fn column(&self, offset: usize, style: CollectionStyle) -> usize {
        match style {
            CollectionStyle::Block => self.source.line_column(offset).column - 1,
            CollectionStyle::Flow | CollectionStyle::Pair => 0,
        }
    }

    fn next_event(&mut self) -> Result<(Event, Marker), SyntaxError> {
        self.events.next_token().map_err(|error| scan_error(self.source, self.start, &error))
    }
}

impl<'src> Properties<'src> {
    fn node(self, content: Span, kind: Kind<'src>) -> Node<'src> {
        let start = if self.anchor.is_some() || self.tag.is_some() { self.start } else { content.start };
        Node { span: Span::new(start, content.end), content, anchor: self.anchor, tag: self.tag, kind }
    }
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

/// The parser's error at the character it names. Lines are counted from 1, columns in characters from 0.
fn scan_error(source: &SourceFile, start: usize, error: &ScanError) -> SyntaxError {
    let line = error.marker().line().saturating_sub(1);
    let text = &source.text;
    let span = source.lines().span(text, line);
    let line_start = span.start.max(start).min(span.end);
    let rest = &text[line_start..span.end];
    let (at, length) = rest.char_indices().nth(error.marker().col()).map_or((rest.len(), 0), |(at, c)| (at, c.len_utf8()));
    let at = line_start + at;
    let length = if text[at..].starts_with(['\n', '\r']) { 0 } else { length };
    SyntaxError { message: error.info().to_owned(), span: Span::new(at, at + length) }
}
