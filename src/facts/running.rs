//! What a local engine knows: the sockets that running containers listen on, and the ports that images expose.
//!
//! Plain facts; what they are worth as evidence is said in `listeners/engine`. Who asks the engine, and how, is left to the
//! room `engine`.

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

    /// What of its listeners only clients with the same address reach: those on 127.0.0.1, or on one address of the host.
    pub(crate) fn bound(&self, service: &str) -> Vec<Listener> {
        let all = || self.listeners(service, true).chain(self.listeners(service, false));
        let open = |port| all().any(|other| other.port == port && other.is_open());
        let mut bound: Vec<Listener> = all().filter(|listener| !open(listener.port)).copied().collect();
        bound.sort();
        bound.dedup();
        bound
    }

    /// What the containers of a service listen on, that are on host networking and as current as `current` says.
    pub(super) fn listeners<'a>(&'a self, service: &'a str, current: bool) -> impl Iterator<Item = &'a Listener> {
        self.of(service)
            .filter(move |container| container.on_host && container.current == current)
            .filter_map(|c| c.listeners.as_ref())
            .flatten()
    }

    /// The ports that the image of a service exposes.
    pub(super) fn exposed(&self, service: &Service) -> Vec<Port> {
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
