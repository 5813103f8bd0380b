//! Why a service is believed to listen where it does. The one rule whose findings speak for a migration.

use crate::diagnostic::{Family, Finding, Ground, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "evidence",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "why a service is believed to listen on a port",
    page: include_str!("evidence.md"),
};

/// Every piece of evidence, the strongest for a port first.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let ports = case.inference.ports.iter().flat_map(|inferred| &inferred.evidence);
    let silence = case.inference.silence.iter().map(|silence| (silence.source, &silence.because, silence.at));
    let said = ports.map(|evidence| (evidence.source, &evidence.because, evidence.at)).chain(silence);
    said.map(|(source, because, at)| Finding::supports(&RULE, Ground::Source(source.name()), because, at)).collect()
}
