//! The pages of rules: what `--explain` prints, for one rule or for all that a report names.
//!
//! The text stands beside the rule itself; here it is only broken into lines.

use super::Report;
use crate::check;
use crate::diagnostic::Rule;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Columns of a page.
const WIDTH: usize = 80;

/// Writes the page of `rule`.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}\n", rule.id, rule.summary)?;
    for line in lines(rule.help, WIDTH) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Writes the pages of all rules that `report` names, each once.
///
/// # Errors
/// Those of `out`.
pub(super) fn write_named(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let services = report.projects.iter().flat_map(|project| &project.services);
    let named: BTreeSet<&str> = services.flat_map(|service| service.proof.deciding().map(|reason| reason.rule.id)).collect();
    for rule in check::rules().filter(|rule| named.contains(rule.id)) {
        writeln!(out)?;
        write(rule, out)?;
    }
    Ok(())
}

/// `text` in lines of at most `width` characters, broken between words; a longer word has a line of its own.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_heading_and_a_paragraph() {
        static RULE: Rule = Rule { id: "some-rule", summary: "what it says", help: "Why, and what to do about it." };
        let mut page = Vec::new();
        write(&RULE, &mut page).unwrap();
        assert_eq!(String::from_utf8(page).unwrap(), "some-rule: what it says\n\nWhy, and what to do about it.\n");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("unbreakable a", 4), ["unbreakable", "a"]);
    }
}
