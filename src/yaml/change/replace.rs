//! Putting other entries where one was.
//!
//! ```yaml
//! # how it runs               # how it runs
//! network_mode: host  # x     # x
//!                        =>   ports:
//!                               - "127.0.0.1:80:80"
//! ```

use super::Refusal;
use super::insert::refuse_existing_keys;
use super::lines::{Lines, comments_in};
use super::new::NewEntry;
use super::place::{Place, refuse_used_anchors};
use super::remove::{Comments, remove};
use crate::edit::Edit;
use crate::source::Span;
use crate::yaml::{CollectionStyle, Path, Stream, Style};

/// Puts `entries` where the entry is that has the node at `path` for its value. Every comment stays: one behind the
/// entry or inside of it on a line of its own above what takes its place.
///
/// # Errors
/// Refused when there is no such entry, when the mapping has one of the keys elsewhere, when an alias elsewhere needs an
/// anchor in it, and when a comment inside of a flow entry would have to be kept.
pub(crate) fn replace_entry(stream: &Stream<'_>, path: &Path, entries: &[NewEntry]) -> Result<Vec<Edit>, Refusal> {
    let place = Place::find(stream, path)?;
    let span = place.entry()?.span;
    let Some(mapping) = place.parent.as_mapping() else { return Ok(Vec::new()) };
    if entries.is_empty() {
        return remove(stream, path, Comments::Keep);
    }
    refuse_existing_keys(mapping, entries, Some(place.index))?;
    refuse_used_anchors(stream, span)?;
    match mapping.style {
        CollectionStyle::Block => Ok(vec![in_block(stream, span, mapping.column, entries)]),
        CollectionStyle::Flow => in_flow(stream, span, entries).map(|edit| vec![edit]),
        CollectionStyle::Pair => Err(Refusal::new(span, "a pair in a flow sequence has room for one entry alone")),
    }
}

fn in_block(stream: &Stream<'_>, span: Span, column: usize, entries: &[NewEntry]) -> Edit {
    let style = Style::detect(stream);
    let range = Span::new(span.start, Lines::of(stream).last_end(span.end));
    let comments = comments_in(stream, range).into_iter().map(|comment| comment.of(&stream.source.text).to_owned());
    let lines: Vec<_> = comments.chain(entries.iter().flat_map(|entry| entry.block_lines(&style))).collect();
    Edit::replace(range, lines.join(&format!("{}{}", style.line_break, " ".repeat(column))))
}

fn in_flow(stream: &Stream<'_>, span: Span, entries: &[NewEntry]) -> Result<Edit, Refusal> {
    if !comments_in(stream, span).is_empty() {
        return Err(Refusal::new(span, "a comment inside would be lost"));
    }
    let (style, lines) = (Style::detect(stream), Lines::of(stream));
    let texts: Vec<_> = entries.iter().map(|entry| entry.flow(&style)).collect();
    let own_line = lines.is_first(span.start);
    let separator = if own_line { format!(",{}{}", style.line_break, lines.indentation(span.start)) } else { ", ".to_owned() };
    Ok(Edit::replace(span, texts.join(&separator)))
}
