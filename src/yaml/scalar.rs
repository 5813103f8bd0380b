//! What the text of a scalar stands for, byte by byte (YAML 1.2.2 sections 7.3 and 8.1).
//!
//! The decoder is our own on purpose: at parse time it confirms that a span holds just the value which the parser
//! announced, and later it tells which bytes of the file a part of a value is written in. It validates nothing.

use super::ScalarStyle;
use crate::source::Span;
use std::ops::Range;

/// A decoded scalar.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// The value.
    pub(super) text: String,
    runs: Vec<Run>,
}

/// Bytes of the value that stand in the scalar's text literally.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// Offset in the value.
    value: usize,
    /// Offset in the scalar's text.
    source: usize,
    length: usize,
}

/// What a line is to the block scalar above it.
pub(super) enum BlockLine {
    /// A line of it, from behind the indentation to its end.
    Content(Span),
    /// An empty line, which may or may not belong to it.
    Blank,
    /// The first line that is none of its.
    Outside,
}

/// Decodes `written`, the whole text of a scalar. The announced `value` only tells the indentation of a block scalar.
pub(super) fn decode(style: ScalarStyle, written: &str, value: &str) -> Decoded {
    let mut decoded = Decoded::default();
    match style {
        ScalarStyle::Plain => decoded.flow(written, 0..written.len(), Escapes::None),
        ScalarStyle::SingleQuoted => decoded.flow(written, inside_quotes(written), Escapes::Quote),
        ScalarStyle::DoubleQuoted => decoded.flow(written, inside_quotes(written), Escapes::Backslash),
        ScalarStyle::Literal | ScalarStyle::Folded => decoded.block(written, value),
    }
    decoded
}

/// Where the bytes `range` of the decoded value stand in `written`, if they stand there literally and in one piece: no
/// escape, no fold and no indentation lies between them.
pub(super) fn locate(style: ScalarStyle, written: &str, value: &str, range: Range<usize>) -> Option<Span> {
    if range.start > range.end {
        return None;
    }
    let decoded = decode(style, written, value);
    let run = decoded.runs.iter().find(|run| run.value <= range.start && range.end <= run.value + run.length)?;
    let start = run.source + (range.start - run.value);
    Some(Span::new(start, start + range.len()))
}

/// The indentation of the block scalar whose lines `text` starts with: the first line with more than spaces on it
/// is as far from the margin as the same line of the value, and by the indentation farther.
pub(super) fn block_indent(text: &str, value: &str) -> usize {
    let spaces = |text: &str| {
        let line = text.split(['\n', '\r']).find(|line| line.bytes().any(|byte| byte != b' '))?;
        Some(line.len() - line.trim_start_matches(' ').len())
    };
    match (spaces(text), spaces(value)) {
        (Some(written), Some(own)) => written.saturating_sub(own),
        // No line has content, so none may be taken for one.
        _ => usize::MAX,
    }
}

/// What the line at `start` of `text` is to a block scalar with that indentation.
pub(super) fn block_line(text: &str, start: usize, indent: usize) -> BlockLine {
    let end = line_end(text, start);
    let line = &text[start..end];
    let spaces = line.len() - line.trim_start_matches(' ').len();
    if spaces == line.len() && spaces <= indent {
        BlockLine::Blank
    } else if spaces < indent || (indent == 0 && is_document_marker(line)) {
        BlockLine::Outside
    } else {
        BlockLine::Content(Span::new(start + indent, end))
    }
}

fn is_document_marker(line: &str) -> bool {
    let behind = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    behind.is_some_and(|behind| behind.is_empty() || behind.starts_with([' ', '\t']))
}

/// The end of the line that `at` is on, without its break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.as_bytes()[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(text.len(), |length| at + length)
}

/// The start of the line below the one that `at` is on; the end of the text if there is none.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    end + break_length(&text[end..])
}

/// How many bytes the line break is long that `text` starts with; 0 if there is none.
pub(super) fn break_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    None,
    Quote,
    Backslash,
}

fn inside_quotes(written: &str) -> Range<usize> {
    1..written.len().saturating_sub(1).max(1)
}

