//! Mappings behind which nobody listens.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::facts::running::Listener;
use crate::rules::case::Standing;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "silent-mapping",
    family: Family::EngineAudit,
    obligation: None,
    summary: "a port is mapped and nobody listens behind it",
    page: include_str!("silent_mapping.md"),
};

/// Mapped ports without a listener, or with one that a mapping does not reach.
pub(crate) fn check(standing: &Standing<'_>) -> Vec<Finding> {
    let Standing { service, listeners: Some(listeners), .. } = standing else { return Vec::new() };
    let mappings = service.ports.iter().filter_map(|entry| Some((entry.at, entry.mapping.as_ref()?)));
    let targets = mappings.flat_map(|(at, mapping)| mapping.ports().into_iter().map(move |port| (at, port)));
    let judge = |(at, port)| {
        let there: Vec<&Listener> = listeners.iter().filter(|listener| listener.port == port).collect();
        let what = match there.first() {
            None => "nobody listens there in the running container".to_owned(),
            Some(one) if there.iter().all(|listener| listener.address.is_loopback()) => {
                format!("the running container listens on `{}` only", one.address)
            }
            Some(_) => return None,
        };
        Some(Finding::new(&RULE, Severity::Warning, format!("`{}` maps {port}, and {what}", service.name), at))
    };
    targets.filter_map(judge).collect()
}
