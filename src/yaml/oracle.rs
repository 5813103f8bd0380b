//! YAML as values: a second reading of a text, to compare what it says before and after an edit.
//!
//! It shares nothing with the tree of spans but the parser underneath, so that a mistake over there shows here. Line
//! breaks, comments, quotes and indentation are gone; what any reader of the file could tell apart is kept.

use super::{SyntaxError, lenient, quote};
use crate::source::Span;
use std::collections::BTreeSet;
use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::TScalarStyle;

/// A node, as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// If aliases stand for it: its number among such nodes, from 0.
    pub(crate) anchor: Option<usize>,
    /// Its tag, resolved: `tag:yaml.org,2002:str`, `!reset`.
    pub(crate) tag: Option<String>,
    /// What it is.
    pub(crate) content: Content,
}

/// The content of a [`Value`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing is written.
    Null,
    /// A scalar.
    Scalar {
        /// The decoded value.
        text: String,
        /// Whether it is a string for certain: it is quoted, or no reader takes it for a number, a boolean and so on.
        string: bool,
    },
    /// An alias of the node with that [`Value::anchor`].
    Alias(usize),
    /// A sequence.
    Sequence(Vec<Value>),
    /// A mapping, in the order of the text.
    Mapping(Vec<(Value, Value)>),
}

impl Value {
    /// The text of a scalar.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value of the entry with that scalar key, if this is a mapping that has one.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        let Content::Mapping(entries) = &self.content else { return None };
        entries.iter().find(|(found, _)| found.as_str() == Some(key)).map(|(_, value)| value)
    }
}

/// Reads all documents of a text.
///
/// # Errors
/// [`SyntaxError`] if it is not YAML, or nested deeper than the editor takes.
pub(crate) fn parse(text: &str) -> Result<Vec<Value>, SyntaxError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let events = events(text).or_else(|error| lenient::deepened(text).map_or(Err(error), |deepened| events(&deepened)))?;
    let used = events.iter().filter_map(|event| if let Event::Alias(anchor) = event { Some(*anchor) } else { None });
    let mut reader = Reader { used: used.collect::<BTreeSet<_>>().into_iter().collect(), open: Vec::new(), documents: Vec::new() };
    events.into_iter().for_each(|event| reader.read(event));
    Ok(reader.documents)
}

/// Whether a plain scalar of that text is a string for certain, see [`Content::Scalar`].
pub(crate) fn is_string(plain: &str) -> bool {
    quote::reads_as_string(plain)
}

fn events(text: &str) -> Result<Vec<Event>, SyntaxError> {
    let mut parser = Parser::new_from_str(text);
    let (mut events, mut depth) = (Vec::new(), 0);
    let whole = Span::new(0, text.len());
    loop {
        let (event, _) = parser.next_token().map_err(|error| SyntaxError::invalid(error.info(), whole))?;
        match event {
            Event::StreamEnd => return Ok(events),
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            _ => {}
        }
        if depth > super::parse::MAX_DEPTH {
            return Err(SyntaxError::invalid("collections are nested too deeply", whole));
        }
        events.push(event);
    }
}

struct Reader {
    /// The anchors that aliases stand for, in order.
    used: Vec<usize>,
    /// Collections that are not complete, and their children so far.
    open: Vec<(Value, Vec<Value>)>,
    documents: Vec<Value>,
}

impl Reader {
    fn read(&mut self, event: Event) {
        match event {
            Event::Alias(anchor) => self.add(0, None, Content::Alias(self.number(anchor).unwrap_or_default())),
            Event::Scalar(text, TScalarStyle::Plain, anchor, tag) if text.is_empty() => self.add(anchor, tag, Content::Null),
            Event::Scalar(text, style, anchor, tag) => {
                let string = style != TScalarStyle::Plain || is_string(&text);
                self.add(anchor, tag, Content::Scalar { text, string });
            }
            Event::SequenceStart(anchor, tag) => self.open(anchor, tag, Content::Sequence(Vec::new())),
            Event::MappingStart(anchor, tag) => self.open(anchor, tag, Content::Mapping(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart | Event::DocumentEnd => {}
        }
    }

    fn open(&mut self, anchor: usize, tag: Option<Tag>, content: Content) {
        let value = self.value(anchor, tag, content);
        self.open.push((value, Vec::new()));
    }

    fn close(&mut self) {
        let Some((mut value, children)) = self.open.pop() else { return };
        let mut children = children.into_iter();
        value.content = match value.content {
            Content::Mapping(_) => Content::Mapping(std::iter::from_fn(|| Some((children.next()?, children.next()?))).collect()),
            _ => Content::Sequence(children.collect()),
        };
        self.put(value);
    }

    fn add(&mut self, anchor: usize, tag: Option<Tag>, content: Content) {
        let value = self.value(anchor, tag, content);
        self.put(value);
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some((_, children)) => children.push(value),
            None => self.documents.push(value),
        }
    }

    fn value(&self, anchor: usize, tag: Option<Tag>, content: Content) -> Value {
        Value { anchor: self.number(anchor), tag: tag.map(|tag| tag.handle + &tag.suffix), content }
    }

    fn number(&self, anchor: usize) -> Option<usize> {
        self.used.binary_search(&anchor).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_value_is_written_does_not_matter() {
        let block = "# c\na:\n  - \"x\"\n  - 'y z'\nb: |-\n  t\n";
        assert_eq!(parse(block), parse("{a: [x, y z], b: t}"));
        assert_eq!(parse("\u{feff}a: 1\r\n"), parse("a: 1"));
    }

    #[test]
    fn what_readers_tell_apart_is_different() {
        for (a, b) in [("80", "\"80\""), ("yes", "'yes'"), ("~", "\"~\""), ("a: 1\nb: 2", "b: 2\na: 1"), ("!x 1", "1"), ("a:", "a: ''")] {
            assert_ne!(parse(a), parse(b), "{a} and {b}");
        }
    }

    #[test]
    fn an_alias_is_known_by_the_node_it_stands_for() {
        let before = parse("u: &u 1\na: &a 1\nb: &b 2\nc: *a\n").unwrap();
        assert_eq!(before, parse("u: 1\na: &z 1\nb: 2\nc: *z\n").unwrap());
        assert_ne!(before, parse("u: 1\na: 1\nb: &b 2\nc: *b\n").unwrap());
    }
}
