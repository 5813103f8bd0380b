//! A Compose project as types, each value with the place that says it. No rules: what to do about it is decided later.
//!
//! [`load`] is the only way in. It models what `docker compose` would load from the same files with every profile
//! active, and it never fails: what it cannot model becomes a diagnostic, and the project says so in
//! [`Project::rejected`].

pub(crate) mod comments;
pub(crate) mod dependencies;
mod extends;
mod host;
pub(crate) mod image;
mod include;
mod loader;
mod merge;
mod model;
mod project;
mod read;
mod relocate;
pub(crate) mod service;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
mod validate;

use crate::formats::interpolation::Env;
use crate::source::{FileId, Location, Sources};
use crate::yaml::Stream;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use host::{HostNetwork, host_network, is_on_host, namespace, speaks_of_host};
pub(crate) use project::{Rejection, RejectionKind, load};
pub(crate) use read::ports;
pub(crate) use service::{Service, ServiceId};

/// What a project is made from: files that were read already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The project's directory, to which paths in its files are relative.
    pub(crate) directory: &'a Path,
    /// The Compose files, in the order in which later ones override earlier ones.
    pub(crate) compose: &'a [FileId],
    /// The file with the variables for interpolation: `.env`.
    pub(crate) env: Option<FileId>,
    /// All files that were read, by normalised path.
    pub(crate) sources: &'a Sources,
    /// The files that were looked for and are not there, or are not text.
    pub(crate) missing: &'a [PathBuf],
    /// A Compose file beside the project that may be the base of it.
    pub(crate) beside: Option<&'a Path>,
    /// Files that must not be written, because they lie outside of what the user named.
    pub(crate) read_only: &'a [FileId],
    /// The parsed Compose files.
    pub(crate) streams: &'a BTreeMap<FileId, Stream<'a>>,
}

/// A loaded project.
#[derive(Debug)]
pub(crate) struct Project<'a> {
    /// What it was loaded from.
    pub(crate) input: Input<'a>,
    /// The variables that interpolation sees.
    pub(crate) env: Env,
    /// The services, in the order in which the files first name them.
    pub(crate) services: Vec<Service>,
    /// The top-level networks.
    pub(crate) networks: Vec<Network>,
    /// The other top-level elements.
    pub(crate) top_level: Vec<tree::Field>,
    /// The comments in its Compose files.
    pub(crate) comments: BTreeMap<FileId, Vec<comments::Comment>>,
    /// Whether Compose would reject the files: then nothing in them is edited.
    pub(crate) rejected: bool,
}

/// An entry of top-level `networks`.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    /// Its key.
    pub(crate) key: String,
    /// The entry.
    pub(crate) at: Location,
    /// `name`, when it is not made from the project's name and the key.
    pub(crate) name: Option<String>,
    /// `external`.
    pub(crate) external: bool,
    /// `driver`.
    pub(crate) driver: Option<String>,
    /// `internal`: without a way to the host, so that no port of its services is mapped.
    pub(crate) internal: bool,
}

impl<'a> Project<'a> {
    /// The service of that name.
    pub(crate) fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The entries of top-level `configs`.
    pub(crate) fn configs(&self) -> &[tree::Field] {
        self.top_level.iter().find(|field| field.key == "configs").map(|field| field.value.fields()).unwrap_or_default()
    }

    /// The top-level network with that key.
    pub(crate) fn network(&self, key: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.key == key)
    }

    /// The parsed file.
    pub(crate) fn stream(&self, file: FileId) -> Option<&'a Stream<'a>> {
        self.input.streams.get(&file)
    }

    /// The path of a file that the project names, from its directory.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        crate::source::normalise(&self.input.directory.join(relative.trim_start_matches("./")))
    }

    /// The text files that a service mounts, each with its path in the container; the files of a mounted folder are
    /// named one by one.
    pub(crate) fn mounted_files(&self, service: &Service) -> Vec<(String, &'a crate::source::SourceFile)> {
        let mut found = Vec::new();
        for mount in service.mounts.iter().filter(|mount| mount.is_bind()) {
            let source = self.path(&mount.source);
            // Where the whole project is mounted, its Compose files are no configuration of the service.
            for file in self.input.sources.iter().filter(|file| !self.input.streams.contains_key(&file.id)) {
                let Ok(below) = file.path.strip_prefix(&source) else { continue };
                let below = below.to_string_lossy();
                if !below.is_empty() && is_about_containers(&below) {
                    continue;
                }
                let target =
                    if below.is_empty() { mount.target.clone() } else { format!("{}/{below}", mount.target.trim_end_matches('/')) };
                found.push((target, file));
            }
        }
        found
    }

    /// Whether a file that the project names is known not to be there.
    pub(crate) fn is_missing(&self, relative: &str) -> bool {
        self.input.missing.contains(&self.path(relative))
    }

    /// The text of a file that the project names, if it was read.
    pub(crate) fn file(&self, relative: &str) -> Option<&'a crate::source::SourceFile> {
        self.input.sources.find(&self.path(relative))
    }
}

impl std::ops::Index<ServiceId> for Project<'_> {
    type Output = Service;

    fn index(&self, id: ServiceId) -> &Service {
        &self.services[id.index()]
    }
}

/// Whether a file in a mounted folder is there for Docker and not for what runs in the container.
fn is_about_containers(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("Dockerfile") || name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

impl Network {
    /// Whether it is the host's own network under another name.
    pub(crate) fn is_host(&self) -> bool {
        self.external && self.name.as_deref().unwrap_or(&self.key) == "host"
    }
}
