//! Searching a directory for projects: file names, `COMPOSE_FILE` in `.env`, and what the bytes of the files say.
//!
//! A file is looked at where the search comes upon it and forgotten but for its signs, so that a large tree costs little memory.
//! An override file and `.env` are looked up beside their project directly, because those two are what people keep out of git
//! and Compose reads all the same.

use super::follow::from;
use super::prefilter::{Look, Prefilter, Signs};
use super::seed::{Found, Seed, unreadable};
use crate::diagnostic::FileProblem;
use crate::files::{FileSystem, Kind, MAX_COMPOSE_BYTES, Unread};
use crate::formats::env_file;
use crate::formats::mapped::Mapped;
use crate::source::normalise;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The names of a project's first file, in the order in which Compose tries them.
const FILE_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// The names of the file that overrides it, in the order in which Compose tries them, whatever the first is called.
const OVERRIDE_NAMES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];
/// An `.env` that is larger holds no settings of Compose.
const MAX_ENV_BYTES: u64 = 1 << 20;

/// A directory to search, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) system: &'a dyn FileSystem,
    pub(super) prefilter: &'a Prefilter,
    /// Which input it is.
    pub(super) input: usize,
    pub(super) root: &'a Path,
    /// The signs in the file with the variables of all projects; without one, each has its own `.env`.
    pub(super) env: Option<Signs>,
}

/// A file that is named like a Compose file.
struct Looked {
    path: PathBuf,
    real: PathBuf,
    look: Result<Look, Unread>,
    /// The file that goes over it when Compose is told nothing.
    over: Option<PathBuf>,
}

/// What a directory's `.env` says.
struct EnvSays {
    directory: PathBuf,
    files: Option<Vec<PathBuf>>,
    signs: Signs,
}

/// What was seen, in no order.
#[derive(Default)]
struct Seen {
    looked: Vec<Looked>,
    envs: Vec<EnvSays>,
}

/// The projects below a directory, by path. Those whose files are only named like Compose files are not certain.
pub(super) fn search(search: Search<'_>, problems: &mut Vec<FileProblem>) -> Vec<Seed> {
    let seen = Mutex::new(Seen::default());
    let lock = || seen.lock().unwrap_or_else(PoisonError::into_inner);
    let real_root = search.system.real(search.root);
    let unsearched = search.system.walk(search.root, &|path, kind| match kind {
        Kind::Directory => search.read_env(path).into_iter().for_each(|env| lock().envs.push(env)),
        _ => search.come_upon(path, kind, &real_root).into_iter().for_each(|looked| lock().looked.push(looked)),
    });
    // A warning only: data directories of containers often belong to root, and nobody keeps Compose files there.
    problems.extend(unsearched.into_iter().map(|place| {
        let message = format!("cannot search `{}`: {}", place.path.display(), place.why);
        FileProblem::warning(place.path, message)
    }));
    let Seen { mut looked, mut envs } = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    looked.sort_by(|one, other| (one.directory(), &one.path).cmp(&(other.directory(), &other.path)));
    envs.sort_by(|one, other| one.directory.cmp(&other.directory));
    search.seeds(&looked, &envs)
}

impl Looked {
    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

impl Search<'_> {
    /// Looks at a file if it is named like a Compose file.
    fn come_upon(&self, path: &Path, kind: Kind, real_root: &Path) -> Option<Looked> {
        let name = path.file_name().filter(|name| is_compose_like(name))?;
        let is_file = kind == Kind::File || kind == Kind::Other && self.system.kind(path) == Some(Kind::File);
        if !is_file {
            return None;
        }
        // Below the root there are no links to directories, so the way from there is the real one.
        let below = path.strip_prefix(self.root).ok().filter(|_| kind == Kind::File);
        let real = below.map_or_else(|| self.system.real(path), |below| real_root.join(below));
        let directory = path.parent().unwrap_or(Path::new(""));
        let is_first = FILE_NAMES.iter().any(|first| name == *first);
        let mut overrides = OVERRIDE_NAMES.iter().map(|name| directory.join(name));
        let over = is_first.then(|| overrides.find(|path| self.system.kind(path) == Some(Kind::File))).flatten();
        Some(Looked { path: path.to_owned(), real, look: self.look(path), over })
    }

    fn look(&self, path: &Path) -> Result<Look, Unread> {
        self.system.text(path, MAX_COMPOSE_BYTES).map(|text| self.prefilter.look(&text))
    }

