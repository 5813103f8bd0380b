//! Results that Docker Compose does not accept. Found when it is asked.

use crate::diagnostic::{Family, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "not-accepted",
    family: Family::Project,
    obligation: None,
    summary: "Docker Compose does not accept the result",
    page: include_str!("not_accepted.md"),
};
