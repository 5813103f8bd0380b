//! Rules: what speaks for and against a migration, what behaves differently after one, what is the matter with a project.
//!
//! One file a rule, one table of all ([`RULES`]). Here are the questions that other rooms put to the table. No rule knows
//! another's findings, and none decides: the verdict on a service is the worst that a finding calls for, so each rule errs
//! on the side of holding back.

pub(crate) mod case;
pub(crate) mod engine_audit;
pub(crate) mod host_network;
pub(crate) mod project;
mod table;
#[cfg(test)]
mod tests;

use crate::compose::Project;
use crate::diagnostic::{Finding, Proof, Verdict};
use crate::facts::running::EngineFacts;
use case::{Case, Departure, Running, Wish};
use host_network::listens::evidence;
use host_network::purpose::kept;
use table::{CHECKS, Check};

pub use table::RULES;

/// What speaks for and against the migration of a service, other services left out of account. What the user wants outweighs
/// the rules, but does not supply a fact that is missing.
pub(crate) fn prove(case: &Case<'_>) -> Proof {
    let counts = |finding: &Finding| match case.wish {
        Wish::Nothing => true,
        Wish::Keep { .. } => [&kept::RULE, &evidence::RULE].contains(&finding.rule),
        Wish::Migrate => matches!(finding.verdict, Some(Verdict::Ask | Verdict::Migrate)),
    };
    let checks = CHECKS.iter().filter_map(|check| if let Check::Case(check) = check { Some(check) } else { None });
    checks.flat_map(|check| check(case)).filter(counts).map(|finding| finding.of(case.service.id)).collect()
}

/// What behaves differently once a service has left.
pub(crate) fn consequences(departure: &Departure<'_>) -> Vec<Finding> {
    let checks = CHECKS.iter().filter_map(|check| if let Check::Departure(check) = check { Some(check) } else { None });
    checks.flat_map(|check| check(departure)).map(|finding| finding.of(departure.case.service.id)).collect()
}

/// Holds the mappings of a project against what its running containers listen on; `network` is the one that migrated
/// services join.
pub(crate) fn audit(project: &Project<'_>, engine: &EngineFacts, network: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in &project.services {
        // Replicas are alike; one stands for all.
        let container = engine.of(&service.name).find(|container| container.current && !container.on_host);
        let Some(listeners) = container.and_then(|container| container.listeners.as_ref()) else { continue };
        let running = Running { service, listeners, joined: service.networks.iter().any(|(name, _)| name == network) };
        let checks = CHECKS.iter().filter_map(|check| if let Check::Running(check) = check { Some(check) } else { None });
        found.extend(checks.flat_map(|check| check(&running)).map(|finding| finding.of(service.id)));
    }
    found
}
