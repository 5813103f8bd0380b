//! Edits that a text does not allow. Found where they are tried.

use crate::diagnostic::{Family, Obligation, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "refused-edit",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "the edit cannot be made in this text",
    page: include_str!("refused_edit.md"),
};
