//! Putting entries and items in.
//!
//! ```yaml
//! a:                a:
//!   b: 1  # one       b: 1  # one
//!              =>     c: 2
//!
//! d: 3              d: 3
//! ```
//!
//! Where blank lines set all elements apart, one sets a new last element apart, too.

use super::Refusal;
use super::lines::{Lines, final_block_scalar, has_indicator};
use super::new::{NewEntry, NewValue};
use super::place::{Elements, Place, comma_behind, find_node, holder_end, is_in_flow, is_last_on_line};
use crate::edit::Edit;
use crate::source::Span;
use crate::yaml::{CollectionStyle, Kind, Mapping, Node, Path, Stream, Style};

/// Puts entries in at the end of the mapping at `path`, or makes a null there a mapping of them.
///
/// # Errors
/// Refused when there is no such node, when it is something else, and when it has one of the keys.
pub(crate) fn insert(stream: &Stream<'_>, path: &Path, entries: &[NewEntry]) -> Result<Vec<Edit>, Refusal> {
    let node = find_node(stream, path)?;
    match &node.kind {
        Kind::Mapping(mapping) => refuse_existing_keys(mapping, entries, None)?,
        Kind::Null => {}
        _ => return Err(Refusal::new(node.span, "this is not a mapping")),
    }
    at_end(stream, path, node, &New::Entries(entries))
}

/// Puts items in at the end of the sequence at `path`, or makes a null there a sequence of them.
///
/// # Errors
/// Refused when there is no such node, and when it is something else.
pub(crate) fn append(stream: &Stream<'_>, path: &Path, items: &[NewValue]) -> Result<Vec<Edit>, Refusal> {
    let node = find_node(stream, path)?;
    if !matches!(node.kind, Kind::Sequence(_) | Kind::Null) {
        return Err(Refusal::new(node.span, "this is not a sequence"));
    }
    at_end(stream, path, node, &New::Items(items))
}

/// Refuses entries whose keys are in the mapping, that of the entry `replaced` apart.
pub(super) fn refuse_existing_keys(mapping: &Mapping<'_>, entries: &[NewEntry], replaced: Option<usize>) -> Result<(), Refusal> {
    for (index, entry) in mapping.entries.iter().enumerate() {
        let taken = entry.key.as_str().filter(|key| Some(index) != replaced && entries.iter().any(|new| new.key == *key));
        if let Some(key) = taken {
            return Err(Refusal::new(entry.key.span, format!("there is a key `{key}` already")));
        }
    }
    Ok(())
}

/// What is put in.
enum New<'a> {
    Entries(&'a [NewEntry]),
    Items(&'a [NewValue]),
}

impl New<'_> {
    fn block_lines(&self, style: &Style) -> Vec<String> {
        match self {
            Self::Entries(entries) => entries.iter().flat_map(|entry| entry.block_lines(style)).collect(),
            Self::Items(items) => items.iter().flat_map(|item| item.block_item(style)).collect(),
        }
    }

    fn flow(&self, style: &Style) -> Vec<String> {
        match self {
            Self::Entries(entries) => entries.iter().map(|entry| entry.flow(style)).collect(),
            Self::Items(items) => items.iter().map(|item| item.flow(style)).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Entries(entries) => entries.is_empty(),
            Self::Items(items) => items.is_empty(),
        }
    }
}

fn at_end(stream: &Stream<'_>, path: &Path, node: &Node<'_>, new: &New<'_>) -> Result<Vec<Edit>, Refusal> {
    let Some(elements) = Elements::of(node) else { return first(stream, path, node, new) };
    match elements.spans.len().checked_sub(1) {
        Some(last) => behind(stream, node, last, new),
        None => Ok(vec![Edit::insert(node.content.start + 1, new.flow(&Style::detect(stream)).join(", "))]),
    }
}

