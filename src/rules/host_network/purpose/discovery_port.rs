//! Listeners for multicast discovery and DHCP.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::protocols;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "discovery-port",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it listens for multicast discovery or DHCP",
    page: include_str!("discovery_port.md"),
};

/// Ports that are known from more than a hint.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let found = case.inference.ports.iter().filter(|inferred| inferred.is_strong() && protocols::is_discovery(inferred.port));
    found
        .filter_map(|inferred| Some((inferred, inferred.evidence.first()?)))
        .map(|(inferred, evidence)| Finding::keeps(&RULE, format!("listens on {}: {}", inferred.port, evidence.because), evidence.at))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn ports_of_discovery_keep_a_service() {
        hold(&[
            ("image: example/app\nexpose: [\"5353/udp\"]", "keep 5353/udp discovery-port"),
            ("image: example/app\nexpose: [\"67/udp\"]", "keep 67/udp discovery-port"),
            ("image: example/app\nexpose: [\"5353\"]", "migrate 5353/tcp"),
        ]);
    }
}
