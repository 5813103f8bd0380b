//! The healthcheck's own `localhost:PORT`: what is checked there is served there.
//!
//! Under host networking a healthcheck may also look at a neighbour; a port that another service says to be its own is
//! left to that service.

use super::evidence::{Evidence, SourceId};
use crate::facts::ServiceFacts;
use crate::facts::addresses::find::commands::{self, SpokenPort};
use crate::facts::addresses::mention::LocalHost;
use crate::port::{Port, Protocol};
use crate::source::Location;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some(check) = &subject.service.healthcheck else { return Vec::new() };
    let spoken = commands::in_line(check).into_iter().filter(|spoken| spoken.found.named != LocalHost::Lan);
    // What a client dials when no port is said may be moved, and `-p` may be a password.
    let beside = |spoken: &commands::Spoken| match spoken.words.port {
        Some(SpokenPort::Next(number, _)) => Some(number),
        _ => None,
    };
    let mut numbers: Vec<(u16, Location)> =
        spoken.filter_map(|spoken| Some((spoken.found.number().or_else(|| beside(&spoken))?, spoken.found.at))).collect();
    numbers.extend(check.texts.iter().flat_map(|text| own_address(&text.value).into_iter().map(|number| (number, text.at()))));
    let own = numbers.into_iter().filter(|(number, _)| !belongs_to_another(subject, *number));
    let mut found: Vec<Evidence> = own.map(|(number, at)| evidence(number, at)).collect();
    found.dedup_by_key(|evidence| evidence.port);
    found
}

fn evidence(number: u16, at: Location) -> Evidence {
    let port = Port { number, protocol: Protocol::Tcp };
    Evidence::strong(SourceId::Healthcheck, port, at, format!("the healthcheck looks at {port}"))
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
    fn an_address_may_have_no_host() {
        assert_eq!(own_address("/bin/grpc_health_probe -addr=:8002"), [8002]);
    }
}
