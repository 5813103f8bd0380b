//! Edits that do not pass the last gate.

use crate::diagnostic::{Family, Obligation, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "internal",
    family: Family::Project,
    obligation: Some(Obligation::Edit),
    summary: "an edit did not pass its own check",
    page: include_str!("internal.md"),
};
