//! Interpolation: `$NAME` and `${NAME:-default}` in the values of a Compose file.
//!
//! Follows section 12 of the Compose specification and, where that is silent, what Compose itself does: a `$` that
//! starts neither a name, a brace nor `$$` is plain text, and a `${…}` has to end on the line on which it starts. The
//! result remembers which raw text every part of the value came from, so that an editor can rewrite the default inside
//! `${DB_HOST:-localhost}` in place. Where the variables come from (shell, `.env`) is the caller's business.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// Defaults within defaults nest at most this deep; nothing written by a person comes near it.
const MAX_DEPTH: usize = 64;

/// Variables and their values, ordered by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Env {
    values: BTreeMap<String, String>,
}

impl Env {
    /// The value of a variable; `None` when it is not set, `Some("")` when it is set and empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Sets a variable and returns the value that it had before.
    pub(crate) fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) -> Option<String> {
        self.values.insert(name.into(), value.into())
    }

    /// Sets those of the variables that are not set yet.
    pub(crate) fn complete<N: Into<String>>(&mut self, more: impl IntoIterator<Item = (N, String)>) {
        for (name, value) in more {
            self.values.entry(name.into()).or_insert(value);
        }
    }

    /// All variables, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self { values: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

/// A value after interpolation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interpolated {
    /// The text that Compose goes on with.
    pub(crate) value: String,
    /// Variables that were needed and have neither a value nor a default, each once, in order of appearance.
    pub(crate) missing: Vec<String>,
    /// Where the value came from: in order, without gaps in the value.
    pub(crate) pieces: Vec<Piece>,
}

/// A part of an interpolated value and the raw text behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The bytes of the raw text: the literal itself, or the whole `${…}`.
    pub(crate) raw: Range<usize>,
    /// The bytes of the value.
    pub(crate) value: Range<usize>,
    /// How the one became the other.
    pub(crate) kind: PieceKind,
    /// The raw bytes of every `${…}` that this piece is written inside of, outermost first.
    pub(crate) inside: Vec<Range<usize>>,
}

/// How raw text became value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// Byte for byte.
    Literal,
    /// `$$` became `$`.
    Escape,
    /// The value of the variable of this name.
    Variable(String),
}

/// A variable that a raw text mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// The raw bytes of the default (`:-`, `-`), when one is given.
    pub(crate) default: Option<Range<usize>>,
    /// The raw bytes of the whole `$NAME` or `${…}`.
    pub(crate) span: Range<usize>,
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

impl Interpolated {
    /// The raw bytes that spell a range of the value.
    ///
    /// A range within one literal maps to exactly its bytes, also inside a default. A range that covers substitutions
    /// maps to the text with their `${…}` whole. `None` when the range is empty, or cuts through a substitution.
    pub(crate) fn raw_range(&self, value: Range<usize>) -> Option<Range<usize>> {
        let first = self.pieces.iter().find(|piece| piece.value.contains(&value.start))?;
        let last = self.pieces.iter().find(|piece| piece.value.start < value.end && value.end <= piece.value.end)?;
        if value.is_empty() {
            return None;
        }
        let shared = first.inside.iter().zip(&last.inside).take_while(|(a, b)| a == b).count();
        let start = match first.inside.get(shared) {
            Some(expression) => (self.value_of(expression, shared).start == value.start).then_some(expression.start)?,
            None => first.raw_offset(value.start)?,
        };
        let end = match last.inside.get(shared) {
            Some(expression) => (self.value_of(expression, shared).end == value.end).then_some(expression.end)?,
            None => last.raw_offset(value.end)?,
        };
        Some(start..end)
    }

    /// The bytes of the value that came out of the expression at `depth`.
    fn value_of(&self, expression: &Range<usize>, depth: usize) -> Range<usize> {
        let mut within = self.pieces.iter().filter(|piece| piece.inside.get(depth) == Some(expression));
        let first = within.next().map_or(0..0, |piece| piece.value.clone());
        first.start..within.next_back().map_or(first.end, |piece| piece.value.end)
    }
}

impl Piece {
    /// The raw offset of a place in the value that lies in this piece or at one of its ends.
    fn raw_offset(&self, value: usize) -> Option<usize> {
        if value == self.value.start {
            Some(self.raw.start)
        } else if value == self.value.end {
            Some(self.raw.end)
        } else {
            (self.kind == PieceKind::Literal).then(|| self.raw.start + (value - self.value.start))
        }
    }
}