    /// What the `.env` of a directory says, as far as it matters here.
    fn read_env(&self, directory: &Path) -> Option<EnvSays> {
        if self.env.is_some() {
            return None;
        }
        let text = self.system.text(&directory.join(".env"), MAX_ENV_BYTES).ok()?;
        let signs = self.prefilter.signs_of_env(&text);
        let files = text.contains("COMPOSE_FILE").then(|| named_by_env(directory, &text)).flatten();
        (signs != Signs::default() || files.is_some()).then(|| EnvSays { directory: directory.to_owned(), files, signs })
    }

    /// The projects, directory by directory.
    fn seeds(&self, looked: &[Looked], envs: &[EnvSays]) -> Vec<Seed> {
        let mut seeds = Vec::new();
        let mut envs = envs.iter().peekable();
        for files in looked.chunk_by(|one, other| one.directory() == other.directory()) {
            let directory = files.first().map_or(Path::new(""), Looked::directory);
            while let Some(env) = envs.next_if(|env| env.directory.as_path() < directory) {
                seeds.extend(self.seeds_in(&env.directory, &[], Some(env)));
            }
            let env = envs.next_if(|env| env.directory == directory);
            seeds.extend(self.seeds_in(directory, files, env));
        }
        seeds.extend(envs.flat_map(|env| self.seeds_in(&env.directory, &[], Some(env))));
        seeds
    }

    fn seeds_in(&self, directory: &Path, looked: &[Looked], env: Option<&EnvSays>) -> Vec<Seed> {
        let signs = self.env.or(env.map(|env| env.signs)).unwrap_or_default();
        let named = env.and_then(|env| env.files.clone());
        let together = named.or_else(|| default_files(directory, looked)).unwrap_or_default();
        let alone = looked.iter().filter(|file| !together.contains(&file.path)).map(|file| file.path.clone()).collect::<Vec<_>>();
        let mut seeds = Vec::new();
        if !together.is_empty() {
            seeds.push(self.seed(directory, together, looked, signs, true));
        }
        seeds.extend(alone.into_iter().map(|path| self.seed(directory, vec![path], looked, signs, false)));
        seeds
    }

    /// A project of these files, most of which were looked at.
    fn seed(&self, directory: &Path, compose: Vec<PathBuf>, looked: &[Looked], env: Signs, certain: bool) -> Seed {
        let mut found = Found { certain, signs: env, named: Vec::new(), real: Vec::new(), problems: Vec::new() };
        for path in &compose {
            let there = looked.iter().find(|file| file.path == *path);
            found.real.push(there.map_or_else(|| self.system.real(path), |file| file.real.clone()));
            match there.map_or_else(|| self.look(path), |file| file.look.clone()) {
                Ok(look) => {
                    found.signs = found.signs.with(look.signs);
                    found.named.extend(from(directory, look.named));
                }
                Err(unread) => found.problems.push(unreadable(path, &unread)),
            }
        }
        Seed { input: self.input, directory: directory.to_owned(), compose, found: Some(found) }
    }
}

/// Whether a file is named `*compose*.yaml` or `.yml`.
fn is_compose_like(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let stem = [".yaml", ".yml"].iter().find_map(|ending| {
        let (stem, end) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        end.eq_ignore_ascii_case(ending.as_bytes()).then_some(stem)
    });
    let word = b"compose";
    stem.is_some_and(|stem| stem.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)))
}

/// The paths at which `docker compose` looks for the first file, in its order.
pub(super) fn first_files(directory: &Path) -> impl Iterator<Item = PathBuf> {
    FILE_NAMES.iter().map(|name| directory.join(name))
}

/// What `docker compose` reads in a directory when it is told nothing.
fn default_files(directory: &Path, looked: &[Looked]) -> Option<Vec<PathBuf>> {
    let first = first_files(directory).find_map(|path| looked.iter().find(|file| file.path == path))?;
    Some(std::iter::once(first.path.clone()).chain(first.over.clone()).collect())
}

/// The files that `COMPOSE_FILE` in a directory's `.env` names, split at `COMPOSE_PATH_SEPARATOR`.
fn named_by_env(directory: &Path, text: &str) -> Option<Vec<PathBuf>> {
    let env = env_file::variables(text).ok()?;
    let value = |name: &str| env.get(name).map(Mapped::as_str).filter(|value| !value.is_empty());
    let separator = value("COMPOSE_PATH_SEPARATOR").unwrap_or(if cfg!(windows) { ";" } else { ":" });
    let names = value("COMPOSE_FILE")?.split(separator).map(str::trim).filter(|name| !name.is_empty());
    Some(names.map(|name| normalise(&directory.join(name))).collect())
}
