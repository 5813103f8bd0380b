//! Rules in words: the page of one, which `--explain` prints, the pages of all that a report names, the table of all there are.
//!
//! The text stands beside the rule itself, in lines that fit a terminal.

use crate::check::Report;
use crate::diagnostic::{Obligation, Rule};
use crate::rules::RULES;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Writes the page of `rule`.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}\n\n{}", rule.id, rule.summary, rule.page.trim_end())
}

/// Writes every rule in a line: its name, family, obligation and summary, in columns that two blanks or more part.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write_table(out: &mut dyn Write) -> io::Result<()> {
    let row = |rule: &&'static Rule| [rule.id, rule.family.name(), rule.obligation.map_or("-", Obligation::name), rule.summary];
    let rows: Vec<[&str; 4]> = RULES.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (id, family, obligation) = (width(0), width(1), width(2));
    rows.iter().try_for_each(|row| writeln!(out, "{:id$}  {:family$}  {:obligation$}  {}", row[0], row[1], row[2], row[3]))
}

/// Writes the pages of all rules that `report` names, each once.
///
/// # Errors
/// Those of `out`.
pub(super) fn write_named(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let services = report.projects.iter().flat_map(|project| &project.services);
    let named: BTreeSet<&str> = services.flat_map(|service| service.proof.deciding().map(|reason| reason.rule.id)).collect();
    for rule in RULES.iter().filter(|rule| named.contains(rule.id)) {
        writeln!(out)?;
        write(rule, out)?;
    }
    Ok(())
}
