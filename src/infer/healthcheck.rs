//! The healthcheck's own `localhost:PORT`: what is checked there is served there.
//!
//! Under host networking a healthcheck may also look at a neighbour; a port that another service says to be its own is
//! left to that service.

use super::{Evidence, Subject};
use crate::compose::address::{self, Mention};
use crate::compose::port::{Port, Protocol};
use crate::compose::tree::Text;

pub(super) const NAME: &str = "healthcheck";

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    let texts = subject.service.healthcheck.iter().flat_map(|check| &check.texts);
    let mut found: Vec<Evidence> = texts.flat_map(|text| of_text(subject, text)).collect();
    found.dedup_by_key(|evidence| evidence.port);
    found
}

fn of_text(subject: &Subject<'_>, text: &Text) -> Vec<Evidence> {
    let mentions = address::mentions(&text.value);
    let ports = mentions.iter().filter_map(|mention: &Mention| mention.port.as_ref().map(|(number, _)| *number).or(mention.implied_port));
    ports
        .filter(|number| !belongs_to_another(subject, *number))
        .map(|number| {
            let port = Port { number, protocol: Protocol::Tcp };
            Evidence::strong(NAME, port, text.at(), format!("the healthcheck looks at {port}"))
        })
        .collect()
}

/// Whether another service lists the port as its own.
fn belongs_to_another(subject: &Subject<'_>, number: u16) -> bool {
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