/// Interpolates `raw` with the variables of `env`.
pub(crate) fn interpolate(raw: &str, env: &Env) -> Result<Interpolated, TemplateError> {
    let mut interpolation = Interpolation { raw, env, inside: Vec::new(), done: Interpolated::default() };
    interpolation.expand(0..raw.len())?;
    Ok(interpolation.done)
}

/// All variables that `raw` mentions, also those inside defaults and replacements, in order. Invalid parts are skipped.
pub(crate) fn variables(raw: &str) -> Vec<Variable> {
    let mut found = Vec::new();
    collect_variables(raw, 0..raw.len(), 0, &mut found);
    found
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
    raw: &'a str,
    env: &'a Env,
    inside: Vec<Range<usize>>,
    done: Interpolated,
}

impl Interpolation<'_> {
    fn expand(&mut self, range: Range<usize>) -> Result<(), TemplateError> {
        let mut at = range.start;
        while at < range.end {
            match next_token(self.raw, at..range.end)? {
                Token::Literal(raw) => {
                    at = raw.end;
                    self.push(raw.clone(), PieceKind::Literal, &self.raw[raw]);
                }
                Token::Escape(raw) => {
                    at = raw.end;
                    self.push(raw, PieceKind::Escape, "$");
                }
                Token::Substitution(substitution) => {
                    at = substitution.span.end;
                    self.substitute(&substitution)?;
                }
            }
        }
        Ok(())
    }

    fn substitute(&mut self, substitution: &Substitution) -> Result<(), TemplateError> {
        let name = &self.raw[substitution.name.clone()];
        let value = self.env.get(name);
        let variable = || PieceKind::Variable(name.to_owned());
        let Some(alternative) = &substitution.alternative else {
            if value.is_none() {
                self.note_missing(name);
            }
            self.push(substitution.span.clone(), variable(), value.unwrap_or_default());
            return Ok(());
        };
        let present = value.is_some_and(|value| !(alternative.empty_is_unset && value.is_empty()));
        match (alternative.kind, present) {
            (AlternativeKind::Default, false) | (AlternativeKind::Replacement, true) => self.expand_inside(substitution, alternative),
            (AlternativeKind::Required, false) => {
                // Whoever runs Compose has to give it a value; here it is one that is not known.
                self.note_missing(name);
                self.push(substitution.span.clone(), variable(), "");
                Ok(())
            }
            _ => {
                self.push(substitution.span.clone(), variable(), value.unwrap_or_default());
                Ok(())
            }
        }
    }

    fn expand_inside(&mut self, substitution: &Substitution, alternative: &Alternative) -> Result<(), TemplateError> {
        if self.inside.len() == MAX_DEPTH {
            return Err(TemplateError { offset: substitution.span.start, kind: TemplateErrorKind::TooDeep });
        }
        self.inside.push(substitution.span.clone());
        let expanded = self.expand(alternative.text.clone());
        self.inside.pop();
        expanded
    }

    fn push(&mut self, raw: Range<usize>, kind: PieceKind, text: &str) {
        let start = self.done.value.len();
        self.done.value.push_str(text);
        let value = start..self.done.value.len();
        self.done.pieces.push(Piece { raw, value, kind, inside: self.inside.clone() });
    }

    fn note_missing(&mut self, name: &str) {
        if !self.done.missing.iter().any(|known| known == name) {
            self.done.missing.push(name.to_owned());
        }
    }
}

