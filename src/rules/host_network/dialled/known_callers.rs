//! What shows that all who dial a service still reach it.

use crate::diagnostic::{Family, Finding, Ground, Obligation, Rule};
use crate::rules::case::Case;
use crate::rules::presumed::presumed;

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
    if let Some(silence) = &case.inference.silence {
        return vec![Finding::supports(&RULE, Ground::Source(silence.source.name()), "it listens on nothing", silence.at)];
    }
    let callers = case.callers.iter().filter(|reference| reference.from != case.service.id);
    let found: Vec<Finding> = callers
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
