//! The further files that a Compose file names: what has to be read before a project can be judged.
//!
//! Only names are found here; whoever reads decides which of them may be read. Paths come out as they are written,
//! joined to the directory that they are relative to.

use super::include::Included;
use super::read;
use super::service::{Service, ServiceId};
use super::tree::{self, Value};
use crate::formats::interpolation::Env;
use crate::source::normalise;
use crate::yaml::Stream;
use std::path::{Path, PathBuf};

/// A file that another one names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wanted {
    /// Its path, from the directory that the naming file's paths are relative to.
    pub(crate) path: PathBuf,
    /// What it is for.
    pub(crate) role: Role,
}

/// What a file is wanted for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// It is a Compose file, included or extended. Paths in it are relative to this directory, and variables come from
    /// these files too.
    Compose {
        /// The directory, from the same place as the path.
        directory: PathBuf,
        /// Its own files of variables, if it is a project of its own.
        env: Vec<PathBuf>,
    },
    /// It may hold variables, and need not be there.
    Env,
    /// A service reads it: an env file, a Dockerfile, a mounted file or directory.
    Content,
}

/// The files that a file names in `include`, `extends`, `env_file`, `build`, `volumes` and `configs`.
pub(crate) fn files(stream: &Stream<'_>, env: &Env) -> Vec<Wanted> {
    let roots = stream.documents.iter().filter_map(|document| tree::build(stream, document, env).ok());
    let mut wanted: Vec<Wanted> = roots.flat_map(|root| named_by_root(&root)).collect();
    wanted.retain(|file| !file.path.as_os_str().is_empty() && !file.path.to_string_lossy().contains("://"));
    wanted.sort();
    wanted.dedup();
    wanted
}

fn named_by_root(root: &Value) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = root.get("include").map(Value::items).unwrap_or_default().iter().flat_map(included).collect();
    for (index, field) in root.get("services").map(Value::fields).unwrap_or_default().iter().enumerate() {
        let service = read::service(ServiceId::new(index), &field.key, field.key_at, Vec::new(), field.value.clone());
        wanted.extend(extended(&service));
        wanted.extend(named_by_service(&service).into_iter().map(content));
    }
    let configs = root.get("configs").map(Value::fields).unwrap_or_default();
    wanted.extend(configs.iter().filter_map(|config| config.value.get("file")?.as_str()).map(content));
    wanted
}

fn content(path: impl AsRef<str>) -> Wanted {
    let path = path.as_ref();
    let path = if path.is_empty() { PathBuf::new() } else { normalise(Path::new(path)) };
    Wanted { path, role: Role::Content }
}

fn included(item: &Value) -> Vec<Wanted> {
    let included = Included::read(item);
    let here = Path::new("");
    let (directory, env) = (included.directory(here), included.env_paths(here));
    let role = Role::Compose { directory, env: env.clone() };
    let paths = included.paths.iter().filter_map(|path| path.as_str());
    let files = paths.map(|path| Wanted { path: normalise(Path::new(path)), role: role.clone() });
    files.chain(env.into_iter().map(|path| Wanted { path, role: Role::Env })).collect()
}

fn extended(service: &Service) -> Option<Wanted> {
    let path = normalise(Path::new(service.get("extends")?.get("file")?.as_str()?));
    let directory = path.parent().map(Path::to_owned).unwrap_or_default();
    Some(Wanted { path, role: Role::Compose { directory, env: Vec::new() } })
}

fn named_by_service(service: &Service) -> Vec<String> {
    let mut names: Vec<String> = service.env_files.iter().map(|file| file.path.value.as_str().to_owned()).collect();
    names.extend(service.build.iter().map(super::service::Build::dockerfile_path));
    names.extend(service.mounts.iter().filter(|mount| mount.is_bind()).map(|mount| mount.source.clone()));
    names
}
