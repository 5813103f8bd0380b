//! Rules: what speaks for and against a migration, what behaves differently after one, what is the matter with a project.
//!
//! One file a rule, one table of all ([`RULES`]). Here are the questions that other rooms put to the table. No rule knows
//! another's findings, and none decides: the verdict on a service is the worst that a finding calls for, so each rule errs
//! on the side of holding back.

pub(crate) mod case;
pub(crate) mod engine_audit;
mod grounds;
pub(crate) mod host_network;
pub(crate) mod project;
mod table;
#[cfg(test)]
mod tests;

use crate::compose::Project;
use crate::diagnostic::{Finding, Proof, Verdict};
use crate::facts::running::EngineFacts;
use case::{Case, Departure, Standing, Wish};
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

/// What is the matter with services as they stand. `engine` is what is known of their containers, when these are to be looked
/// at; `network` is the one that migrated services join.
pub(crate) fn look(project: &Project<'_>, engine: Option<&EngineFacts>, network: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in &project.services {
        // Replicas are alike; one stands for all.
        let container = engine.and_then(|engine| engine.of(&service.name).find(|container| container.current && !container.on_host));
        let listeners = container.and_then(|container| container.listeners.as_deref());
        let standing = Standing { service, listeners, joined: service.networks.iter().any(|(name, _)| name == network) };
        let checks = CHECKS.iter().filter_map(|check| if let Check::Standing(check) = check { Some(check) } else { None });
        found.extend(checks.flat_map(|check| check(&standing)).map(|finding| finding.of(service.id)));
    }
    found
}
