//! Listeners for multicast discovery and DHCP.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::port::{Port, Protocol};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "discovery-port",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it listens for multicast discovery or DHCP",
    page: include_str!("discovery_port.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let needs_host = |port: Port| port.protocol == Protocol::Udp && matches!(port.number, 67..=69 | 1900 | 5353);
    let found = case.inference.ports.iter().filter(|inferred| inferred.is_strong() && needs_host(inferred.port));
    found
        .filter_map(|inferred| Some((inferred, inferred.evidence.first()?)))
        .map(|(inferred, evidence)| Finding::keeps(&RULE, format!("listens on {}: {}", inferred.port, evidence.because), evidence.at))
        .collect()
}
