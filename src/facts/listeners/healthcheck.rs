//! The healthcheck's own `localhost:PORT`: what is checked there is served there.
//!
//! Under host networking a healthcheck may also look at a neighbour; a port that another service says to be its own is
//! left to that service.

use super::Evidence;
use crate::compose::tree::Text;
use crate::facts::ServiceFacts;
use crate::facts::addresses::mention::{self, Mention};
use crate::port::{Port, Protocol};
use crate::source::Location;

pub(super) const NAME: &str = "healthcheck";

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some(check) = &subject.service.healthcheck else { return Vec::new() };
    let mut found: Vec<Evidence> = check.texts.iter().flat_map(|text| of_text(subject, text)).collect();
    if !check.shell_form {
        found.extend(evidence(subject, beside_host(&check.joined()), check.at)); // Host and port as two items.
    }
    found.dedup_by_key(|evidence| evidence.port);
    found
}

fn of_text(subject: &ServiceFacts<'_>, text: &Text) -> Vec<Evidence> {
    let mentions = mention::mentions(&text.value);
    let ports = mentions.iter().filter_map(Mention::number);
    evidence(subject, ports.chain(beside_host(&text.value)).chain(own_address(&text.value)).collect(), text.at())
}

fn evidence(subject: &ServiceFacts<'_>, numbers: Vec<u16>, at: Location) -> Vec<Evidence> {
    let own = numbers.into_iter().filter(|number| !belongs_to_another(subject, *number));
    own.map(|number| {
        let port = Port { number, protocol: Protocol::Tcp };
        Evidence::strong(NAME, port, at, format!("the healthcheck looks at {port}"))
    })
    .collect()
}

/// The port behind a host in a word of its own: `nc -z localhost 9083`.
fn beside_host(text: &str) -> Vec<u16> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2).filter(|pair| matches!(pair.first(), Some(&("localhost" | "127.0.0.1" | "0.0.0.0"))));
    pairs.filter_map(|pair| pair.get(1)?.trim_end_matches(';').parse().ok()).collect()
}

/// An address without a host, which a probe takes as the container's own: `-addr=:8002`.
fn own_address(text: &str) -> Vec<u16> {
    let flags = text.split_whitespace().filter_map(|word| word.split_once("=:").filter(|(flag, _)| flag.starts_with('-')));
    flags.filter_map(|(_, port)| port.parse().ok()).collect()
}

/// Whether another service lists the port as its own.
fn belongs_to_another(subject: &ServiceFacts<'_>, number: u16) -> bool {
    let others = subject.project.services.iter().filter(|other| other.name != subject.service.name);
    others.into_iter().any(|other| {
        let exposed = other.expose.iter().flat_map(|entry| &entry.ports).any(|port| port.number == number);
        exposed
            || other
                .ports
                .iter()
                .filter_map(|entry| entry.mapping.as_ref())
                .any(|mapping| mapping.ports().iter().any(|port| port.number == number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_stand_in_words_of_their_own_too() {
        assert_eq!(beside_host("nc -z localhost 9083 || exit 1"), [9083]);
        assert_eq!(own_address("/bin/grpc_health_probe -addr=:8002"), [8002]);
        assert_eq!(beside_host("curl localhost"), [0; 0]);
    }
}