fn collect_variables(raw: &str, range: Range<usize>, depth: usize, found: &mut Vec<Variable>) {
    let mut at = range.start;
    while at < range.end && depth <= MAX_DEPTH {
        let Ok(token) = next_token(raw, at..range.end) else {
            at += "${".len();
            continue;
        };
        match token {
            Token::Literal(raw) | Token::Escape(raw) => at = raw.end,
            Token::Substitution(Substitution { span, name, alternative }) => {
                at = span.end;
                let default = alternative.as_ref().filter(|it| it.kind == AlternativeKind::Default).map(|it| it.text.clone());
                found.push(Variable { name: raw[name].to_owned(), default, span });
                if let Some(alternative) = alternative {
                    collect_variables(raw, alternative.text, depth + 1, found);
                }
            }
        }
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
    use proptest::prelude::*;

    fn env() -> Env {
        Env::from_iter([("SET", "value"), ("EMPTY", ""), ("PORT", "8080"), ("other", "x")])
    }

    fn value(raw: &str) -> String {
        interpolate(raw, &env()).unwrap().value
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
            assert_eq!(interpolate(raw, &env()), Err(TemplateError { offset, kind: TemplateErrorKind::Invalid }), "{raw}");
        }
    }

    #[test]
    fn a_required_variable_without_value_is_missing() {
        for raw in ["x${UNSET:?say it}y", "x${UNSET?say it}y"] {
            let done = interpolate(raw, &env()).unwrap();
            assert_eq!((done.value.as_str(), done.missing.as_slice()), ("xy", ["UNSET".to_owned()].as_slice()));
        }
    }

    #[test]
    fn missing_variables_are_named_once() {
        let done = interpolate("$A ${B} $A ${C:-d} ${D:+r} ${E:-$F}", &env()).unwrap();
        assert_eq!(done.missing, ["A", "B", "F"]);
    }

    /// The raw text behind the first occurrence of `needle` in the value.
    fn raw_of<'a>(raw: &'a str, needle: &str) -> Option<&'a str> {
        let done = interpolate(raw, &env()).unwrap();
        let at = done.value.find(needle).expect("the value holds the needle");
        done.raw_range(at..at + needle.len()).map(|range| &raw[range])
    }

    #[test]
    fn a_place_in_the_value_leads_back_to_the_raw_text() {
        let table = [
            ("http://localhost:80", "localhost", Some("localhost")),
            ("${UNSET:-localhost}", "localhost", Some("localhost")),
            ("${UNSET:-localhost}:80", "localhost:80", Some("${UNSET:-localhost}:80")),
            ("${UNSET:-localhost}:80", "host:80", None),
            ("http://${SET}:${PORT}/x", "value:8080", Some("${SET}:${PORT}")),
            ("http://${SET}:${PORT}/x", "value:80", None),
            ("http://${SET}:${PORT}/x", "//value", Some("//${SET}")),
            ("${U:-http://${H:-localhost}:${PORT}/x}", "localhost:8080", Some("${H:-localhost}:${PORT}")),
            ("${U:-http://${H:-localhost}:1/x}!", "x!", None),
            ("${U:-a${H:-localhost}}!", "alocalhost!", Some("${U:-a${H:-localhost}}!")),
            ("$$localhost", "$localhost", Some("$$localhost")),
            ("$$localhost", "localhost", Some("localhost")),
        ];
        for (raw, needle, expected) in table {
            assert_eq!(raw_of(raw, needle), expected, "{needle} in {raw}");
        }
    }

    #[test]
    fn variables_are_listed_with_their_defaults() {
        let raw = "$A ${B:-x${C}} $$D ${ ${E:+$F}";
        let listed: Vec<_> = variables(raw).into_iter().map(|v| (v.name, v.default.map(|d| &raw[d]), &raw[v.span])).collect();
        let expected =
            [("A", None, "$A"), ("B", Some("x${C}"), "${B:-x${C}}"), ("C", None, "${C}"), ("E", None, "${E:+$F}"), ("F", None, "$F")];
        assert_eq!(listed, expected.map(|(name, default, span)| (name.to_owned(), default, span)));
    }

    #[test]
    fn endless_nesting_is_refused() {
        let raw = format!("{}{}", "${A:-".repeat(5000), "}".repeat(5000));
        assert_eq!(interpolate(&raw, &env()).unwrap_err().kind, TemplateErrorKind::TooDeep);
        assert!(variables(&raw).len() > MAX_DEPTH);
    }

    proptest! {
        #[test]
        fn text_without_a_dollar_is_itself(raw in "[^$]*") {
            prop_assert_eq!(value(&raw), raw);
        }

        #[test]
        fn pieces_tile_the_value_and_literals_are_copies(raw in "([a-zé:{}\n?+-]|\\$|\\$\\{|UNSET|SET|:-){0,24}") {
            variables(&raw);
            if let Ok(done) = interpolate(&raw, &env()) {
                let mut at = 0;
                for piece in &done.pieces {
                    prop_assert_eq!(piece.value.start, at);
                    at = piece.value.end;
                    if piece.kind == PieceKind::Literal {
                        prop_assert_eq!(&raw[piece.raw.clone()], &done.value[piece.value.clone()]);
                    }
                }
                prop_assert_eq!(at, done.value.len());
                if !done.value.is_empty() {
                    prop_assert!(done.raw_range(0..done.value.len()).is_some());
                }
            }
        }
    }
}
