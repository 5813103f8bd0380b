//! YAML that is no Compose file. Found by the loader.

use crate::diagnostic::{Family, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "not-compose",
    family: Family::Project,
    obligation: None,
    summary: "this is not a Compose file",
    page: include_str!("not_compose.md"),
};
