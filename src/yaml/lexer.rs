//! Finds where the things that parser events announce are written.
//!
//! The parser says what comes next but not exactly where it starts or ends, so a cursor walks the text forward: every
//! step either skips what may lie between nodes (blanks, line breaks, comments) or takes the very thing that was
//! announced. What does not fit is an error, and the file is left alone; so gaps hold nothing but trivia and
//! indicators, and spans nest, by construction. This module decides nothing about structure.

use super::scalar;
use super::{Alias, Anchor, ScalarStyle, SyntaxError, Tag};
use crate::source::Span;
use std::borrow::Cow;

/// Allowed are the printable characters of YAML 1.2.2 section 5.1.
pub(super) fn reject_control_characters(text: &str) -> Result<(), SyntaxError> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{85}') || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    match text.char_indices().find(|&(_, c)| !allowed(c)) {
        None => Ok(()),
        Some((at, c)) => {
            let message = format!("control character U+{:04X} is not allowed", u32::from(c));
            Err(SyntaxError::invalid(message, Span::new(at, at + c.len_utf8())))
        }
    }
}

/// A cursor in the text of a file.
pub(super) struct Lexer<'src> {
    text: &'src str,
    at: usize,
}

impl<'src> Lexer<'src> {
    /// A lexer whose cursor stands at `start`.
    pub(super) fn new(text: &'src str, start: usize) -> Self {
        Self { text, at: start }
    }

    /// Where the cursor stands.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// Puts the cursor back to an offset where it has been.
    pub(super) fn rewind(&mut self, offset: usize) {
        self.at = offset;
    }

    /// Whether the next byte is `byte`.
    pub(super) fn is_at(&self, byte: u8) -> bool {
        self.peek(0) == Some(byte)
    }

    /// Whether the next byte is `byte` and a blank, a line break or the end of the text comes behind it.
    pub(super) fn is_at_indicator(&self, byte: u8) -> bool {
        self.is_at(byte) && self.peek(1).is_none_or(is_white)
    }

    /// Takes `byte`.
    pub(super) fn take(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if !self.is_at(byte) {
            return Err(self.unsupported());
        }
        self.at += 1;
        Ok(())
    }

    /// Takes `byte` when it is an indicator, that is, when a blank, a line break or the end of the text is behind it.
    pub(super) fn take_indicator(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if self.is_at_indicator(byte) { self.take(byte) } else { Err(self.unsupported()) }
    }