impl Decoded {
    /// A flow scalar: lines are folded, escapes are resolved.
    fn flow(&mut self, written: &str, range: Range<usize>, escapes: Escapes) {
        let text = &written[..range.end];
        let mut at = range.start;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            if break_length(&rest[blanks..]) > 0 {
                at = self.fold(text, at + blanks);
            } else if blanks > 0 {
                self.literal(text, at, blanks);
                at += blanks;
            } else if c == '\'' && escapes == Escapes::Quote {
                self.text.push('\'');
                at += 2;
            } else if c == '\\' && escapes == Escapes::Backslash {
                at = self.escape(text, at + 1);
            } else {
                self.literal(text, at, c.len_utf8());
                at += c.len_utf8();
            }
        }
    }

    /// From a line break to the next text: one break is a space, each further one stands for itself.
    fn fold(&mut self, text: &str, at: usize) -> usize {
        let (at, breaks) = skip_breaks(text, at);
        match breaks {
            1 => self.text.push(' '),
            _ => self.text.extend(std::iter::repeat_n('\n', breaks - 1)),
        }
        at
    }

    /// From behind a backslash to behind the escape sequence.
    fn escape(&mut self, text: &str, at: usize) -> usize {
        let rest = &text[at..];
        if break_length(rest) > 0 {
            let (at, breaks) = skip_breaks(text, at);
            self.text.extend(std::iter::repeat_n('\n', breaks - 1));
            return at;
        }
        let Some(c) = rest.chars().next() else { return text.len() };
        let digits = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let code = rest.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        let resolved = match c {
            '0' => '\0',
            'a' => '\x07',
            'b' => '\x08',
            't' => '\t',
            'n' => '\n',
            'v' => '\x0b',
            'f' => '\x0c',
            'r' => '\r',
            'e' => '\x1b',
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            _ => code.unwrap_or(c),
        };
        self.text.push(resolved);
        // A code that is not all there was refused by the parser.
        (at + c.len_utf8() + digits).min(text.len())
    }

    /// A block scalar, header included.
    fn block(&mut self, written: &str, value: &str) {
        let header = &written[..line_end(written, 0)];
        let indicators = header.find([' ', '\t', '#']).map_or(header, |end| &header[..end]);
        let folded = header.starts_with('>');
        let mut line = next_line(written, 0);
        let indent = block_indent(&written[line..], value);
        let (mut breaks, mut previous_indented, mut any) = (0, false, false);
        while line < written.len() {
            if let BlockLine::Content(content) = block_line(written, line, indent) {
                let indented = content.of(written).starts_with([' ', '\t']);
                match breaks {
                    0 => {}
                    _ if !folded || !any || indented || previous_indented => self.text.extend(std::iter::repeat_n('\n', breaks)),
                    1 => self.text.push(' '),
                    _ => self.text.extend(std::iter::repeat_n('\n', breaks - 1)),
                }
                self.literal(written, content.start, content.end - content.start);
                (breaks, previous_indented, any) = (0, indented, true);
            }
            breaks += 1;
            line = next_line(written, line);
        }
        if !any && value.bytes().all(|byte| byte == b'\n') {
            // Nothing but line breaks, which at the end of a text the parser counts in a way of its own.
            self.text.push_str(value);
            return;
        }
        let kept = match indicators {
            _ if indicators.contains('-') => 0,
            _ if indicators.contains('+') => breaks,
            _ => usize::from(any),
        };
        self.text.extend(std::iter::repeat_n('\n', kept));
    }

    fn literal(&mut self, written: &str, source: usize, length: usize) {
        let value = self.text.len();
        self.text.push_str(&written[source..source + length]);
        match self.runs.last_mut() {
            Some(run) if run.value + run.length == value && run.source + run.length == source => run.length += length,
            _ => self.runs.push(Run { value, source, length }),
        }
    }
}

/// From a line break over all breaks and blanks to the next text; also counts the breaks.
fn skip_breaks(text: &str, mut at: usize) -> (usize, usize) {
    let mut breaks = 0;
    loop {
        let length = break_length(&text[at..]);
        breaks += usize::from(length > 0);
        at += length;
        let rest = &text[at..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        at += blanks;
        if length == 0 && break_length(&text[at..]) == 0 {
            return (at, breaks);
        }
    }
}
