//! The comments of a file, each with the lines that it stands on.
//!
//! What a comment stands beside, and what it says, is decided by who asks.

use crate::source::{Location, SourceFile, Span};
use crate::yaml::Stream;

/// A comment, or a run of own-line comments on consecutive lines, read as one text.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    /// The words, without `#`.
    pub(crate) text: String,
    /// From the first `#` to the end of the last line.
    pub(crate) at: Location,
    /// The 0-based first line.
    pub(crate) first_line: usize,
    /// The 0-based last line.
    pub(crate) last_line: usize,
    /// Whether nothing but blanks stands before it.
    pub(crate) own_line: bool,
}

/// All comments of a file, in order. Own-line comments that follow each other at one column are one.
pub(super) fn comments(stream: &Stream<'_>) -> Vec<Comment> {
    let source = stream.source;
    let mut found: Vec<Comment> = Vec::new();
    for &span in stream.comments() {
        let comment = read(source, span);
        match found.last_mut() {
            Some(last) if continues(source, last, &comment) => {
                last.text = format!("{} {}", last.text, comment.text).trim().to_owned();
                last.at.span.end = comment.at.span.end;
                last.last_line = comment.last_line;
            }
            _ => found.push(comment),
        }
    }
    found
}

fn read(source: &SourceFile, span: Span) -> Comment {
    let line = source.lines().line_of(span.start);
    let before = Span::new(source.lines().span(&source.text, line).start, span.start).of(&source.text);
    Comment {
        text: span.of(&source.text).trim_start_matches('#').trim().to_owned(),
        at: source.location(span),
        first_line: line,
        last_line: line,
        own_line: before.trim_start_matches('\u{feff}').trim().is_empty(),
    }
}

fn continues(source: &SourceFile, last: &Comment, next: &Comment) -> bool {
    let column = |comment: &Comment| source.line_column(comment.at.span.start).column;
    last.own_line && next.own_line && next.first_line == last.last_line + 1 && column(last) == column(next)
}
