//! Edits that do not pass the last gate.

use crate::diagnostic::{Family, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "internal",
    family: Family::Project,
    obligation: None,
    summary: "an edit did not pass its own check",
    page: include_str!("internal.md"),
};
