//! Edits that a text does not allow. Found where they are tried.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "refused-edit",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "the edit cannot be made in this text",
    page: include_str!("refused_edit.md"),
};

/// Why a service stays whose edit cannot be made.
pub(crate) fn finding(why: &str, at: Location) -> Finding {
    Finding::holds_back(&RULE, format!("cannot be edited here: {why}"), at)
}
