//! What the engine knows of running containers and of images.
//!
//! Sockets are the strongest evidence after what the user states, with two limits. They are those of one moment: a
//! server that starts late shows none, so nothing is ever concluded from an absence. And they are those of a container,
//! which may be older than the files: then they are a hint.

use super::evidence::{Confidence, Evidence, SourceId};
use crate::facts::ServiceFacts;
use crate::port::Port;
use std::collections::BTreeSet;

/// What the container that runs now listens on.
pub(super) fn find_running(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let because = |port: Port| format!("the running container listens on {port}");
    evidence(subject, true).map(|port| Evidence::strong(SourceId::Engine, port, subject.at(), because(port))).collect()
}

/// What a container listens on that was made from older files.
pub(super) fn find_stale(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let because = |port: Port| format!("the running container listens on {port}, and the files have changed since it was made");
    let weak = |port| Evidence { confidence: Confidence::Weak, ..Evidence::strong(SourceId::Engine, port, subject.at(), because(port)) };
    evidence(subject, false).map(weak).collect()
}

fn evidence(subject: &ServiceFacts<'_>, current: bool) -> impl Iterator<Item = Port> {
    let listeners = subject.engine.into_iter().flat_map(move |engine| engine.listeners(&subject.service.name, current));
    let ports: BTreeSet<Port> = listeners.map(|listener| listener.port).collect();
    ports.into_iter()
}

/// What the image exposes. Of a documented image only the ports that serve clients by default: official images expose
/// those of clusters and of encryption as well, whether they are in use or not.
pub(super) fn find_exposed(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let exposed = subject.engine.map(|engine| engine.exposed(subject.service)).unwrap_or_default();
    let documented = subject.known.as_ref().filter(|known| known.is_documented() && !known.ports.is_empty());
    let serves = |port: &Port| documented.is_none_or(|known| known.ports.contains(port));
    let because = |port: Port| format!("the image on this machine exposes {port}");
    exposed.into_iter().filter(serves).map(|port| Evidence::strong(SourceId::Engine, port, subject.at(), because(port))).collect()
}
