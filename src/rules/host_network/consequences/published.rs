//! Ports that are published beyond this machine.

use super::shown;
use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::rules::case::Departure;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "published",
    family: Family::HostNetwork,
    obligation: None,
    summary: "the port is published beyond this machine",
    page: include_str!("published.md"),
};

/// The ports that are mapped on an address which others reach.
pub(crate) fn check(departure: &Departure<'_>) -> Vec<Finding> {
    let Departure { case, ports, host_ip } = departure;
    if host_ip.is_loopback() || ports.is_empty() {
        return Vec::new();
    }
    let message = format!("{} published on {host_ip}, past the host's firewall rules", shown(ports));
    vec![Finding::new(&RULE, Severity::Warning, message, case.host.at())]
}
