//! YAML that is no Compose file. Found by the loader.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "not-compose",
    family: Family::Project,
    obligation: None,
    summary: "this is not a Compose file",
    page: include_str!("not_compose.md"),
};

/// What is wrong with the shape.
pub(crate) fn finding(message: String, at: Location) -> Finding {
    Finding::new(&RULE, Severity::Error, message, at)
}
