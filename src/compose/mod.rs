//! A Compose project as types, each value with the place that says it. No rules: what to do about it is decided later.
//!
//! [`load`] is the only way in. It models what `docker compose` would load from the same files with every profile
//! active, and it never fails: what it cannot model becomes a diagnostic, and the project says so in
//! [`Project::rejected`].

pub(crate) mod comments;
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

use crate::files::{Content, MAX_BYTES_IN_ALL, MAX_FILES};
use crate::formats::interpolation::Env;
use crate::source::{FileId, SourceFile, Sources};
use crate::yaml::Stream;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use host::{HostNetwork, host_network, is_on_host, namespace, speaks_of_host};
pub(crate) use project::{Rejection, RejectionKind, load};
pub(crate) use read::ports;
pub(crate) use service::Service;
pub use service::ServiceId;
pub(crate) use validate::is_attribute;

/// What a project is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The project's directory, to which paths in its files are relative.
    pub(crate) directory: &'a Path,
    /// The Compose files, in the order in which later ones override earlier ones.
    pub(crate) compose: &'a [FileId],
    /// The file with the variables for interpolation: `.env`.
    pub(crate) env: Option<FileId>,
    /// A Compose file beside them that may be the base of the project.
    pub(crate) beside: Option<&'a Path>,
    /// The files that it can see. Those above are among them.
    pub(crate) content: &'a Content<'a>,
    /// The paths at or below which its files may be written.
    pub(crate) roots: &'a [PathBuf],
}

impl<'a> Input<'a> {
    /// The texts that were read so far.
    pub(crate) fn sources(&self) -> &'a Sources {
        self.content.sources()
    }
}

/// A loaded project.
#[derive(Debug)]
pub(crate) struct Project<'a> {
    /// What it was loaded from.
    pub(crate) input: Input<'a>,
    /// Its Compose files, parsed: those it is started from, and those that they include and extend.
    pub(crate) streams: BTreeMap<FileId, Stream<'a>>,
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

    /// A Compose file beside the project, and not part of it, that may be the base of it.
    pub(crate) fn beside(&self) -> Option<&'a Path> {
        self.input.beside.filter(|beside| !self.streams.values().any(|stream| stream.source.path == **beside))
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
    pub(crate) fn stream(&self, file: FileId) -> Option<&Stream<'a>> {
        self.streams.get(&file)
    }

    /// The texts that were read so far.
    pub(crate) fn sources(&self) -> &'a Sources {
        self.input.sources()
    }

    /// The text files that a service mounts, each with its path in the container; the files of a mounted folder are
    /// named one by one. Beyond what is plenty for configuration, nothing is read.
    pub(crate) fn mounted_files(&self, service: &Service) -> Vec<(String, &'a SourceFile)> {
        let (mut found, mut bytes) = (Vec::new(), 0);
        for mount in service.mounts.iter().filter(|mount| mount.is_bind()) {
            for (below, file) in self.input.content.files(Path::new(&mount.source)) {
                let below = below.to_string_lossy();
                // Where the whole project is mounted, its Compose files are no configuration of the service.
                if self.streams.contains_key(&file.id) || !below.is_empty() && is_about_containers(&below) {
                    continue;
                }
                bytes += file.text.len();
                if found.len() == MAX_FILES || bytes > MAX_BYTES_IN_ALL {
                    return found;
                }
                let target =
                    if below.is_empty() { mount.target.clone() } else { format!("{}/{below}", mount.target.trim_end_matches('/')) };
                found.push((target, file));
            }
        }
        found
    }

    /// Whether a file sets variables: `.env`, or what `env_file` of a service names.
    pub(crate) fn is_env_file(&self, file: FileId) -> bool {
        let variables = || self.services.iter().flat_map(|service| &service.environment);
        self.input.env == Some(file) || variables().any(|variable| variable.env_file == Some(file))
    }

    /// Whether a file or folder that the project names is not there, or cannot be read.
    pub(crate) fn is_missing(&self, written: &str) -> bool {
        self.input.content.is_missing(Path::new(written))
    }

    /// The same, or one that is the host's, so that nobody can say what is in it.
    pub(crate) fn is_unseen(&self, written: &str) -> bool {
        let path = Path::new(written);
        self.input.content.is_foreign(path) || self.input.content.is_missing(path)
    }

    /// The text of a file that the project names, if it has one.
    pub(crate) fn file(&self, written: &str) -> Option<&'a SourceFile> {
        self.input.content.file(Path::new(written))
    }

    /// Whether a file may be written: it is, or lies below, what the user named.
    pub(crate) fn may_write(&self, file: FileId) -> bool {
        let path = &self.sources().get(file).path;
        self.input.roots.iter().any(|root| self.input.content.is_below(path, root))
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
