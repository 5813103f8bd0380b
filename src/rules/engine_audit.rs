//! After a migration: do mappings and listeners meet?
//!
//! A mapping that nobody listens behind accepts connections and resets them, so that only who looks at the sockets of the
//! running containers notices. Only containers that are what the files say now are judged.

use crate::compose::{Project, Service};
use crate::diagnostic::{Finding, Rule, Severity, rules};
use crate::facts::running::{EngineFacts, Listener};
use crate::port::Port;
use std::collections::BTreeSet;

rules! {
    SILENT_MAPPING, "silent-mapping", "a port is mapped and nobody listens behind it",
        "The running container has no listener at the mapped port, or one that only its own loopback address reaches. Docker accepts \
         every connection to such a mapping and resets it. Map the port that the service listens on, or let it listen on 0.0.0.0.";
    UNMAPPED_LISTENER, "unmapped-listener", "a port is listened on and not mapped",
        "The running container listens on a port that no mapping leads to. Under host networking the port was reachable from this \
         machine; now only the other services of its networks reach it. Map it if somebody else needs it.";
}

/// The rules of this module.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    [&SILENT_MAPPING, &UNMAPPED_LISTENER].into_iter()
}

/// Whether a diagnostic is one of this module.
pub(crate) fn is_finding(diagnostic: &Finding) -> bool {
    rules().any(|rule| rule == diagnostic.rule)
}

/// Holds the mappings of a project against what its running containers listen on; `network` is the one that migrated
/// services join.
pub(crate) fn audit(project: &Project<'_>, engine: &EngineFacts, network: &str) -> Vec<Finding> {
    let mut said = Vec::new();
    for service in &project.services {
        // Replicas are alike; one stands for all.
        let running = engine.of(&service.name).find(|container| container.current && !container.on_host);
        let Some(listeners) = running.and_then(|container| container.listeners.as_ref()) else { continue };
        said.extend(silent_mappings(service, listeners));
        if service.networks.iter().any(|(name, _)| name == network) {
            said.extend(unmapped_listeners(service, listeners));
        }
    }
    said
}

fn silent_mappings(service: &Service, listeners: &[Listener]) -> Vec<Finding> {
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
        Some(Finding::new(&SILENT_MAPPING, Severity::Warning, format!("`{}` maps {port}, and {what}", service.name), at))
    };
    targets.filter_map(judge).collect()
}

fn unmapped_listeners(service: &Service, listeners: &[Listener]) -> Vec<Finding> {
    let mapped: BTreeSet<Port> = service.ports.iter().filter_map(|entry| entry.mapping).flat_map(|mapping| mapping.ports()).collect();
    let ports: BTreeSet<Port> = listeners.iter().filter(|listener| listener.is_open()).map(|listener| listener.port).collect();
    let message = |port| format!("`{}` listens on {port}, which no mapping leads to", service.name);
    ports.difference(&mapped).map(|port| Finding::new(&UNMAPPED_LISTENER, Severity::Warning, message(*port), service.at)).collect()
}
