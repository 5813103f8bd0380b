//! Searching a directory for projects: file names, and `COMPOSE_FILE` in `.env`.
//!
//! The walk respects `.gitignore`, also outside of git repositories, and enters neither hidden directories nor symbolic
//! links. An override file and `.env` are looked up beside their project directly, because those two are what people
//! keep out of git and Compose reads all the same.

use super::{Seed, or_current, read};
use crate::diagnostic::FileProblem;
use crate::formats::env_file;
use crate::formats::mapped::Mapped;
use crate::source::normalise;
use ignore::WalkBuilder;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The names of a project's first file, in the order in which Compose tries them.
const FILE_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// The names of the file that overrides it, in the order in which Compose tries them, whatever the first is called.
const OVERRIDE_NAMES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];
/// An `.env` that is larger holds no settings of Compose.
const MAX_ENV_BYTES: u64 = 1 << 20;

/// The projects below a directory, by path. Those whose files are only named like Compose files are not certain.
pub(super) fn search(input: usize, root: &Path, read_env: bool, problems: &mut Vec<FileProblem>) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (directory, names) in compose_like(root, problems) {
        let project = |compose, certain| Seed { input, directory: directory.clone(), compose, root: Some(normalise(root)), certain };
        let named = read_env.then(|| named_by_env(&directory)).flatten();
        let together = named.or_else(|| default_files(&directory, &names)).unwrap_or_default();
        let alone: Vec<_> = names.into_iter().filter(|path| !together.contains(path)).collect();
        seeds.extend((!together.is_empty()).then(|| project(together, true)));
        seeds.extend(alone.into_iter().map(|path| project(vec![path], false)));
    }
    seeds
}

/// All directories below `root`, each with its files that are named like Compose files.
fn compose_like(root: &Path, problems: &mut Vec<FileProblem>) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut directories: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for entry in WalkBuilder::new(or_current(root)).require_git(false).sort_by_file_name(OsStr::cmp).build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(not_searched(root, &error));
                continue;
            }
        };
        let path = normalise(entry.path());
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            directories.entry(path).or_default();
        } else if is_compose_like(entry.file_name()) && entry.path().is_file() {
            let directory = path.parent().unwrap_or(Path::new("")).to_owned();
            directories.entry(directory).or_default().push(path);
        }
    }
    directories
}

/// Says what was not searched. A warning only: data directories of containers often belong to root, and nobody keeps
/// Compose files there.
fn not_searched(root: &Path, error: &ignore::Error) -> FileProblem {
    let path = normalise(place_of(error).unwrap_or(root));
    let why = error.io_error().map_or_else(|| error.to_string(), read::in_words);
    let message = format!("cannot search `{}`: {why}", path.display());
    FileProblem::warning(path, message)
}

/// The path that an error of the walk is about.
fn place_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place_of(err),
        _ => None,
    }
}

/// Whether a file is named `*compose*.yaml` or `.yml`.
fn is_compose_like(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    name.strip_suffix(".yaml").or(name.strip_suffix(".yml")).is_some_and(|stem| stem.contains("compose"))
}

/// The paths at which `docker compose` looks for the first file, in its order.
pub(super) fn first_files(directory: &Path) -> impl Iterator<Item = PathBuf> {
    FILE_NAMES.iter().map(|name| directory.join(name))
}

/// What `docker compose` reads in a directory when it is told nothing.
fn default_files(directory: &Path, names: &[PathBuf]) -> Option<Vec<PathBuf>> {
    let first = first_files(directory).find(|path| names.contains(path))?;
    let second = OVERRIDE_NAMES.iter().map(|name| directory.join(name)).find(|path| path.is_file());
    Some(std::iter::once(first).chain(second).collect())
}

/// The files that `COMPOSE_FILE` in the directory's `.env` names, split at `COMPOSE_PATH_SEPARATOR`.
fn named_by_env(directory: &Path) -> Option<Vec<PathBuf>> {
    let text = read::any_file(&directory.join(".env"), MAX_ENV_BYTES).ok()??;
    let env = env_file::variables(&text).ok()?;
    let value = |name: &str| env.get(name).map(Mapped::as_str).filter(|value| !value.is_empty());
    let separator = value("COMPOSE_PATH_SEPARATOR").unwrap_or(if cfg!(windows) { ";" } else { ":" });
    let names = value("COMPOSE_FILE")?.split(separator).map(str::trim).filter(|name| !name.is_empty());
    Some(names.map(|name| normalise(&directory.join(name))).collect())
}
