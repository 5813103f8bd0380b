//! Addresses that an application keeps in its own data.
//!
//! Some applications are there to dial servers, and are told of them in their own pages: Grafana its data sources, Node-RED its
//! brokers. On host networking such an address is `localhost`, and no file of the project shows it.

use crate::compose::{Service, is_on_host};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::Caveat;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "stored-address",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "it may keep the address of another service in its own data",
    page: include_str!("stored_address.md"),
};

/// A service of the project that such an application may have been told of, unless its settings show whom it dials.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let Some(known) = case.subject.known.as_ref().filter(|_| case.has_caveat(Caveat::StoredAddress)) else { return Vec::new() };
    let shows = case.peers().next().is_some();
    let is_found = |service: &Service| is_on_host(case.project, service) || service.ports.iter().any(|entry| entry.mapping.is_some());
    let serves = |service: &Service| case.inferences.get(service.id.index()).is_some_and(|inference| !inference.ports.is_empty());
    let mut others = case.project.services.iter().filter(|other| other.id != case.service.id && is_found(other) && serves(other));
    let Some(other) = others.next().filter(|_| !shows) else { return Vec::new() };
    let message =
        format!("image `{}` keeps the addresses that it dials in its own data, and `{}` may be one of them", known.name, other.name);
    vec![Finding { related: vec![(other.at, format!("`{}`", other.name))], ..Finding::holds_back(&RULE, message, case.subject.at()) }]
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::{app, app_with, verdict};

    const PAIR: &str = "services:\n  app:\n    image: grafana/grafana\n    network_mode: host\n  metrics:\n    image: prom/prometheus\n    network_mode: host\n";

    #[test]
    fn an_application_that_is_told_of_servers_in_its_own_pages_is_looked_at() {
        assert_eq!(verdict(&[("compose.yaml", PAIR)], "app"), "review 3000/tcp stored-address");
        assert_eq!(verdict(&[("compose.yaml", PAIR)], "metrics"), "migrate 9090/tcp");
        let bridged = PAIR.replace("prometheus\n    network_mode: host", "prometheus\n    ports: [\"9090:9090\"]");
        assert_eq!(verdict(&[("compose.yaml", &bridged)], "app"), "review 3000/tcp stored-address");
        let unreachable = PAIR.replace("prometheus\n    network_mode: host", "prometheus\n");
        assert_eq!(verdict(&[("compose.yaml", &unreachable)], "app"), "migrate 3000/tcp");
    }

    #[test]
    fn alone_it_has_nobody_to_dial() {
        assert_eq!(app("image: nodered/node-red"), "migrate 1880/tcp");
        assert_eq!(app_with("image: koenkk/zigbee2mqtt", &[]), "migrate 8080/tcp");
    }
}
