//! Ports of the host that two services claim.

use crate::compose::{Service, is_on_host};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::{Inference, InferredPort};
use crate::port::{Port, PortMapping};
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "port-conflict",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "another service claims the same port of the host",
    page: include_str!("port_conflict.md"),
};

/// Each port that another service has too, with the place that says so there.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let taken = case.inference.ports.iter().filter_map(|own| Some((own, own.evidence.first()?.at, claim(case, own)?)));
    let finding = |(own, at, (other, there)): (&InferredPort, Location, (&Service, Location))| {
        let message = format!("`{}` claims {} of the host too", other.name, own.port);
        Finding { related: vec![(there, format!("`{}` claims it here", other.name))], ..Finding::asks(&RULE, message, at) }
    };
    taken.map(finding).collect()
}

/// Another service that has the port of the host, and the place that says so. Where one says the port and the other has it
/// by default only, it is the default that must be wrong: today both could not listen there.
fn claim<'a>(case: &'a Case<'_>, own: &InferredPort) -> Option<(&'a Service, Location)> {
    let others = case.project.services.iter().zip(case.inferences).filter(|(other, _)| other.id != case.service.id);
    let mut claims = others.filter_map(|(other, inference)| {
        let there = if is_on_host(case.project, other) { listens(inference, own) } else { publishes(other, own.port) };
        Some((other, there?))
    });
    claims.next()
}

fn listens(inference: &Inference, own: &InferredPort) -> Option<Location> {
    let theirs = inference.ports.iter().find(|theirs| theirs.port == own.port && (theirs.is_said() || !own.is_said()))?;
    theirs.evidence.first().map(|evidence| evidence.at)
}

fn publishes(service: &Service, port: Port) -> Option<Location> {
    let publishes = |mapping: &PortMapping| {
        mapping.target.protocol == port.protocol && mapping.pairs().into_iter().any(|(published, _)| published == port.number)
    };
    service.ports.iter().find(|entry| entry.mapping.as_ref().is_some_and(publishes)).map(|entry| entry.at)
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    #[test]
    fn of_two_claims_on_one_port_the_default_is_asked_about() {
        let text = "services:\n  db:\n    image: postgres\n    network_mode: host\n    ports: [\"5432:5432\"]\n  \
                    pool:\n    image: edoburu/pgbouncer\n    network_mode: host\n    environment: {DATABASE_URL: \"postgres://localhost/x\"}\n";
        assert_eq!(verdict(&[("compose.yaml", text)], "db"), "migrate 5432/tcp");
        assert_eq!(verdict(&[("compose.yaml", text)], "pool"), "ask 5432/tcp port-conflict");
    }
}
