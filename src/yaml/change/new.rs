//! New entries and values, and how they are written in block and in flow style.

use crate::yaml::{Style, quote};

/// A new entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewEntry {
    /// The key as a string; it is quoted where it has to be.
    pub(crate) key: String,
    /// The value.
    pub(crate) value: NewValue,
}

/// A new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NewValue {
    /// A scalar as YAML text of one line: `true`, `8080`, `{}`; empty for a null. It must do in flow style, too, if that
    /// is where it goes.
    Raw(String),
    /// A string, without quotes where that is safe.
    Text(String),
    /// A string in the quotes of the file.
    Quoted(String),
    /// A sequence.
    Sequence(Vec<NewValue>),
    /// A mapping.
    Mapping(Vec<NewEntry>),
    /// A value with a tag: `!override [a]`.
    Tagged(&'static str, Box<NewValue>),
}

impl NewEntry {
    /// The entry with that key and value.
    pub(crate) fn new(key: impl Into<String>, value: NewValue) -> Self {
        Self { key: key.into(), value }
    }

    /// The entry as lines of block style without indentation.
    pub(super) fn block_lines(&self, style: &Style) -> Vec<String> {
        let key = self.written_key(style);
        if let Some(inline) = self.value.inline(style) {
            return vec![format!("{key}: {inline}").trim_end().to_owned()];
        }
        let indent = if matches!(self.value, NewValue::Sequence(_)) { style.sequence_offset } else { style.indent };
        let lines = self.value.block_lines(style);
        std::iter::once(format!("{key}:")).chain(lines.into_iter().map(|line| " ".repeat(indent) + &line)).collect()
    }

    /// The entry in flow style.
    pub(super) fn flow(&self, style: &Style) -> String {
        format!("{}: {}", self.written_key(style), self.value.flow(style)).trim_end().to_owned()
    }

    fn written_key(&self, style: &Style) -> String {
        plain_or_quoted(&self.key, style)
    }
}

impl NewValue {
    /// The value as an item of a block sequence: lines without indentation.
    pub(super) fn block_item(&self, style: &Style) -> Vec<String> {
        let lines = self.inline(style).map_or_else(|| self.block_lines(style), |inline| vec![inline]);
        let indented = lines.iter().enumerate().map(|(index, line)| if index == 0 { format!("- {line}") } else { format!("  {line}") });
        indented.map(|line| line.trim_end().to_owned()).collect()
    }

    /// The value in flow style.
    pub(super) fn flow(&self, style: &Style) -> String {
        match self {
            Self::Raw(text) => text.clone(),
            Self::Text(text) => plain_or_quoted(text, style),
            Self::Quoted(text) => style.quoted(text),
            Self::Tagged(tag, value) => format!("{tag} {}", value.flow(style)),
            Self::Sequence(items) => format!("[{}]", join(items.iter().map(|item| item.flow(style)))),
            Self::Mapping(entries) => format!("{{{}}}", join(entries.iter().map(|entry| entry.flow(style)))),
        }
    }

    /// What stands on the line of the key, if all of it does.
    fn inline(&self, style: &Style) -> Option<String> {
        match self {
            Self::Sequence(items) if !items.is_empty() => None,
            Self::Mapping(entries) if !entries.is_empty() => None,
            _ => Some(self.flow(style)),
        }
    }

    /// A collection as lines of block style without indentation.
    fn block_lines(&self, style: &Style) -> Vec<String> {
        match self {
            Self::Sequence(items) => items.iter().flat_map(|item| item.block_item(style)).collect(),
            Self::Mapping(entries) => entries.iter().flat_map(|entry| entry.block_lines(style)).collect(),
            _ => vec![self.flow(style)],
        }
    }
}

/// A string as it does in both styles.
fn plain_or_quoted(text: &str, style: &Style) -> String {
    if quote::is_plain_safe(text, true) { text.to_owned() } else { style.quoted(text) }
}

fn join(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { indent: 4, sequence_offset: 2, line_break: "\n", quote: '\'' };

    fn raw(text: &str) -> NewValue {
        NewValue::Raw(text.into())
    }

    #[test]
    fn one_value_is_written_in_both_styles() {
        let ports = NewEntry::new(
            "ports",
            NewValue::Sequence(vec![raw("'1:1'"), NewValue::Mapping(vec![NewEntry::new("a", raw("1")), NewEntry::new("yes", raw(""))])]),
        );
        let entry = NewEntry::new("web", NewValue::Mapping(vec![ports, NewEntry::new("e", NewValue::Sequence(vec![]))]));
        assert_eq!(entry.flow(&STYLE), "web: {ports: ['1:1', {a: 1, 'yes':}], e: []}");
        assert_eq!(entry.block_lines(&STYLE).join("\n"), "web:\n    ports:\n      - '1:1'\n      - a: 1\n        'yes':\n    e: []");
    }

    #[test]
    fn strings_are_quoted_where_they_have_to_be_and_where_it_is_asked_for() {
        let items = [NewValue::Text("a-b".into()), NewValue::Text("12".into()), NewValue::Quoted("a".into())];
        let value = NewValue::Tagged("!override", Box::new(NewValue::Sequence(items.into())));
        assert_eq!(NewEntry::new("networks", value).block_lines(&STYLE), ["networks: !override [a-b, '12', 'a']"]);
    }
}
