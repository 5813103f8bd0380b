//! Ports that only a hint speaks for.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "weak-port",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "its port is only hinted at",
    page: include_str!("weak_port.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let weak = case.inference.ports.iter().filter(|inferred| !inferred.is_strong());
    let placed = weak.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?)));
    placed
        .map(|(port, evidence)| Finding::holds_back(&RULE, format!("only a hint for {port}: {}", evidence.because), evidence.at))
        .collect()
}
