//! What the author wants in reach at the host's own address, which is what the edit deals with.

use super::author;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "reachability",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the author wants something at `localhost` in reach",
    page: include_str!("reachability.md"),
};

/// A comment that speaks of reaching something.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let counts = |text: &str, beside| (beside || author::names_host(text)) && author::speaks_of_reach(text);
    author::first(case, |message, at| Finding::holds_back(&RULE, message, at), counts)
}
