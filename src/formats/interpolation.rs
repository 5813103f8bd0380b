//! Interpolation: `$NAME` and `${NAME:-default}` in the values of a Compose file.
//!
//! Follows section 12 of the Compose specification and, where that is silent, what Compose itself does: a `$` that
//! starts neither a name, a brace nor `$$` is plain text, and a `${…}` has to end on the line on which it starts. The
//! value remembers where every part of it is written, so that an editor can rewrite the default inside
//! `${DB_HOST:-localhost}` in place. Where the variables come from (shell, `.env`) is the caller's business.

use super::mapped::{Building, Mapped, Place};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// Defaults within defaults nest at most this deep; nothing written by a person comes near it.
const MAX_DEPTH: usize = 64;

/// Variables and their values, ordered by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Env {
    values: BTreeMap<String, Mapped>,
}

impl Env {
    /// The value of a variable; `None` when it is not set, an empty one when it is set and empty.
    pub(crate) fn get(&self, name: &str) -> Option<&Mapped> {
        self.values.get(name)
    }

    /// Sets a variable.
    pub(crate) fn insert(&mut self, name: impl Into<String>, value: impl Into<Mapped>) {
        self.values.insert(name.into(), value.into());
    }

    /// Sets those of the variables that are not set yet.
    pub(crate) fn complete<N: Into<String>, V: Into<Mapped>>(&mut self, more: impl IntoIterator<Item = (N, V)>) {
        for (name, value) in more {
            self.values.entry(name.into()).or_insert_with(|| value.into());
        }
    }

    /// All variables, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Mapped)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<N: Into<String>, V: Into<Mapped>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self { values: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

/// Raw text that Compose refuses to interpolate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateError {
    /// The byte of the raw text at which the offending `$` stands.
    pub(crate) offset: usize,
    /// What is wrong with it.
    pub(crate) kind: TemplateErrorKind,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TemplateErrorKind {
    /// `${` without a name, an operator or an end that Compose understands.
    Invalid,
    /// Defaults within defaults without end.
    TooDeep,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TemplateErrorKind::Invalid => f.write_str("invalid interpolation format"),
            TemplateErrorKind::TooDeep => f.write_str("interpolation is nested too deeply"),
        }
    }
}

impl std::error::Error for TemplateError {}

/// Puts the variables of `env` into `raw`.
///
/// # Errors
/// What Compose refuses to interpolate.
pub(crate) fn interpolate(raw: &Mapped, env: &Env) -> Result<Mapped, TemplateError> {
    if !raw.contains('$') {
        return Ok(raw.clone());
    }
    let mut interpolation = Interpolation { raw, env, depth: 0, inside: Vec::new(), done: Building::default() };
    interpolation.expand(0..raw.len())?;
    Ok(interpolation.done.finish())
}

/// One step of the raw text.
enum Token {
    Literal(Range<usize>),
    Escape(Range<usize>),
    Substitution(Substitution),
}

struct Substitution {
    span: Range<usize>,
    name: Range<usize>,
    alternative: Option<Alternative>,
}

/// What follows the name inside the braces: `:-text` and its like.
struct Alternative {
    kind: AlternativeKind,
    /// Whether the colon is there: an empty value then counts as none.
    empty_is_unset: bool,
    text: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AlternativeKind {
    Default,
    Required,
    Replacement,
}

struct Interpolation<'a> {
    raw: &'a Mapped,
    env: &'a Env,
    depth: usize,
    /// Where the expressions are written that are being expanded.
    inside: Vec<Place>,
    done: Building,
}