/// Makes a null that is not written a collection.
fn first(stream: &Stream<'_>, path: &Path, null: &Node<'_>, new: &New<'_>) -> Result<Vec<Edit>, Refusal> {
    let style = Style::detect(stream);
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let Some(holder) = holder_end(stream, path) else {
        return Err(Refusal::new(null.span, "there is no place for a value here"));
    };
    if is_in_flow(stream, path) {
        let texts = new.flow(&style).join(", ");
        let collection = if matches!(new, New::Items(_)) { format!(" [{texts}]") } else { format!(" {{{texts}}}") };
        return Ok(vec![Edit::insert(holder, collection)]);
    }
    let (column, span) = match Place::find(stream, path).ok().as_ref().and_then(|place| Some((place, Elements::of(place.parent)?))) {
        None => (None, null.span),
        Some((place, elements)) => {
            (Some((elements.column, place.entry().is_ok())), elements.spans.get(place.index).copied().unwrap_or(null.span))
        }
    };
    let indent = match (column, new) {
        (None, _) => 0,
        (Some((column, true)), New::Items(_)) => column + style.sequence_offset,
        (Some((column, true)), New::Entries(_)) => column + style.indent,
        (Some((column, false)), _) => column + 2,
    };
    let lines = Lines::of(stream);
    let at = lines.below_deeper_comments(lines.below(span.end), column.map_or(0, |(column, _)| column));
    Ok(vec![whole_lines(stream, at, indent, &new.block_lines(&style), &style)])
}

fn behind(stream: &Stream<'_>, parent: &Node<'_>, index: usize, new: &New<'_>) -> Result<Vec<Edit>, Refusal> {
    let Some((elements, element)) =
        Elements::of(parent).and_then(|elements| elements.spans.get(index).copied().map(|span| (elements, span)))
    else {
        return Err(Refusal::new(parent.span, "there is no such element"));
    };
    let style = Style::detect(stream);
    if new.is_empty() {
        return Ok(Vec::new());
    }
    match elements.style {
        CollectionStyle::Block => {
            let lines = Lines::of(stream);
            let at = lines.below_deeper_comments(lines.below(element.end), elements.column);
            let mut edit = whole_lines(stream, at, elements.column, &new.block_lines(&style), &style);
            let keeps_breaks = final_block_scalar(parent).is_some_and(|scalar| has_indicator(scalar, &stream.source.text, '+'));
            if index + 1 == elements.spans.len() && lines.are_spaced(&elements.spans) && !keeps_breaks {
                edit.text.insert_str(0, style.line_break);
            }
            Ok(vec![edit])
        }
        CollectionStyle::Flow => Ok(behind_flow(stream, element, &new.flow(&style), &style)),
        CollectionStyle::Pair => Err(Refusal::new(parent.span, "a pair in a flow sequence has room for one entry alone")),
    }
}

/// Puts lines in at the start of a line, or at the end of a text whose last line has no break.
fn whole_lines(stream: &Stream<'_>, at: usize, indent: usize, new: &[String], style: &Style) -> Edit {
    let prefix = " ".repeat(indent);
    let line_break = style.line_break;
    let lines: Vec<_> = new.iter().map(|line| format!("{prefix}{line}")).collect();
    let joined = lines.join(line_break);
    let open_end = Lines::of(stream).is_open_end(at);
    Edit::insert(at, if open_end { format!("{line_break}{joined}") } else { format!("{joined}{line_break}") })
}

/// Behind an element in brackets: on lines of their own if that is what the element has, or else on its line.
fn behind_flow(stream: &Stream<'_>, element: Span, new: &[String], style: &Style) -> Vec<Edit> {
    let (lines, text) = (Lines::of(stream), stream.source.text.as_str());
    let comma = comma_behind(stream, element.end);
    let last = comma.map_or(element.end, |comma| comma + 1);
    let one_line_each = lines.is_first(element.start) && lines.end(last) == lines.end(element.end) && is_last_on_line(lines, text, last);
    // A `:` or `?` right before a comma would be taken for text by some readers.
    let space = if element.of(text).ends_with([':', '?']) { " " } else { "" };
    if !one_line_each || lines.is_open_end(lines.end(last)) {
        return vec![Edit::insert(element.end, format!("{space}, {}", new.join(", ")))];
    }
    let separator = format!("{}{}", style.line_break, lines.indentation(element.start));
    let added = separator.clone() + &new.join(&format!(",{separator}"));
    let end = lines.end(last);
    match comma {
        Some(_) => vec![Edit::insert(end, added + ",")],
        None if end == element.end => vec![Edit::insert(end, format!("{space},{added}"))],
        None => vec![Edit::insert(element.end, format!("{space},")), Edit::insert(end, added)],
    }
}
