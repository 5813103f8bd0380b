//! Taking entries and items out.
//!
//! ```yaml
//! a: 1
//! # about b          a: 1
//! b: 2  # two   =>   c: 3
//! c: 3
//! ```

use super::lines::{Lines, comments_in, final_block_scalar, has_indicator};
use super::place::{Elements, Place, holder_end, refuse_used_anchors};
use super::{Refusal, place};
use crate::edit::Edit;
use crate::source::Span;
use crate::yaml::{CollectionStyle, Kind, Path, Stream, Style};

/// What happens to the comments of an element that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comments {
    /// All stay: those on lines of their own in their place, others on a new line of their own.
    Keep,
    /// Those that belong to the element go with it: on its lines, directly above it at its column, and below it if they
    /// are indented deeper. A comment at the top of the file stays.
    Drop,
}

/// Takes out the entry or the item that has the node at `path` for its value. Of a collection's only element `{}` or
/// `[]` remains.
///
/// # Errors
/// Refused when there is no such element, when an alias elsewhere needs an anchor in it, and when a comment inside of a
/// flow element would have to be kept.
pub(crate) fn remove(stream: &Stream<'_>, path: &Path, comments: Comments) -> Result<Vec<Edit>, Refusal> {
    let place = Place::find(stream, path)?;
    let Some(elements) = Elements::of(place.parent) else { return Ok(Vec::new()) };
    let Some(&element) = elements.spans.get(place.index) else { return Ok(Vec::new()) };
    refuse_used_anchors(stream, element)?;
    let removal = Removal { stream, lines: Lines::of(stream), style: Style::detect(stream), place, elements, element, comments };
    match removal.elements.style {
        CollectionStyle::Block => Ok(removal.in_block()),
        CollectionStyle::Flow => removal.in_flow(),
        CollectionStyle::Pair => Err(Refusal::new(element, "a pair in a flow sequence consists of this entry alone")),
    }
}

struct Removal<'tree, 'src> {
    stream: &'tree Stream<'src>,
    lines: Lines<'src>,
    style: Style,
    place: Place<'tree, 'src>,
    elements: Elements<'tree, 'src>,
    element: Span,
    comments: Comments,
}

impl Removal<'_, '_> {
    fn in_block(&self) -> Vec<Edit> {
        let own_line = self.lines.is_first(self.element.start);
        match self.elements.spans.get(self.place.index + 1) {
            _ if self.elements.spans.len() == 1 => match holder_end(self.stream, &self.place.parent_path) {
                Some(holder) if own_line => vec![Edit::insert(holder, format!(" {}", self.brackets())), self.whole_lines()],
                _ => vec![self.empty_in_place()],
            },
            Some(next) if !own_line => vec![self.behind_indicator(*next)],
            _ => vec![self.whole_lines()],
        }
    }

