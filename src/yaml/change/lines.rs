//! The lines of a text, as edits of block style see them: indentation, blank lines, lines that only hold a comment.

use crate::source::Span;
use crate::yaml::scalar::{break_length, line_end, next_line};
use crate::yaml::{Kind, Node, ScalarStyle, Stream};

/// A text and its lines. A byte order mark is no part of the first line.
#[derive(Clone, Copy)]
pub(super) struct Lines<'src> {
    text: &'src str,
    first: usize,
}

impl<'src> Lines<'src> {
    pub(super) fn of(stream: &Stream<'src>) -> Self {
        let text = stream.source.text.as_str();
        Self { text, first: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 } }
    }

    /// The start of the first line.
    pub(super) fn first(self) -> usize {
        self.first
    }

    /// The start of the line that `at` is on.
    pub(super) fn start(self, at: usize) -> usize {
        self.text[..at].rfind(['\n', '\r']).map_or(self.first, |end| end + 1)
    }

    /// The end of the line that `at` is on, without its break.
    pub(super) fn end(self, at: usize) -> usize {
        line_end(self.text, at)
    }

    /// The start of the line below the one that a node ends on with `end`. A node can end with a line break: a block
    /// scalar that keeps them.
    pub(super) fn below(self, end: usize) -> usize {
        if self.is_start(end) { end } else { next_line(self.text, end) }
    }

    /// The end of the last line that a node which ends at `end` takes part in, without the break of that line.
    pub(super) fn last_end(self, end: usize) -> usize {
        if !self.is_start(end) || end == self.first {
            return self.end(end);
        }
        self.text[..end].strip_suffix('\n').map_or(end - 1, |above| above.strip_suffix('\r').unwrap_or(above).len())
    }

    /// Whether only blanks stand before `at` on its line.
    pub(super) fn is_first(self, at: usize) -> bool {
        self.indentation(at).len() == at - self.start(at)
    }

    /// The blanks that the line of `at` starts with.
    pub(super) fn indentation(self, at: usize) -> &'src str {
        let line = &self.text[self.start(at)..self.end(at)];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// The break of the line that `at` is on; empty at the end of the text.
    pub(super) fn line_break(self, at: usize) -> &'src str {
        let end = self.end(at);
        &self.text[end..end + break_length(&self.text[end..])]
    }

    /// Whether the line that starts at `start` has nothing but blanks on it.
    pub(super) fn is_blank(self, start: usize) -> bool {
        start < self.text.len() && self.text[start..self.end(start)].trim_matches([' ', '\t']).is_empty()
    }

    /// The column of the comment on the line that starts at `start`, if that is all there is on it.
    pub(super) fn comment_column(self, start: usize) -> Option<usize> {
        let indentation = self.indentation(start);
        self.text[start + indentation.len()..].starts_with('#').then(|| indentation.chars().count())
    }

    /// The start of the line above the one that starts at `start`.
    pub(super) fn above(self, start: usize) -> Option<usize> {
        let end = self.text[..start].strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
        let end = end.or_else(|| self.text[..start].strip_suffix('\r'))?;
        Some(self.start(end.len()))
    }

    /// Whether elements are set apart from each other by blank lines, every one of them.
    pub(super) fn are_spaced(self, elements: &[Span]) -> bool {
        let apart = |pair: &[Span]| {
            let between = &self.text[pair[0].end..self.start(pair[1].start)];
            between.lines().skip(1).any(|line| line.trim().is_empty())
        };
        elements.len() > 1 && elements.windows(2).all(apart)
    }

    /// Whether `at` is the end of a text whose last line has no break.
    pub(super) fn is_open_end(self, at: usize) -> bool {
        at == self.text.len() && !self.is_start(at)
    }

    /// Behind the comments below `start` that are indented deeper than `column`, blank lines between them included.
    pub(super) fn below_deeper_comments(self, start: usize, column: usize) -> usize {
        let (mut end, mut line) = (start, start);
        while line < self.text.len() {
            match self.comment_column(line) {
                Some(found) if found > column => end = next_line(self.text, line),
                None if self.is_blank(line) => {}
                _ => break,
            }
            line = next_line(self.text, line);
        }
        end
    }

    /// Behind the blank lines at `start`.
    pub(super) fn below_blanks(self, start: usize) -> usize {
        let mut line = start;
        while self.is_blank(line) {
            line = next_line(self.text, line);
        }
        line
    }

    fn is_start(self, at: usize) -> bool {
        at == self.first || self.text[..at].ends_with(['\n', '\r'])
    }
}

/// The scalar that a node ends with, if that is a block scalar: lines put behind it may become a part of it.
pub(super) fn final_block_scalar<'tree, 'src>(node: &'tree Node<'src>) -> Option<&'tree Node<'src>> {
    let mut last = node;
    loop {
        last = match &last.kind {
            Kind::Mapping(mapping) => &mapping.entries.last()?.value,
            Kind::Sequence(sequence) => &sequence.items.last()?.value,
            Kind::Scalar(scalar) => return matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded).then_some(last),
            Kind::Null | Kind::Alias(_) => return None,
        };
    }
}

/// Whether a block scalar has that indicator in its header.
pub(super) fn has_indicator(scalar: &Node<'_>, text: &str, indicator: char) -> bool {
    let header = scalar.content.of(text).split([' ', '\t', '\n', '\r']).next();
    header.is_some_and(|header| header.contains(indicator))
}

/// The comments that begin in `span`.
pub(super) fn comments_in(stream: &Stream<'_>, span: Span) -> Vec<Span> {
    let comments = stream.comments();
    let first = comments.partition_point(|comment| comment.start < span.start);
    comments[first..].iter().take_while(|comment| comment.start < span.end).copied().collect()
}
