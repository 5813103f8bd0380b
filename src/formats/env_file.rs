//! Env files: the format of `.env` and of what `env_file:` names.
//!
//! [`parse`] reads the format as Compose does: `export`, quotes that may span lines, escapes in double quotes, comments,
//! `NAME: value`, a bare `NAME` that passes a variable through, and interpolation outside single quotes. [`parse_raw`]
//! reads `format: raw`. Lines keep the bytes of their names and values, for evidence and edits. Env files are full of
//! secrets: no message here repeats any of their text.

use super::interpolation::{Env, interpolate};
use super::mapped::{Building, Mapped, Place};
use crate::source::{SourceFile, Sources, Span};
use std::fmt;

/// A variable that an env file sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnvLine {
    /// Its name.
    pub(crate) name: String,
    /// Its value; `None` when the line is a bare `NAME` and the environment has no such variable.
    pub(crate) value: Option<Mapped>,
    /// The bytes of the name.
    pub(crate) name_span: Span,
    /// The bytes of the value without its quotes: as written, before escapes and interpolation. Empty for a bare `NAME`.
    pub(crate) value_span: Span,
    /// How the value is quoted.
    pub(crate) quoting: Quoting,
}

/// How a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// Not at all.
    Plain,
    /// `'…'`: taken as it is.
    Single,
    /// `"…"`: escapes and variables are expanded.
    Double,
}

/// An env file that Compose refuses to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnvFileError {
    /// What is wrong: lower case, no full stop, without text from the file.
    pub(crate) message: &'static str,
    /// Where.
    pub(crate) span: Span,
}

impl fmt::Display for EnvFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for EnvFileError {}

