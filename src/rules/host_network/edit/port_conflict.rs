//! Ports of the host that two services claim.

use crate::compose::{Service, is_on_host};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::InferredPort;
use crate::port::Port;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "port-conflict",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "another service claims the same port of the host",
    page: include_str!("port_conflict.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let own = case.inference.ports.iter();
    let taken = own.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?.at, claimant(case, inferred)?)));
    taken.map(|(port, at, other)| Finding::asks(&RULE, format!("`{other}` claims {port} of the host too"), at)).collect()
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
