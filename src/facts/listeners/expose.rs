//! `expose`: the author's list of listeners, without effect under host networking.

use super::evidence::{Evidence, SourceId};
use crate::facts::ServiceFacts;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    if subject.service.field("expose").is_some_and(|field| !field.merged_through.is_empty()) && super::environment::sets_own_port(subject) {
        return Vec::new(); // An anchor's list, and the service's own variable says otherwise.
    }
    let entries = subject.service.expose.iter();
    entries
        .flat_map(|entry| {
            entry.ports.iter().map(move |port| Evidence::strong(SourceId::Expose, *port, entry.text.at(), format!("`expose` lists {port}")))
        })
        .collect()
}
