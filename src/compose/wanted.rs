//! The further files that a Compose file names: what has to be read before a project can be judged.
//!
//! Only names are found here; whoever reads decides which of them may be read. Paths come out normalised, joined to the
//! project's directory.

use super::interpolate::Env;
use super::service::{self, Service};
use super::tree::{self, Value};
use crate::source::normalise;
use crate::yaml::Stream;
use std::path::{Path, PathBuf};

/// The paths that the file names in `include`, `extends`, `env_file`, `build`, `volumes` and `configs`.
pub fn paths(stream: &Stream<'_>, directory: &Path, env: &Env) -> Vec<PathBuf> {
    let roots = stream.documents.iter().filter_map(|document| tree::build(stream, document, env).ok());
    let mut names: Vec<String> = roots.flat_map(|root| named_by_root(&root, env)).collect();
    names.retain(|name| !name.is_empty() && !name.contains("://"));
    let mut paths: Vec<PathBuf> = names.iter().map(|name| normalise(&directory.join(name))).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn named_by_root(root: &Value, env: &Env) -> Vec<String> {
    let mut names: Vec<String> = root.get("include").map(Value::items).unwrap_or_default().iter().flat_map(included).collect();
    for field in root.get("services").map(Value::fields).unwrap_or_default() {
        let service = service::read(&field.key, field.key_at, Vec::new(), field.value.clone(), env);
        names.extend(named_by_service(&service));
    }
    let configs = root.get("configs").map(Value::fields).unwrap_or_default();
    names.extend(configs.iter().filter_map(|config| config.value.get("file")?.as_str().map(str::to_owned)));
    names
}

/// `include` in its short form (a path) and its long one (`path`, a scalar or a list, and `env_file`).
fn included(item: &Value) -> Vec<String> {
    let long = ["path", "env_file"].into_iter().filter_map(|key| item.get(key));
    std::iter::once(item)
        .chain(long)
        .flat_map(|value| value.items().iter().chain([value]))
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn named_by_service(service: &Service) -> Vec<String> {
    let mut names: Vec<String> = service.env_files.iter().map(|file| file.path.value.clone()).collect();
    names.extend(service.get("extends").and_then(|extends| extends.get("file")?.as_str().map(str::to_owned)));
    names.extend(service.build.iter().map(super::service::Build::dockerfile_path));
    names.extend(service.mounts.iter().filter(|mount| mount.is_bind()).map(|mount| mount.source.clone()));
    names
}
