//! Facts that are missing: without them there is no edit to propose.

use super::rules::{NO_PORT, OVERLAY, PORT_CONFLICT, UNKNOWN_VARIABLE};
use super::{Case, Check};
use crate::compose::{Service, is_on_host};
use crate::diagnostic::{Finding, Rule};
use crate::facts::InferredPort;
use crate::port::Port;

pub(super) const CHECKS: &[(&[&Rule], Check)] =
    &[(&[&OVERLAY], overlay), (&[&UNKNOWN_VARIABLE], unknown_variable), (&[&NO_PORT], no_port), (&[&PORT_CONFLICT], port_conflict)];

fn overlay(case: &Case<'_>) -> Vec<Finding> {
    let defined = ["image", "build", "extends", "provider"].into_iter().any(|key| case.service.get(key).is_some());
    if defined {
        return Vec::new();
    }
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let base = case.project.beside().map_or_else(|| "BASE".to_owned(), name);
    let this = name(&case.project.sources().get(case.service.at.file).path);
    let message = format!("has neither `image` nor `build` here: run with its base file too, `-f {base} -f {this}`");
    vec![Finding::asks(&OVERLAY, message, case.service.at)]
}

fn unknown_variable(case: &Case<'_>) -> Vec<Finding> {
    let unknown = case.inference.unknown.iter();
    unknown.map(|(at, name)| Finding::asks(&UNKNOWN_VARIABLE, format!("its port is `${{{name}}}`, which has no value"), *at)).collect()
}

fn no_port(case: &Case<'_>) -> Vec<Finding> {
    let known = !case.inference.ports.is_empty() || case.inference.silence.is_some() || !case.inference.unknown.is_empty();
    if known || !overlay(case).is_empty() {
        return Vec::new();
    }
    let hint = format!("nothing says which port it listens on: state it with `--port {}=PORT`", case.service.name);
    vec![Finding::asks(&NO_PORT, hint, case.subject.at())]
}

fn port_conflict(case: &Case<'_>) -> Vec<Finding> {
    let own = case.inference.ports.iter();
    let taken = own.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?.at, claimant(case, inferred)?)));
    taken.map(|(port, at, other)| Finding::asks(&PORT_CONFLICT, format!("`{other}` claims {port} of the host too"), at)).collect()
}

/// Another service that has the port of the host. Where one says the port and the other has it by default only, it is
/// the default that must be wrong: today both could not listen there.
fn claimant<'a>(case: &'a Case<'_>, own: &InferredPort) -> Option<&'a str> {
    let services = case.project.services.iter().zip(case.inferences);
    let mut claims = services.filter(|(other, inference)| {
        if other.name == case.service.name {
            return false;
        }
        if !is_on_host(case.project, other) {
            return publishes(other, own.port);
        }
        inference.ports.iter().any(|theirs| theirs.port == own.port && (theirs.is_said() || !own.is_said()))
    });
    claims.next().map(|(other, _)| other.name.as_str())
}

fn publishes(service: &Service, port: Port) -> bool {
    let mappings = service.ports.iter().filter_map(|entry| entry.mapping.as_ref());
    mappings
        .filter(|mapping| mapping.target.protocol == port.protocol)
        .flat_map(|mapping| mapping.pairs())
        .any(|(published, _)| published == port.number)
}
