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
    let finding = |(own, at, claim): (&InferredPort, Location, Claim<'_>)| {
        let message = format!("`{}` claims {} of the host too", claim.by.name, own.port);
        let related = vec![(claim.at, format!("`{}` claims it here", claim.by.name))];
        let found = if claim.is_better { Finding::asks(&RULE, message, at) } else { Finding::holds_back(&RULE, message, at) };
        Finding { related, ..found }
    };
    taken.filter(|(own, _, claim)| claim.is_better || is_published_elsewhere(case.service, own.port)).map(finding).collect()
}

/// Whether a dead `ports` entry means another port of the host for it: then nothing says that it is the one that has this port.
fn is_published_elsewhere(service: &Service, port: Port) -> bool {
    let pairs = |mapping: &PortMapping| {
        mapping.target.protocol == port.protocol
            && mapping.pairs().iter().any(|(published, target)| *target == port.number && published != target)
    };
    service.ports.iter().filter_map(|entry| entry.mapping.as_ref()).any(pairs)
}

/// Another service that has the port of the host.
struct Claim<'a> {
    by: &'a Service,
    /// The place that says so.
    at: Location,
    /// Whether it is at least as well founded. Where one says the port and the other has it by default only, it is the default that
    /// must be wrong: today both could not listen there.
    is_better: bool,
}

fn claim<'a>(case: &'a Case<'_>, own: &InferredPort) -> Option<Claim<'a>> {
    let others = case.project.services.iter().zip(case.inferences).filter(|(other, _)| other.id != case.service.id);
    let mut claims = others.filter_map(|(other, inference)| {
        let (at, is_better) = if is_on_host(case.project, other) { listens(inference, own)? } else { (publishes(other, own.port)?, true) };
        Some(Claim { by: other, at, is_better })
    });
    claims.next()
}

fn listens(inference: &Inference, own: &InferredPort) -> Option<(Location, bool)> {
    let theirs = inference.ports.iter().find(|theirs| theirs.port == own.port)?;
    Some((theirs.evidence.first()?.at, theirs.is_said() || !own.is_said()))
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
        assert_eq!(verdict(&[("compose.yaml", &text.replace("5432:5432", "5433:5432"))], "db"), "review 5432/tcp port-conflict");
        assert_eq!(verdict(&[("compose.yaml", text)], "pool"), "ask 5432/tcp port-conflict");
    }
}
