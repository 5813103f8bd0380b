//! The pages of rules: what `--explain` prints, for one rule or for all that a report names.
//!
//! The text stands beside the rule itself, in lines that fit a terminal.

use super::Report;
use crate::diagnostic::Rule;
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

/// Writes the pages of all rules that `report` names, each once.
///
/// # Errors
/// Those of `out`.
pub(super) fn write_named(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let services = report.projects.iter().flat_map(|project| &project.services);
    let named: BTreeSet<&str> = services.flat_map(|service| service.proof.deciding().map(|reason| reason.rule.id)).collect();
    for rule in RULES.iter().map(|entry| entry.rule).filter(|rule| named.contains(rule.id)) {
        writeln!(out)?;
        write(rule, out)?;
    }
    Ok(())
}
