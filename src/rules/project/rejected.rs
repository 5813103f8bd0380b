//! What Compose rejects a project for. Found by the loader.

use crate::diagnostic::{Family, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "rejected",
    family: Family::Project,
    obligation: None,
    summary: "Compose does not accept this file",
    page: include_str!("rejected.md"),
};
