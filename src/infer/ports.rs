//! `ports`: dead under host networking, but the target of each mapping is the author's own word for what listens.
//!
//! The published side says nothing: it was never open.

use super::{Evidence, Subject};
use crate::compose::tree::Field;
use crate::source::Location;

pub(super) const NAME: &str = "ports";

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    let inherited = subject.service.field("ports").is_some_and(Field::is_inherited);
    if inherited && super::environment::sets_own_port(subject) {
        return Vec::new(); // An anchor's list, and the service's own variable says otherwise.
    }
    let mut found = Vec::new();
    for entry in subject.service.ports.iter().chain(&subject.service.hidden_ports()) {
        let Some(mapping) = &entry.mapping else { continue };
        let written = Some(entry.target.clone()).filter(|target| target.contains('$') && mapping.target.range.count() == 1);
        for port in mapping.ports() {
            let because = format!("target of a `ports` entry that host networking ignores: {port}");
            found.push(Evidence { written: written.clone(), ..Evidence::strong(NAME, port, entry.at, because) });
        }
    }
    found
}

/// Mappings whose target is a variable without a value.
pub(super) fn unknown(subject: &Subject<'_>) -> Vec<(Location, String)> {
    let missing = |entry: &crate::compose::service::PublishedPort| entry.text.as_ref().and_then(|text| text.missing.first().cloned());
    subject.service.ports.iter().filter_map(|entry| Some((entry.at, missing(entry)?))).collect()
}