    /// Skips blanks, line breaks and comments.
    pub(super) fn skip_trivia(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'#' => self.skip_to_line_end(),
                _ if is_white(byte) => self.at += 1,
                _ => break,
            }
        }
    }

    /// Skips all that may stand in front of a document: directives, end markers of the one before, its own `---`.
    pub(super) fn start_document(&mut self) {
        loop {
            self.skip_trivia();
            if self.is_at_line_start() && self.is_at(b'%') {
                self.skip_to_line_end();
            } else if self.is_at_marker("...") {
                self.at += 3;
            } else if self.is_at_marker("---") {
                self.at += 3;
                return;
            } else {
                return;
            }
        }
    }

    /// Skips what may stand behind the last document, which must be all there is.
    pub(super) fn end_stream(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.skip_trivia();
            if self.is_at_marker("...") {
                self.at += 3;
            } else if self.at < self.text.len() {
                return Err(self.unsupported());
            } else {
                return Ok(());
            }
        }
    }

    /// Takes an anchor property.
    pub(super) fn anchor(&mut self, id: usize) -> Result<Anchor<'src>, SyntaxError> {
        let start = self.at;
        self.take(b'&')?;
        let name = self.name();
        Ok(Anchor { name, id, span: Span::new(start, self.at) })
    }

    /// Takes a tag property.
    pub(super) fn tag(&mut self) -> Result<Tag<'src>, SyntaxError> {
        let start = self.at;
        self.take(b'!')?;
        if self.is_at(b'<') {
            let length = self.rest().find('>').ok_or_else(|| self.unsupported())?;
            self.at += length + 1;
        } else {
            self.name();
        }
        let span = Span::new(start, self.at);
        Ok(Tag { text: span.of(self.text), span })
    }

    /// Takes an alias of the anchor with that id.
    pub(super) fn alias(&mut self, anchor: usize) -> Result<Alias<'src>, SyntaxError> {
        self.take(b'*')?;
        Ok(Alias { name: self.name(), anchor })
    }

    /// Takes a scalar whose decoded value is known and makes sure that the text does decode to it.
    pub(super) fn scalar(&mut self, style: ScalarStyle, value: String) -> Result<(Span, Cow<'src, str>), SyntaxError> {
        let start = self.at;
        match style {
            ScalarStyle::Plain => self.plain(&value)?,
            ScalarStyle::SingleQuoted => self.quoted(b'\'')?,
            ScalarStyle::DoubleQuoted => self.quoted(b'"')?,
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_scalar(&value)?,
        }
        let span = Span::new(start, self.at);
        let written = span.of(self.text);
        let inner = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => &written[1..written.len() - 1],
            _ => written,
        };
        if inner == value {
            return Ok((span, Cow::Borrowed(inner)));
        }
        if scalar::decode(style, written, &value).text != value {
            return Err(SyntaxError::unsupported("this scalar is not supported", span));
        }
        Ok((span, Cow::Owned(value)))
    }

    /// An error at the cursor.
    pub(super) fn unsupported(&self) -> SyntaxError {
        let length = self.rest().chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8);
        SyntaxError::unsupported("this YAML construct is not supported", Span::new(self.at, self.at + length))
    }

    /// To the last character of the value: blanks apart, a plain scalar is written as it reads.
    fn plain(&mut self, value: &str) -> Result<(), SyntaxError> {
        for wanted in value.chars().filter(|&c| !matches!(c, ' ' | '\t' | '\n')) {
            while self.peek(0).is_some_and(is_white) {
                self.at += 1;
            }
            if !self.rest().starts_with(wanted) {
                return Err(self.unsupported());
            }
            self.at += wanted.len_utf8();
        }
        Ok(())
    }

    /// To the closing quote.
    fn quoted(&mut self, quote: u8) -> Result<(), SyntaxError> {
        self.take(quote)?;
        loop {
            match self.peek(0) {
                None => return Err(self.unsupported()),
                Some(b'\\') if quote == b'"' => self.at += 2,
                Some(byte) if byte == quote && quote == b'\'' && self.peek(1) == Some(quote) => self.at += 2,
                Some(byte) if byte == quote => break,
                Some(_) => self.at += 1,
            }
        }
        self.take(quote)
    }

    /// To the end of the last content line; of a scalar that keeps its final line breaks, behind the last of them.
    fn block_scalar(&mut self, value: &str) -> Result<(), SyntaxError> {
        let header = self.at;
        self.at += 1;
        while self.peek(0).is_some_and(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9')) {
            self.at += 1;
        }
        let keep = self.text[header..self.at].contains('+');
        let lines = scalar::next_line(self.text, self.at);
        let indent = scalar::block_indent(&self.text[lines..], value);
        let (mut line, mut blank_lines) = (lines, false);
        while line < self.text.len() {
            match scalar::block_line(self.text, line, indent) {
                scalar::BlockLine::Content(content) => {
                    self.at = content.end;
                    blank_lines = false;
                }
                scalar::BlockLine::Blank => blank_lines = true,
                scalar::BlockLine::Outside => break,
            }
            line = scalar::next_line(self.text, line);
        }
        if keep && blank_lines {
            self.at = line;
        }
        Ok(())
    }

    /// The name of an anchor, an alias or a tag's suffix.
    fn name(&mut self) -> &'src str {
        let (start, text) = (self.at, self.text);
        while self.peek(0).is_some_and(|byte| !is_white(byte) && !b",[]{}".contains(&byte)) {
            self.at += 1;
        }
        &text[start..self.at]
    }

    fn is_at_marker(&self, marker: &str) -> bool {
        self.is_at_line_start() && self.rest().starts_with(marker) && self.peek(3).is_none_or(is_white)
    }

    fn is_at_line_start(&self) -> bool {
        matches!(self.text[..self.at].chars().next_back(), None | Some('\n' | '\r' | '\u{feff}'))
    }

    fn skip_to_line_end(&mut self) {
        self.at = scalar::line_end(self.text, self.at);
    }

    fn rest(&self) -> &'src str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
