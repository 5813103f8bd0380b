//! Tables of patterns: texts in which `*` stands for any text, each with what it says.
//!
//! `APP_PORT` is a whole name, `VITE_*` the beginning of one, `*CORS*` a part. All patterns of a table are looked for at once, so that a
//! question costs one pass over the name and not one comparison for each line. Case is for the caller to fold.

use super::table::Table;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::ops::Range;

/// Patterns, each with what it says.
#[derive(Debug)]
pub(super) struct Patterns<K> {
    patterns: Vec<Pattern<K>>,
    /// Finds the longest literal part of each pattern. Only a table of gigabytes could not be built.
    literals: Option<AhoCorasick>,
    ends: Ends,
}

/// What a pattern without `*` at an end needs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// The end of the text.
    Text,
    /// The end of a word: no letter and no digit beside it, of a script that has blanks between words.
    Word,
}

#[derive(Debug)]
struct Pattern<K> {
    text: &'static str,
    says: K,
    more: &'static str,
}

/// A pattern found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<K> {
    /// The pattern.
    pub(super) pattern: &'static str,
    /// What it says.
    pub(super) says: K,
    /// What stands behind it in the table.
    pub(super) more: &'static str,
    /// Where its longest literal part stands in the text.
    pub(super) at: Range<usize>,
}

impl<K: Copy> Patterns<K> {
    /// Patterns that hold for a text as a whole: the lines `KIND PATTERN` of a table, the kinds read by `read`.
    pub(super) fn of_names(table: &'static str, read: fn(&str) -> Option<K>) -> Self {
        let table = Table::new(table);
        let patterns = table.lines().filter_map(|line| Some(Pattern { text: line.rest(), says: read(line.key())?, more: "" }));
        Self::new(patterns.collect(), Ends::Text)
    }

    /// The same with a further column: `KIND PATTERN MORE`. Neither the pattern nor what stands behind it has blanks.
    pub(super) fn of_names_with_more(table: &'static str, read: fn(&str) -> Option<K>) -> Self {
        let names = Self::of_names(table, read).patterns.into_iter();
        let patterns = names.map(|pattern| match pattern.text.split_once(' ') {
            Some((text, more)) => Pattern { text, more, ..pattern },
            None => pattern,
        });
        Self::new(patterns.collect(), Ends::Text)
    }

    /// Patterns that hold for a text as a whole, from elsewhere.
    pub(super) fn of(patterns: impl Iterator<Item = (&'static str, K)>) -> Self {
        Self::new(patterns.map(|(text, says)| Pattern { text, says, more: "" }).collect(), Ends::Text)
    }

    /// Patterns that are looked for among the words of a text; no `*` stands within them.
    pub(super) fn of_words(patterns: impl Iterator<Item = (&'static str, K)>) -> Self {
        Self::new(patterns.map(|(text, says)| Pattern { text, says, more: "" }).collect(), Ends::Word)
    }

    fn new(patterns: Vec<Pattern<K>>, ends: Ends) -> Self {
        let literals = patterns.iter().map(|pattern| longest_literal(pattern.text));
        let literals = AhoCorasick::builder().kind(Some(AhoCorasickKind::NoncontiguousNFA)).build(literals).ok();
        Self { patterns, literals, ends }
    }

    /// The patterns that hold for `text`, in the order of where they end in it.
    pub(super) fn found<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Found<K>> + 't {
        let hits = self.literals.iter().flat_map(move |literals| literals.find_overlapping_iter(text));
        hits.filter_map(move |hit| {
            let pattern = self.patterns.get(hit.pattern().as_usize())?;
            let at = hit.range();
            self.holds(pattern.text, text, &at).then_some(Found { pattern: pattern.text, says: pattern.says, more: pattern.more, at })
        })
    }

    /// The text of every pattern that says what `wanted` asks for, in the order of the table.
    pub(super) fn texts<'t>(&'t self, wanted: impl Fn(K) -> bool + 't) -> impl Iterator<Item = &'static str> + 't {
        self.patterns.iter().filter(move |pattern| wanted(pattern.says)).map(|pattern| pattern.text)
    }