/// Reads an env file. `lookup` is the environment that variables in values are looked up in first; earlier lines of the
/// file come second.
pub(crate) fn parse(file: &SourceFile, lookup: &Env) -> Result<Vec<EnvLine>, EnvFileError> {
    let mut reader = Reader { file, text: &file.text, at: byte_order_mark(&file.text), scope: lookup.clone(), lookup };
    let mut lines = Vec::new();
    while reader.skip_to_statement() {
        let Some(line) = reader.statement()? else { continue };
        if let (None, Some(value)) = (lookup.get(&line.name), &line.value) {
            reader.scope.insert(&line.name, value.clone());
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Reads an env file of `format: raw`: every line is `NAME=value`, and the value is taken as it is.
pub(crate) fn parse_raw(file: &SourceFile, lookup: &Env) -> Result<Vec<EnvLine>, EnvFileError> {
    let text = file.text.as_str();
    let mut lines = Vec::new();
    let mut next = byte_order_mark(text);
    while next < text.len() {
        let start = next;
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        next = end + 1;
        let line = text[start..end].strip_suffix('\r').unwrap_or(&text[start..end]);
        let statement = line.trim_start();
        if statement.is_empty() || statement.starts_with('#') {
            continue;
        }
        let start = start + line.len() - statement.len();
        let name = statement.split('=').next().unwrap_or_default();
        let name_span = Span::new(start, start + name.len());
        check_raw_name(name, name_span)?;
        let value = statement.get(name.len() + 1..);
        let value_span = Span::new(start + statement.len() - value.map_or(0, str::len), start + statement.len());
        let value = value.map(|_| written(file, value_span)).or_else(|| lookup.get(name).cloned());
        lines.push(EnvLine { name: name.to_owned(), value, name_span, value_span, quoting: Quoting::Plain });
    }
    Ok(lines)
}

/// The variables that the text of an env file sets, without the places at which it does. The last line of a name counts.
pub(crate) fn variables(text: &str) -> Result<Env, EnvFileError> {
    let sources = Sources::default();
    let file = sources.add("", text);
    let lines = parse(sources.get(file), &Env::default())?;
    Ok(lines.into_iter().filter_map(|line| Some((line.name, line.value?.as_str().to_owned()))).collect())
}

struct Reader<'a> {
    file: &'a SourceFile,
    text: &'a str,
    at: usize,
    /// The environment together with what earlier lines have set.
    scope: Env,
    lookup: &'a Env,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Moves behind blanks and comments; `false` at the end of the file.
    fn skip_to_statement(&mut self) -> bool {
        loop {
            self.at = self.text.len() - self.rest().trim_start().len();
            if !self.rest().starts_with('#') {
                return !self.rest().is_empty();
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Reads one statement; `None` when it names no variable.
    fn statement(&mut self) -> Result<Option<EnvLine>, EnvFileError> {
        if let Some(behind) = self.rest().strip_prefix("export").filter(|behind| behind.starts_with(char::is_whitespace)) {
            self.at = self.text.len() - behind.trim_start_matches(is_blank).len();
        }
        let (name_span, separator) = self.name()?;
        let name = name_span.of(self.text);
        if matches!(separator, None | Some('\n')) {
            let value = self.lookup.get(name).cloned();
            let (name, value_span) = (name.to_owned(), Span::at(name_span.end));
            return Ok((!name.is_empty()).then_some(EnvLine { name, value, name_span, value_span, quoting: Quoting::Plain }));
        }
        self.at = self.text.len() - self.rest().trim_start_matches(is_blank).len();
        let (value_span, quoting) = self.value()?;
        if name.is_empty() {
            return Err(EnvFileError { message: "a value without a variable name", span: Span::at(name_span.start) });
        }
        let value = Some(self.decode(value_span, quoting)?);
        Ok(Some(EnvLine { name: name.to_owned(), value, name_span, value_span, quoting }))
    }

    /// Reads a name and the character that ends it.
    fn name(&mut self) -> Result<(Span, Option<char>), EnvFileError> {
        let start = self.at;
        let end_of = |end: usize| Span::new(start, start + self.text[start..end].trim_end().len());
        for (at, c) in self.text[start..].char_indices().map(|(at, c)| (start + at, c)) {
            match c {
                '=' | ':' | '\n' => {
                    let span = end_of(at);
                    if span.of(self.text).contains(' ') {
                        return Err(EnvFileError { message: "a variable name cannot contain a space", span });
                    }
                    self.at = at + 1;
                    return Ok((span, Some(c)));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                _ if is_blank(c) || c.is_alphanumeric() => {}
                _ => {
                    let span = Span::new(at, at + c.len_utf8());
                    return Err(EnvFileError { message: "unexpected character in a variable name", span });
                }
            }
        }
        let span = end_of(self.text.len());
        self.at = self.text.len();
        Ok((span, None))
    }

    /// Reads a value and moves behind it.
    fn value(&mut self) -> Result<(Span, Quoting), EnvFileError> {
        let quoting = match self.rest().chars().next() {
            Some('\'') => Quoting::Single,
            Some('"') => Quoting::Double,
            _ => return Ok((self.plain_value(), Quoting::Plain)),
        };
        let (open, quote) = (self.at, self.rest().as_bytes().first().copied());
        let mut escaped = false;
        for (at, byte) in self.text.bytes().enumerate().skip(open + 1) {
            if !escaped && Some(byte) == quote {
                self.at = at + 1;
                return Ok((Span::new(open + 1, at), quoting));
            }
            escaped = byte == b'\\' && !escaped;
        }
        Err(EnvFileError { message: "unterminated quoted value", span: Span::new(open, open + 1) })
    }

    fn plain_value(&mut self) -> Span {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let value = line.split(" #").next().unwrap_or_default().trim_end();
        let span = Span::new(self.at, self.at + value.len());
        self.at = (self.at + line.len() + 1).min(self.text.len());
        span
    }

    /// What the written value means.
    fn decode(&self, span: Span, quoting: Quoting) -> Result<Mapped, EnvFileError> {
        let written = written(self.file, span);
        let template = match quoting {
            Quoting::Plain => written,
            Quoting::Single => return Ok(unescape_quote(&written, '\'')),
            Quoting::Double => unescape(&unescape_quote(&written, '"')),
        };
        interpolate(&template, &self.scope).map_err(|_| EnvFileError { message: "invalid interpolation in a value", span })
    }
}

/// A value as it is written.
fn written(file: &SourceFile, span: Span) -> Mapped {
    Mapped::whole(span.of(&file.text), Place::Bytes(file.location(span)))
}

/// How many bytes the byte order mark takes up.
fn byte_order_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

fn check_raw_name(name: &str, span: Span) -> Result<(), EnvFileError> {
    if name.is_empty() {
        return Err(EnvFileError { message: "a value without a variable name", span });
    }
    if name.contains(char::is_whitespace) {
        return Err(EnvFileError { message: "a variable name cannot contain a space", span });
    }
    Ok(())
}

/// White space that does not end a line.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// Drops the backslash of an escaped quote and leaves all other escapes as they are.
fn unescape_quote(written: &Mapped, quote: char) -> Mapped {
    let mut value = Building::default();
    let mut start = 0;
    let mut chars = written.char_indices();
    while let Some((at, char)) = chars.next() {
        if char == '\\' && chars.next().is_some_and(|(_, next)| next == quote) {
            value.part(written, &(start..at), &[]);
            start = at + 1;
        }
    }
    if start == 0 {
        return written.clone();
    }
    value.part(written, &(start..written.len()), &[]);
    value.finish()
}

/// Expands the escapes of double quotes. `\$` becomes `$$`, which interpolation turns into a plain dollar sign.
fn unescape(quoted: &Mapped) -> Mapped {
    if !quoted.contains('\\') {
        return quoted.clone();
    }
    let mut value = Building::default();
    let mut start = 0;
    while let Some(at) = quoted[start..].find('\\').map(|at| start + at) {
        value.part(quoted, &(start..at), &[]);
        let escape = &quoted[at + 1..];
        let (text, length) = match escape.chars().next() {
            Some('a') => ("\u{7}".to_owned(), 1),
            Some('b') => ("\u{8}".to_owned(), 1),
            Some('f') => ("\u{c}".to_owned(), 1),
            Some('n') => ("\n".to_owned(), 1),
            Some('r') => ("\r".to_owned(), 1),
            Some('t') => ("\t".to_owned(), 1),
            Some('v') => ("\u{b}".to_owned(), 1),
            Some('"') => ("\"".to_owned(), 1),
            Some('\\') => ("\\".to_owned(), 1),
            Some('$') => ("$$".to_owned(), 1),
            Some('0') => octal(escape),
            _ => ("\\".to_owned(), 0),
        };
        value.other(&text, &[]);
        start = at + 1 + length;
    }
    value.part(quoted, &(start..quoted.len()), &[]);
    value.finish()
}

/// The character that `0` and three octal digits stand for, and the bytes that spell it; without the digits a backslash.
fn octal(escape: &str) -> (String, usize) {
    let code = escape.get(1..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
        Some(code) => (char::from(code).to_string(), 4),
        None => ("\\".to_owned(), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(text: &str) -> SourceFile {
        let sources = Sources::default();
        let id = sources.add(".env", text);
        sources.get(id).clone()
    }

    fn environment() -> Env {
        Env::from_iter([("HOME", "/root"), ("SHELL_SET", "shell")])
    }

    fn read(text: &str) -> Vec<(String, String)> {
        let lines = parse(&file(text), &environment()).unwrap();
        lines
            .into_iter()
            .map(|line| (line.name, line.value.map_or_else(|| "(unset)".to_owned(), |value| value.as_str().to_owned())))
            .collect()
    }

    #[test]
    fn every_spelling_gives_what_compose_gives() {
        let table = [
            ("A=1", "A", "1"),
            ("\u{feff}A=1\r\n", "A", "1"),
            ("  export A = 1 ", "A", "1"),
            ("A: yaml", "A", "yaml"),
            ("A=", "A", ""),
            ("A=b=c", "A", "b=c"),
            ("A=1 # comment", "A", "1"),
            ("A=1#no", "A", "1#no"),
            ("A='1 # no' # yes", "A", "1 # no"),
            ("A=\"1 # no\" # yes", "A", "1 # no"),
            ("A='$HOME'", "A", "$HOME"),
            ("A=$HOME/x", "A", "/root/x"),
            ("A=\"${HOME}\"", "A", "/root"),
            ("A=\"\\$HOME\"", "A", "$HOME"),
            ("A=${B:-d}", "A", "d"),
            ("A=\"a\\nb\\t\\\\n\\\"q\\\"\"", "A", "a\nb\t\\n\"q\""),
            ("A=\"\\0101\\q\"", "A", "A\\q"),
            ("A='it\\'s \\n'", "A", "it's \\n"),
            ("A=\"two\nlines\"", "A", "two\nlines"),
            ("A=it's", "A", "it's"),
            ("HOME\n", "HOME", "/root"),
            ("HOME", "HOME", "/root"),
            ("NOWHERE\r\n", "NOWHERE", "(unset)"),
            ("# c\n\n   # c=d\nA=1", "A", "1"),
        ];
        for (text, name, value) in table {
            assert_eq!(read(text), [(name.to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn the_environment_beats_earlier_lines() {
        let read = read("A=1\nB=$A\nSHELL_SET=file\nC=$SHELL_SET\nB=2\n");
        let values: Vec<_> = read.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["1", "1", "file", "shell", "2"]);
    }

    #[test]
    fn spans_hold_the_written_value_without_quotes() {
        let text = "\u{feff}A = \"x${HOME}\" # c\r\nexport B=y\r\nHOME\r\n";
        let lines = parse(&file(text), &environment()).unwrap();
        let spans: Vec<_> = lines.iter().map(|line| (line.name_span.of(text), line.value_span.of(text), line.quoting)).collect();
        assert_eq!(spans, [("A", "x${HOME}", Quoting::Double), ("B", "y", Quoting::Plain), ("HOME", "", Quoting::Plain)]);
    }

    #[test]
    fn a_part_of_a_value_leads_back_to_the_bytes_that_spell_it() {
        let text = "HOST=localhost\nURL=\"redis://$HOST:6379/\\n\\\"x\\\"\"\n";
        let lines = parse(&file(text), &environment()).unwrap();
        let url = lines[1].value.as_ref().unwrap();
        assert_eq!(url.as_str(), "redis://localhost:6379/\n\"x\"");
        let written = |needle: &str| {
            let at = url.find(needle).unwrap();
            match url.place(&(at..at + needle.len())) {
                Some(Place::Bytes(place)) => Some((place.span.start, place.span.of(text))),
                _ => None,
            }
        };
        assert_eq!(written("localhost"), Some((5, "localhost")));
        assert_eq!(written("6379"), Some((text.find("6379").unwrap(), "6379")));
        assert_eq!(written("x"), Some((text.find('x').unwrap(), "x")));
        assert_eq!(written("localhost:6379"), None);
    }

    #[test]
    fn errors_say_where_and_never_what() {
        let table = [
            ("A=1\nB='s3cret", "unterminated quoted value", 6..7),
            ("A B=s3cret", "a variable name cannot contain a space", 0..3),
            ("A!=s3cret", "unexpected character in a variable name", 1..2),
            ("=s3cret", "a value without a variable name", 0..0),
            ("A=${s3cret", "invalid interpolation in a value", 2..10),
        ];
        for (text, message, span) in table {
            assert_eq!(parse(&file(text), &environment()), Err(EnvFileError { message, span: Span::new(span.start, span.end) }), "{text}");
        }
    }

    #[test]
    fn raw_values_are_taken_as_they_are() {
        let text = "\u{feff}# c\r\nA='$HOME' # x\r\n  B=\r\n\r\nHOME\r\nC=a=b ";
        let lines = parse_raw(&file(text), &environment()).unwrap();
        let read: Vec<_> = lines.iter().map(|line| (line.name.as_str(), line.value.as_deref(), line.value_span.of(text))).collect();
        let expected =
            [("A", Some("'$HOME' # x"), "'$HOME' # x"), ("B", Some(""), ""), ("HOME", Some("/root"), ""), ("C", Some("a=b "), "a=b ")];
        assert_eq!(read, expected);
        assert!(parse_raw(&file("A B=1"), &environment()).is_err());
        assert!(parse_raw(&file("=1"), &environment()).is_err());
    }

    proptest! {
        #[test]
        fn spans_fit_any_text(text in "([A-C]|é|=|:|\"|'|\\\\|\\$|#| |\r|\n|export |0){0,30}") {
            for lines in [parse(&file(&text), &environment()), parse_raw(&file(&text), &environment())] {
                for line in lines.unwrap_or_default() {
                    prop_assert_eq!(line.name_span.of(&text), line.name);
                    prop_assert!(text.get(line.value_span.start..line.value_span.end).is_some());
                    prop_assert!(line.name_span.end <= line.value_span.start);
                }
            }
        }
    }
}