    fn brackets(&self) -> &'static str {
        if matches!(self.place.parent.kind, Kind::Sequence(_)) { "[]" } else { "{}" }
    }

    fn prefix(&self) -> String {
        " ".repeat(self.elements.column)
    }

    /// The usual case: the element has its lines for itself.
    fn whole_lines(&self) -> Edit {
        let start = self.lines.start(self.element.start);
        let end = self.lines.below(self.element.end);
        match self.comments {
            Comments::Keep => {
                let end = if self.follows_block_scalar() { self.lines.below_deeper_comments(end, self.elements.column) } else { end };
                let kept = self.kept_lines(Span::new(start, end));
                if kept.is_empty() { self.without_blanks(start, end) } else { Edit::replace(Span::new(start, end), kept) }
            }
            Comments::Drop => {
                let above = self.above_own_comments(start, self.bound());
                let is_header = self.place.parent_path.steps.is_empty() && self.place.index == 0 && above == self.lines.first();
                let start = if is_header { start } else { above };
                self.without_blanks(start, self.lines.below_deeper_comments(end, self.elements.column))
            }
        }
    }

    /// Deletes whole lines so that no blank lines pile up, and none become a part of a scalar above.
    fn without_blanks(&self, start: usize, end: usize) -> Edit {
        let text = &self.stream.source.text;
        let (mut start, mut end) = (start, end);
        let mut blanks = start;
        while let Some(above) = self.lines.above(blanks).filter(|&above| above >= self.bound() && self.lines.is_blank(above)) {
            blanks = above;
        }
        let is_first_nested = self.place.index == 0 && !self.place.parent_path.steps.is_empty() && self.elements.spans.len() > 1;
        if self.follows_kept_breaks() || (is_first_nested && blanks == start) {
            end = self.lines.below_blanks(end);
        } else if self.lines.is_blank(end) || end == text.len() {
            start = blanks;
        }
        // A text without a final line break stays one, unless a block scalar would lose the break that is its own.
        if self.lines.is_open_end(end) && !self.follows_block_scalar() {
            start = self.lines.above(start).map_or(start, |above| self.lines.end(above));
        }
        Edit::delete(Span::new(start, end))
    }

    /// The first element behind a `- `: the next one moves up.
    fn behind_indicator(&self, next: Span) -> Edit {
        let cut = Span::new(self.element.start, next.start);
        if self.comments == Comments::Drop {
            let line = self.lines.start(next.start);
            let comment = self.above_own_comments(line, self.lines.below(self.element.end));
            let end = if comment < line { comment + self.elements.column } else { next.start };
            return Edit::delete(Span::new(cut.start, end));
        }
        let separator = format!("{}{}", self.style.line_break, self.prefix());
        let kept = comments_in(self.stream, cut).into_iter().map(|comment| comment.of(&self.stream.source.text).to_owned() + &separator);
        Edit::replace(cut, kept.collect::<String>())
    }

    /// The only element of a root, or behind a `- `.
    fn empty_in_place(&self) -> Edit {
        let cut = Span::new(self.element.start, self.lines.last_end(self.element.end));
        let mut text = self.brackets().to_owned();
        if self.comments == Comments::Keep {
            for comment in comments_in(self.stream, cut) {
                text.push_str(self.style.line_break);
                text.push_str(&self.prefix());
                text.push_str(comment.of(&self.stream.source.text));
            }
        }
        Edit::replace(cut, text)
    }

    /// The comments of lines that go, as lines.
    fn kept_lines(&self, range: Span) -> String {
        let mut out = String::new();
        for comment in comments_in(self.stream, range) {
            let own_line = self.lines.is_first(comment.start) && !self.follows_block_scalar();
            let indentation = if own_line { self.lines.indentation(comment.start).to_owned() } else { self.prefix() };
            let own_break = Some(self.lines.line_break(comment.start)).filter(|own| !own.is_empty());
            out += &indentation;
            out += comment.of(&self.stream.source.text);
            out += own_break.unwrap_or(self.style.line_break);
        }
        if self.lines.is_open_end(range.end) {
            out.truncate(out.trim_end_matches(['\n', '\r']).len());
        }
        out
    }

    fn above_own_comments(&self, line: usize, bound: usize) -> usize {
        let mut start = line;
        while let Some(above) =
            self.lines.above(start).filter(|&above| above >= bound && self.lines.comment_column(above) == Some(self.elements.column))
        {
            start = above;
        }
        start
    }

    /// The lines above this place do not belong to the element.
    fn bound(&self) -> usize {
        match self.place.index.checked_sub(1).and_then(|index| self.elements.spans.get(index)) {
            Some(previous) => self.lines.below(previous.end),
            None => holder_end(self.stream, &self.place.parent_path).map_or(self.lines.first(), |holder| self.lines.below(holder)),
        }
    }

    fn previous_block_scalar(&self) -> Option<&crate::yaml::Node<'_>> {
        let previous = self.place.index.checked_sub(1)?;
        final_block_scalar(self.elements.values.get(previous)?)
    }

    fn follows_block_scalar(&self) -> bool {
        self.previous_block_scalar().is_some()
    }

    fn follows_kept_breaks(&self) -> bool {
        self.previous_block_scalar().is_some_and(|scalar| has_indicator(scalar, &self.stream.source.text, '+'))
    }

    fn in_flow(&self) -> Result<Vec<Edit>, Refusal> {
        let spans = &self.elements.spans;
        let previous = self.place.index.checked_sub(1).and_then(|index| spans.get(index));
        let next = spans.get(self.place.index + 1);
        let alone = (previous, next) == (None, None);
        let inside = Span::new(self.place.parent.content.start + 1, self.place.parent.content.end - 1);
        let own = if alone { inside } else { self.element };
        if self.comments == Comments::Keep && !comments_in(self.stream, own).is_empty() {
            return Err(Refusal::new(self.element, "a comment inside would be lost"));
        }
        let cut = match (next, previous) {
            (Some(next), _) => Span::new(self.element.start, next.start),
            (None, Some(previous)) => Span::new(previous.end, self.element.end),
            (None, None) => return Ok(vec![Edit::delete(inside)]),
        };
        if comments_in(self.stream, cut).is_empty() {
            return Ok(vec![Edit::delete(cut)]);
        }
        // The comment between the elements stays, and the comma goes that this one would leave behind.
        let comma = next.and_then(|_| place::comma_behind(self.stream, self.element.end));
        let edits = std::iter::once(self.element).chain(comma.map(|at| Span::new(at, at + 1)));
        Ok(edits.map(Edit::delete).collect())
    }
}
