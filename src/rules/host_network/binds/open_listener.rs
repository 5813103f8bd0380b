//! What shows that a service listens beyond loopback.

use crate::diagnostic::{Family, Finding, Ground, Obligation, Rule};
use crate::facts::SourceId;
use crate::rules::case::Case;
use crate::rules::grounds::{presumed, silent};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "open-listener",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Binds),
    summary: "it listens beyond loopback",
    page: include_str!("open_listener.md"),
};

/// What is documented, or that nothing binds it to single addresses.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let at = case.subject.at();
    if let Some(silent) = silent(&RULE, case) {
        return vec![silent];
    }
    if let Some(known) = case.subject.known.as_ref().filter(|_| !case.subject.is_own_program()) {
        let message = format!("image `{}` is documented to listen on all addresses", known.name);
        return vec![Finding::supports(&RULE, Ground::Source(SourceId::Image.name()), message, at)];
    }
    vec![presumed(&RULE, "binds-everywhere", "nothing binds it to single addresses", at)]
}
