//! Listeners that no mapping leads to.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::port::Port;
use crate::rules::case::Standing;
use std::collections::BTreeSet;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "unmapped-listener",
    family: Family::EngineAudit,
    obligation: None,
    summary: "a port is listened on and not mapped",
    page: include_str!("unmapped_listener.md"),
};

/// Open listeners of a service that left host networking, without a mapping.
pub(crate) fn check(standing: &Standing<'_>) -> Vec<Finding> {
    let Standing { service, listeners: Some(listeners), joined: true } = standing else { return Vec::new() };
    let mapped: BTreeSet<Port> = service.ports.iter().filter_map(|entry| entry.mapping).flat_map(|mapping| mapping.ports()).collect();
    let ports: BTreeSet<Port> = listeners.iter().filter(|listener| listener.is_open()).map(|listener| listener.port).collect();
    let message = |port| format!("`{}` listens on {port}, which no mapping leads to", service.name);
    ports.difference(&mapped).map(|port| Finding::new(&RULE, Severity::Warning, message(*port), service.at)).collect()
}
