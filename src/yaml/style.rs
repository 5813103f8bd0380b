//! How a file is written: what new text has to look like to fit in.
//!
//! Every habit is taken from the majority of the file itself. Nothing here decides where text goes.

use super::{CollectionStyle, Kind, Mapping, ScalarStyle, Stream, quote};
use std::collections::BTreeMap;

/// The habits of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// How many columns a nested mapping is farther to the right than its parent's keys; 2 if there is none.
    pub(crate) indent: usize,
    /// How many columns the dashes of a sequence are farther to the right than its key; 0 for the style that does not
    /// indent them. [`Self::indent`] if there is no sequence under a key.
    pub(crate) sequence_offset: usize,
    /// The line break: `"\n"` or `"\r\n"`.
    pub(crate) line_break: &'static str,
    /// The quote of quoted scalars: `'` or, if they are not the majority, `"`.
    pub(crate) quote: char,
}

impl Style {
    /// Looks at all of a file.
    pub(crate) fn detect(stream: &Stream<'_>) -> Self {
        *stream.style.get_or_init(|| Self::of(stream))
    }

    fn of(stream: &Stream<'_>) -> Self {
        let (mut indents, mut offsets) = (Votes::default(), Votes::default());
        let (mut single, mut double) = (0, 0);
        for node in stream.nodes() {
            match &node.kind {
                Kind::Mapping(mapping) if mapping.style == CollectionStyle::Block => count_offsets(mapping, &mut indents, &mut offsets),
                Kind::Scalar(scalar) if scalar.style == ScalarStyle::SingleQuoted => single += 1,
                Kind::Scalar(scalar) if scalar.style == ScalarStyle::DoubleQuoted => double += 1,
                _ => {}
            }
        }
        let text = &stream.source.text;
        let (breaks, long_breaks) = (text.matches('\n').count(), text.matches("\r\n").count());
        let indent = indents.winner().or_else(|| offsets.winner().filter(|&offset| offset > 0)).unwrap_or(2);
        Self {
            indent,
            sequence_offset: offsets.winner().unwrap_or(indent),
            line_break: if 2 * long_breaks > breaks { "\r\n" } else { "\n" },
            quote: if single > double { '\'' } else { '"' },
        }
    }

    /// `text` as a quoted scalar.
    pub(crate) fn quoted(&self, text: &str) -> String {
        if self.quote == '\'' && quote::is_single_quotable(text) { quote::single(text) } else { quote::double(text) }
    }
}

fn count_offsets(mapping: &Mapping<'_>, indents: &mut Votes, offsets: &mut Votes) {
    for entry in &mapping.entries {
        match &entry.value.kind {
            Kind::Mapping(child) if child.style == CollectionStyle::Block => indents.add(child.column.saturating_sub(mapping.column)),
            Kind::Sequence(child) if child.style == CollectionStyle::Block => offsets.add(child.column.saturating_sub(mapping.column)),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Votes(BTreeMap<usize, usize>);

impl Votes {
    fn add(&mut self, value: usize) {
        *self.0.entry(value).or_default() += 1;
    }

    /// The most frequent value, the smaller one in a tie.
    fn winner(&self) -> Option<usize> {
        self.0.iter().max_by_key(|&(&value, &count)| (count, std::cmp::Reverse(value))).map(|(&value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::yaml::parse::parse;

    fn style(text: &str) -> Style {
        let sources = Sources::default();
        let id = sources.add("a.yaml", text);
        Style::detect(&parse(sources.get(id)).unwrap())
    }

    #[test]
    fn habits_are_those_of_the_majority() {
        let text = "s:\r\n    a:\r\n        l:\r\n        - 'x'\r\n        - 'y'\r\n        - \"z\"\r\n    b: {c:\r\n          1}\n";
        assert_eq!(style(text), Style { indent: 4, sequence_offset: 0, line_break: "\r\n", quote: '\'' });
    }

    #[test]
    fn a_file_that_shows_nothing_gets_two_spaces_and_double_quotes() {
        assert_eq!(style("a: 1\n"), Style { indent: 2, sequence_offset: 2, line_break: "\n", quote: '"' });
        assert_eq!(style("a:\n   - 1\n"), Style { indent: 3, sequence_offset: 3, line_break: "\n", quote: '"' });
    }

    #[test]
    fn text_that_single_quotes_cannot_hold_is_double_quoted() {
        let style = style("a: 'x'\n");
        assert_eq!(style.quoted("it's"), "'it''s'");
        assert_eq!(style.quoted("a\nb"), r#""a\nb""#);
    }
}
