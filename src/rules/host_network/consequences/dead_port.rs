//! Ports of the host that `ports` promised and host networking never opened.

use crate::compose::service::PublishedPort;
use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::rules::case::Departure;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "dead-port",
    family: Family::HostNetwork,
    obligation: None,
    summary: "a `ports` entry named a port that was never open",
    page: include_str!("dead_port.md"),
};

/// Entries whose two sides differ.
pub(crate) fn check(departure: &Departure<'_>) -> Vec<Finding> {
    departure.case.service.ports.iter().filter_map(dead).collect()
}

fn dead(entry: &PublishedPort) -> Option<Finding> {
    let mapping = entry.mapping?;
    let (published, _) = mapping.pairs().into_iter().find(|(published, target)| published != target)?;
    let message = format!("`{mapping}` never opened :{published}; clients use :{}", mapping.target.range.start);
    Some(Finding::new(&RULE, Severity::Warning, message, entry.at))
}