impl Interpolation<'_> {
    fn expand(&mut self, range: Range<usize>) -> Result<(), TemplateError> {
        let mut at = range.start;
        while at < range.end {
            match next_token(self.raw, at..range.end)? {
                Token::Literal(raw) => {
                    at = raw.end;
                    self.done.part(self.raw, &raw, &self.inside);
                }
                Token::Escape(raw) => {
                    at = raw.end;
                    self.done.other("$", &self.inside);
                }
                Token::Substitution(substitution) => {
                    at = substitution.span.end;
                    let open = self.inside.len();
                    self.inside.extend(self.raw.place(&substitution.span));
                    self.substitute(&substitution)?;
                    self.inside.truncate(open);
                }
            }
        }
        Ok(())
    }

    fn substitute(&mut self, substitution: &Substitution) -> Result<(), TemplateError> {
        let name = &self.raw[substitution.name.clone()];
        let value = self.env.get(name);
        let alternative = substitution.alternative.as_ref();
        let present = value.filter(|value| !(value.is_empty() && alternative.is_some_and(|alternative| alternative.empty_is_unset)));
        match (alternative, present) {
            (Some(Alternative { kind: AlternativeKind::Default, text, .. }), None)
            | (Some(Alternative { kind: AlternativeKind::Replacement, text, .. }), Some(_)) => {
                self.expand_inside(substitution, text.clone())
            }
            // Whoever runs Compose has to give a required variable a value; here it is one that is not known.
            (None | Some(Alternative { kind: AlternativeKind::Required, .. }), None) => {
                self.done.unset(name, &self.inside);
                Ok(())
            }
            _ => {
                if let Some(value) = value {
                    self.done.part(value, &(0..value.len()), &self.inside);
                }
                Ok(())
            }
        }
    }

    fn expand_inside(&mut self, substitution: &Substitution, text: Range<usize>) -> Result<(), TemplateError> {
        if self.depth == MAX_DEPTH {
            return Err(TemplateError { offset: substitution.span.start, kind: TemplateErrorKind::TooDeep });
        }
        self.depth += 1;
        let expanded = self.expand(text);
        self.depth -= 1;
        expanded
    }
}

/// The token at the start of `range`, which must not be empty.
fn next_token(raw: &str, range: Range<usize>) -> Result<Token, TemplateError> {
    let (start, text) = (range.start, &raw[range]);
    if text.starts_with("$$") {
        return Ok(Token::Escape(start..start + 2));
    }
    if text.starts_with("${") {
        let invalid = TemplateError { offset: start, kind: TemplateErrorKind::Invalid };
        return braced(text, start).map(Token::Substitution).ok_or(invalid);
    }
    if let Some(name) = text.strip_prefix('$').map(name_length).filter(|&length| length > 0) {
        let name = start + 1..start + 1 + name;
        return Ok(Token::Substitution(Substitution { span: start..name.end, name, alternative: None }));
    }
    // The first character is literal even if it is a `$`: it starts nothing.
    let end = text.char_indices().skip(1).find(|&(_, c)| c == '$').map_or(text.len(), |(at, _)| at);
    Ok(Token::Literal(start..start + end))
}

/// The `${…}` at the start of `text`, which stands at `offset` of the raw text.
fn braced(text: &str, offset: usize) -> Option<Substitution> {
    let length = name_length(&text[2..]);
    let operator = 2 + length;
    let name = offset + 2..offset + operator;
    if length == 0 {
        return None;
    }
    if text[operator..].starts_with('}') {
        return Some(Substitution { span: offset..offset + operator + 1, name, alternative: None });
    }
    let empty_is_unset = text[operator..].starts_with(':');
    let sign = operator + usize::from(empty_is_unset);
    let kind = match text[sign..].chars().next()? {
        '-' => AlternativeKind::Default,
        '?' => AlternativeKind::Required,
        '+' => AlternativeKind::Replacement,
        _ => return None,
    };
    let close = closing_brace(text, sign + 1)?;
    let alternative = Alternative { kind, empty_is_unset, text: offset + sign + 1..offset + close };
    Some(Substitution { span: offset..offset + close + 1, name, alternative: Some(alternative) })
}

