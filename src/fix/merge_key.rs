//! Taking one service out of a merge that others stay in.
//!
//! Compose has no way to unset a merged key in the same file, so what the service gets through `<<` is written out in its
//! own mapping, save host networking.

use super::draft::{Draft, Refused, refusal};
use crate::compose::ServiceId;
use crate::compose::tree::Field;
use crate::source::{Location, Span};
use crate::yaml::change::NewEntry;
use crate::yaml::{CollectionStyle, Kind, Stream, Style};

/// Writes out the merge through which a service gets `host`, and puts `entries` in its place.
pub(super) fn expand(draft: &mut Draft<'_>, index: ServiceId, host: &Field, entries: &[NewEntry]) -> Result<(), Refused> {
    let request = draft.request;
    let service = &request.project[index];
    let Some(merge) = host.merged_through.first().copied() else {
        return Err(refusal(host.entry, "other services inherit it from here and stay"));
    };
    if !host.layers.is_empty() {
        return Err(refusal(host.entry, "it is said in several files, and other services that merge it stay"));
    }
    let Some(definition) = service.definitions.iter().find(|definition| definition.body.contains(merge)) else {
        return Err(refusal(merge, "the merge stands elsewhere"));
    };
    let (stream, path) = draft.node(definition.entry)?;
    let column = match stream.node(&path).map(|node| &node.kind) {
        Some(Kind::Mapping(mapping)) if mapping.style == CollectionStyle::Block => mapping.column,
        _ => return Err(refusal(merge, "the service is not a block of lines of its own")),
    };
    let replaced = |key: &str| key == host.key || entries.iter().any(|entry| entry.key == key);
    let written_out = service.value.fields().iter().filter(|field| field.merged_through.first() == Some(&merge) && !replaced(&field.key));
    let (mut lines, mut copied) = (Vec::new(), Vec::new());
    for field in written_out {
        lines.extend(lines_of(draft, field)?);
        copied.push(draft.node(field.entry)?.1);
    }
    let text = lines.join(&format!("{}{}", Style::detect(stream).line_break, " ".repeat(column)));
    if text.is_empty() {
        return Err(refusal(merge, "nothing would be left of the merge"));
    }
    draft.copy(stream, &draft.node(merge)?.1, copied, text)?;
    draft.insert(service, entries)
}

/// The lines of an entry as they stand elsewhere in the file, moved to the left edge.
fn lines_of(draft: &Draft<'_>, field: &Field) -> Result<Vec<String>, Refused> {
    let at = field.entry;
    let stream: &Stream<'_> = draft.request.project.stream(at.file).ok_or_else(|| refusal(at, "the file cannot be edited"))?;
    let anchored = |node: &crate::yaml::Node<'_>| node.anchor.is_some_and(|anchor| at.span.contains(anchor.span));
    if stream.nodes().any(anchored) {
        return Err(refusal(at, "it holds an anchor, which cannot be written twice"));
    }
    let column = column(stream, at);
    let text = at.span.of(&stream.source.text);
    let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let first = lines.next().unwrap_or_default().to_owned();
    let rest = lines.map(|line| line.strip_prefix(&" ".repeat(column)).unwrap_or_else(|| line.trim_start()).to_owned());
    Ok(std::iter::once(first).chain(rest).collect())
}

fn column(stream: &Stream<'_>, at: Location) -> usize {
    let lines = stream.source.lines();
    let line = lines.span(&stream.source.text, lines.line_of(at.span.start));
    Span::new(line.start, at.span.start).of(&stream.source.text).chars().count()
}
