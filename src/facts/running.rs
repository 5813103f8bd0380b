//! What a local engine knows: the sockets that running containers listen on, and the ports that images expose.
//!
//! Sockets are the strongest evidence after what the user states, with two limits. They are those of one moment: a
//! server that starts late shows none, so nothing is ever concluded from an absence. And they are those of a container,
//! which may be older than the files: then they are a hint. Who asks the engine, and how, is left to `engine`.

use super::{Confidence, Evidence, ServiceFacts};
use crate::compose::image::ImageName;
use crate::compose::service::Service;
use crate::port::Port;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// What the engine knows about one project.
#[derive(Debug, Clone, Default)]
pub(crate) struct EngineFacts {
    /// The ports that the images on this machine expose, by [`image_key`]; shared between projects.
    pub(crate) images: Arc<BTreeMap<String, Vec<Port>>>,
    /// The running containers of the project.
    pub(crate) containers: Vec<Container>,
}

/// A running container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Container {
    /// The service that it belongs to.
    pub(crate) service: String,
    /// Whether it is on host networking, of its own or by a container whose network it shares.
    pub(crate) on_host: bool,
    /// Whether it is what the files say now: `up` would leave it alone.
    pub(crate) current: bool,
    /// The ports that its image exposes.
    pub(crate) exposed: Vec<Port>,
    /// What it listens on; for a container off host networking, what is listened on in its network namespace. None where
    /// that cannot be seen.
    pub(crate) listeners: Option<Vec<Listener>>,
}

/// A socket that waits for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listener {
    /// Its port.
    pub(crate) port: Port,
    /// The address that it is bound to.
    pub(crate) address: IpAddr,
}

impl Listener {
    /// Whether clients in other network namespaces reach it.
    pub(crate) fn is_open(&self) -> bool {
        self.address.is_unspecified()
    }
}

impl EngineFacts {
    /// The running containers of a service.
    pub(crate) fn of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Container> {
        self.containers.iter().filter(move |container| container.service == service)
    }

    /// What the containers of a service listen on, that are on host networking and as current as `current` says.
    fn listeners<'a>(&'a self, service: &'a str, current: bool) -> impl Iterator<Item = &'a Listener> {
        self.of(service)
            .filter(move |container| container.on_host && container.current == current)
            .filter_map(|c| c.listeners.as_ref())
            .flatten()
    }

    /// The ports that the image of a service exposes.
    fn exposed(&self, service: &Service) -> Vec<Port> {
        let container = self.of(&service.name).map(|container| container.exposed.clone()).next();
        let image = || self.images.get(&image_key(&service.image.as_ref()?.name)).cloned();
        container.or_else(image).unwrap_or_default()
    }
}

/// The name of an image with all that is meant when it is not said.
pub(crate) fn image_key(name: &ImageName) -> String {
    let registry = name.registry.as_deref().unwrap_or("docker.io");
    match &name.digest {
        Some(digest) => format!("{registry}/{}@{digest}", name.repository),
        None => format!("{registry}/{}:{}", name.repository, name.tag.as_deref().unwrap_or("latest")),
    }
}

/// The listeners of a service that only clients with the same address reach: on 127.0.0.1, or on one address of the host.
pub(crate) fn bound_listeners(subject: &ServiceFacts<'_>) -> Vec<Listener> {
    let Some(engine) = subject.engine else { return Vec::new() };
    let all = || engine.listeners(&subject.service.name, true).chain(engine.listeners(&subject.service.name, false));
    let open = |port| all().any(|other| other.port == port && other.is_open());
    let mut bound: Vec<Listener> = all().filter(|listener| !open(listener.port)).copied().collect();
    bound.sort();
    bound.dedup();
    bound
}

pub(super) const NAME: &str = "engine";

/// What the container that runs now listens on.
pub(super) fn find_running(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let because = |port: Port| format!("the running container listens on {port}");
    evidence(subject, true).map(|port| Evidence::strong(NAME, port, subject.at(), because(port))).collect()
}

/// What a container listens on that was made from older files.
pub(super) fn find_stale(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let because = |port: Port| format!("the running container listens on {port}, and the files have changed since it was made");
    let weak = |port| Evidence { confidence: Confidence::Weak, ..Evidence::strong(NAME, port, subject.at(), because(port)) };
    evidence(subject, false).map(weak).collect()
}

fn evidence(subject: &ServiceFacts<'_>, current: bool) -> impl Iterator<Item = Port> {
    let listeners = subject.engine.into_iter().flat_map(move |engine| engine.listeners(&subject.service.name, current));
    let ports: std::collections::BTreeSet<Port> = listeners.map(|listener| listener.port).collect();
    ports.into_iter()
}

/// What the image exposes. Of a documented image only the ports that serve clients by default: official images expose
/// those of clusters and of encryption as well, whether they are in use or not.
pub(super) fn find_exposed(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let exposed = subject.engine.map(|engine| engine.exposed(subject.service)).unwrap_or_default();
    let documented = subject.known.as_ref().filter(|known| known.verified && !known.ports.is_empty());
    let serves = |port: &Port| documented.is_none_or(|known| known.ports.contains(port));
    let because = |port: Port| format!("the image on this machine exposes {port}");
    exposed.into_iter().filter(serves).map(|port| Evidence::strong(NAME, port, subject.at(), because(port))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_one_key_under_all_its_names() {
        let key = |name: &str| image_key(&ImageName::parse(name));
        assert_eq!(key("redis"), key("docker.io/library/redis:latest"));
        assert_ne!(key("redis:7"), key("redis:8"));
        assert_eq!(key("ghcr.io/acme/shop:1"), "ghcr.io/acme/shop:1");
        assert_eq!(key("redis@sha256:0a"), "docker.io/redis@sha256:0a");
    }
}
