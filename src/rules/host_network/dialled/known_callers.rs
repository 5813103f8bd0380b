//! What shows that all who dial a service still reach it.

use crate::diagnostic::{Family, Finding, Ground, Obligation, Rule};
use crate::rules::case::Case;
use crate::rules::grounds::{presumed, silent};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "known-callers",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dialled),
    summary: "all who dial it are visible",
    page: include_str!("known_callers.md"),
};

/// Who dials it, or that nobody is seen to.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let at = case.subject.at();
    if let Some(silent) = silent(&RULE, case) {
        return vec![silent];
    }
    let found: Vec<Finding> = case
        .callers
        .iter()
        .map(|reference| {
            let message = format!("`{}` dials it at `{}`", case.project[reference.from].name, reference.said());
            Finding::supports(&RULE, Ground::Source("reference"), message, reference.at)
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    vec![presumed(&RULE, "no-other-callers", "nothing in the project dials it", at)]
}