/// How many bytes at the start of `text` make a variable name.
fn name_length(text: &str) -> usize {
    let length = text.bytes().take_while(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count();
    if text.starts_with(|first: char| first.is_ascii_digit()) { 0 } else { length }
}

/// The `}` that ends the expression at the start of `text`, looked for from `from` on. Braces are counted the way Compose
/// counts them, for which the character behind a `{` never counts; where that finds no end, the last `}` of the line is it.
fn closing_brace(text: &str, from: usize) -> Option<usize> {
    let line_end = text[from..].find('\n').map_or(text.len(), |at| from + at);
    let last = from + text[from..line_end].rfind('}')?;
    let mut open = 1;
    let mut bytes = text.bytes().enumerate().take(last + 1).skip(from);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'}' if open == 1 => return Some(at),
            b'}' => open -= 1,
            b'{' => {
                open += 1;
                bytes.next();
            }
            _ => {}
        }
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, Span};
    use proptest::prelude::*;

    fn env() -> Env {
        Env::from_iter([("SET", "value"), ("EMPTY", ""), ("PORT", "8080"), ("other", "x")])
    }

    /// A raw text at the start of a file.
    fn raw(text: &str) -> Mapped {
        let sources = Sources::default();
        let file = sources.add("compose.yaml", text);
        Mapped::whole(text, Place::Bytes(sources.get(file).location(Span::new(0, text.len()))))
    }

    fn interpolated(text: &str) -> Mapped {
        interpolate(&raw(text), &env()).unwrap()
    }

    fn value(raw: &str) -> String {
        interpolated(raw).as_str().to_owned()
    }

    #[test]
    fn every_form_gives_what_compose_gives() {
        let table = [
            ("plain", "plain"),
            ("$SET", "value"),
            ("$SET-x $other.y", "value-x x.y"),
            ("${SET}s", "values"),
            ("${UNSET}", ""),
            ("${UNSET:-d}", "d"),
            ("${EMPTY:-d}", "d"),
            ("${EMPTY-d}", ""),
            ("${UNSET-d}", "d"),
            ("${SET:-d}", "value"),
            ("${SET:?e}", "value"),
            ("${EMPTY?e}", ""),
            ("${SET:+r}", "r"),
            ("${EMPTY:+r}", ""),
            ("${EMPTY+r}", "r"),
            ("${UNSET+r}", ""),
            ("${UNSET:-${OTHER:-deep}}", "deep"),
            ("${UNSET:-${SET}}", "value"),
            ("${UNSET:-a-${PORT}}:${PORT}", "a-8080:8080"),
            ("${UNSET-a:-b}", "a:-b"),
            ("${UNSET:-http://x:1/}", "http://x:1/"),
            ("${UNSET:-}", ""),
            ("${UNSET:-{}}", "{}"),
            ("${UNSET:-$$x}", "$x"),
            ("$$SET $${SET}", "$SET ${SET}"),
            ("$$$SET", "$value"),
            ("cost $5 and $", "cost $5 and $"),
            ("é${SET}—$é", "évalue—$é"),
            ("${SET:-${}}", "value"),
            ("a\n${SET}\nb", "a\nvalue\nb"),
        ];
        for (raw, expected) in table {
            assert_eq!(value(raw), expected, "{raw}");
        }
    }

    #[test]
    fn what_compose_refuses_is_an_error_at_its_dollar() {
        for (raw, offset) in
            [("${}", 0), ("a ${", 2), ("${1A}", 0), ("${A b}", 0), ("x${SET:x}", 1), ("${UNSET:-a\n}", 0), ("${UNSET:-${}}", 9)]
        {
            assert_eq!(interpolate(&raw.into(), &env()), Err(TemplateError { offset, kind: TemplateErrorKind::Invalid }), "{raw}");
        }
    }

    #[test]
    fn a_required_variable_without_value_is_missing() {
        for raw in ["x${UNSET:?say it}y", "x${UNSET?say it}y"] {
            let done = interpolated(raw);
            assert_eq!((done.as_str(), done.unset().collect::<Vec<_>>()), ("xy", vec!["UNSET"]));
            assert_eq!(done.with_unset().as_str(), "x${UNSET}y");
        }
    }

    #[test]
    fn missing_variables_are_named_in_order() {
        let done = interpolated("$A ${B} ${C:-d} ${D:+r} ${E:-$F}");
        assert_eq!(done.unset().collect::<Vec<_>>(), ["A", "B", "F"]);
        assert_eq!(done.with_unset().as_str(), "${A} ${B} d  ${F}");
        assert!(interpolated("$SET ${C:-d}").is_known());
    }

    /// What has to be replaced in the raw text for the first occurrence of `needle` in the value to change.
    fn slot_of<'a>(raw: &'a str, needle: &str) -> Option<&'a str> {
        let done = interpolated(raw);
        let at = done.find(needle).expect("the value holds the needle");
        match done.slot(&(at..at + needle.len()))?.place {
            Place::Bytes(at) => Some(at.span.of(raw)),
            _ => None,
        }
    }

    #[test]
    fn a_place_in_the_value_leads_back_to_the_raw_text() {
        let table = [
            ("http://localhost:80", "localhost", Some("localhost")),
            ("${UNSET:-localhost}", "local", Some("local")),
            ("${UNSET:-localhost}", "localhost", Some("${UNSET:-localhost}")),
            ("${UNSET:-localhost:80}", "localhost", Some("localhost")),
            ("${UNSET:-localhost}:80", "localhost:80", None),
            ("http://${SET}:${PORT}/x", "8080", Some("${PORT}")),
            ("http://${SET}:${PORT}/x", "80", None),
            ("${U:-http://${H:-localhost}:${PORT}/x}", "8080", Some("${PORT}")),
            ("${U:-${H:-localhost}}", "localhost", Some("${U:-${H:-localhost}}")),
            ("$$localhost", "$localhost", None),
            ("$$localhost", "localhost", Some("localhost")),
        ];
        for (raw, needle, expected) in table {
            assert_eq!(slot_of(raw, needle), expected, "{needle} in {raw}");
        }
    }

    #[test]
    fn a_variables_value_leads_back_to_where_it_is_set() {
        let text = "localhost:5432";
        let env = Env::from_iter([("DB", raw(text))]);
        let done = interpolate(&"tcp://$DB/x".into(), &env).unwrap();
        let Some(Place::Bytes(host)) = done.place(&(6..15)) else { panic!("it is written") };
        assert_eq!(host.span.of(text), "localhost");
        let twice = Env::from_iter([("URL", done)]);
        let done = interpolate(&"${URL}".into(), &twice).unwrap();
        assert_eq!(done.place(&(6..15)), Some(Place::Bytes(host)));
    }

    #[test]
    fn endless_nesting_is_refused() {
        let raw = format!("{}{}", "${A:-".repeat(5000), "}".repeat(5000));
        assert_eq!(interpolate(&raw.as_str().into(), &env()).unwrap_err().kind, TemplateErrorKind::TooDeep);
    }

    proptest! {
        #[test]
        fn text_without_a_dollar_is_itself(raw in "[^$]*") {
            prop_assert_eq!(value(&raw), raw);
        }

        #[test]
        fn what_is_written_somewhere_is_written_there(text in "([a-zé:{}\n?+-]|\\$|\\$\\{|UNSET|SET|:-){0,24}") {
            if let Ok(done) = interpolate(&raw(&text), &env()) {
                for (at, char) in done.char_indices() {
                    let range = at..at + char.len_utf8();
                    if let Some(Place::Bytes(there)) = done.place(&range) {
                        prop_assert_eq!(there.span.of(&text), &done[range]);
                    }
                }
                prop_assert_eq!(done.from(0), done);
            }
        }
    }
}
