//! What the user keeps.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::{Case, Wish};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "kept",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the user says so",
    page: include_str!("kept.md"),
};

/// The wish to keep it.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    match &case.wish {
        Wish::Keep { because, at } => vec![Finding::keeps(&RULE, because, *at)],
        Wish::Migrate | Wish::Nothing => Vec::new(),
    }
}