    /// Whether the pattern holds for `text`, in which its longest literal part stands `at`.
    fn holds(&self, pattern: &str, text: &str, at: &Range<usize>) -> bool {
        let literal = longest_literal(pattern);
        let (start, end) = (pattern.starts_with('*'), pattern.ends_with('*'));
        let simple = pattern.len() == literal.len() + usize::from(start) + usize::from(end);
        match self.ends {
            Ends::Text if simple => (start || at.start == 0) && (end || at.end == text.len()),
            Ends::Text => matches(pattern, text),
            Ends::Word => {
                let literal = &text[at.clone()];
                let begins = start || literal.starts_with(is_unspaced) || !text[..at.start].ends_with(is_of_word);
                begins && (end || literal.ends_with(is_unspaced) || !text[at.end..].starts_with(is_of_word))
            }
        }
    }
}

impl<K: Copy + PartialEq> Patterns<K> {
    /// Whether a pattern that says `wanted` holds for `text`.
    pub(super) fn say(&self, text: &str, wanted: K) -> bool {
        self.found(text).any(|found| found.says == wanted)
    }
}

/// Whether a word goes on with it.
pub(super) fn is_of_word(char: char) -> bool {
    char.is_alphanumeric() && !is_unspaced(char)
}

/// Whether it is of a script in which words follow each other without blanks: Chinese characters and Japanese syllables.
fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether `text` is `pattern`, in which each `*` stands for any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let rest = text.strip_prefix(before);
    rest.is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|tail| matches(after, tail))))
}

fn longest_literal(pattern: &str) -> &str {
    pattern.split('*').max_by_key(|part| part.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(patterns: &[&'static str], text: &str) -> Vec<&'static str> {
        let patterns = Patterns::of(patterns.iter().map(|pattern| (*pattern, ())));
        patterns.found(text).map(|found| found.pattern).collect()
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("*-management*", "3.13-management-alpine") && matches("3*", "3") && matches("*", ""));
        assert!(!matches("*-management*", "3.13") && !matches("3*", "2.7"));
    }

    #[test]
    fn whole_names_beginnings_ends_and_parts_are_told_apart() {
        let patterns = ["PORT", "PORT_*", "*_PORT", "*PORT*", "A_*_PORT"];
        assert_eq!(found(&patterns, "PORT"), ["PORT", "*PORT*"]);
        assert_eq!(found(&patterns, "PORT_A"), ["*PORT*", "PORT_*"]);
        assert_eq!(found(&patterns, "A_B_PORT"), ["*_PORT", "A_*_PORT", "*PORT*"]);
        assert_eq!(found(&patterns, "PORTAL"), ["*PORT*"]);
        assert_eq!(found(&patterns, ""), [""; 0]);
    }

    #[test]
    fn words_are_whole_unless_a_star_opens_them() {
        let words = Patterns::of_words([("sip", 1), ("host net*", 2)].into_iter());
        let says = |text: &str| words.found(text).map(|found| found.says).collect::<Vec<_>>();
        assert_eq!(says("sip over host networking"), [1, 2]);
        assert_eq!(says("gossip, ghost net"), [0; 0]);
    }

    #[test]
    fn every_pattern_holds_where_the_plain_reading_says_so() {
        let patterns = ["a*b*c", "*ab", "ab*", "*b*", "abc", "*"];
        for text in ["abc", "ab", "b", "aXbXc", "cab", ""] {
            let plain: Vec<_> = patterns.iter().filter(|pattern| matches(pattern, text)).copied().collect();
            let mut all = found(&patterns, text);
            all.sort_by_key(|pattern| patterns.iter().position(|other| other == pattern));
            all.dedup();
            assert_eq!(all, plain, "{text}");
        }
    }
}
