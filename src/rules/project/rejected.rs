//! What Compose rejects a project for. Found by the loader.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "rejected",
    family: Family::Project,
    obligation: None,
    summary: "Compose does not accept this file",
    page: include_str!("rejected.md"),
};

/// What Compose holds against a project. Where nothing was asked of the project, that is no failure of the run.
pub(crate) fn finding(message: String, at: Location, asked: bool) -> Finding {
    let severity = if asked { Severity::Error } else { Severity::Warning };
    Finding::new(&RULE, severity, message, at)
}
