//! Results that Docker Compose does not accept. Found when it is asked.

use crate::diagnostic::{Family, Finding, Obligation, Rule, Severity};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "not-accepted",
    family: Family::Project,
    obligation: Some(Obligation::Edit),
    summary: "Docker Compose does not accept the result",
    page: include_str!("not_accepted.md"),
};

/// What Compose says against the result.
pub(crate) fn finding(said: &str, at: Location) -> Finding {
    let message = format!("Docker Compose does not accept the result, which was withheld ({said})");
    Finding::new(&RULE, Severity::Error, message, at).help("this is a mistake of the program: please report it")
}
