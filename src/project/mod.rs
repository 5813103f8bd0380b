//! From what the user named to projects: which files belong together, and which projects can matter.
//!
//! What files make a project follows what `docker compose` does when it is run in that directory, or with `-f`; which further
//! ones they include and extend is found by `compose` when it loads them. Everything is written over a
//! [`FileSystem`], so that a directory on disk and files in memory are searched alike.

mod bytes;
mod extent;
mod follow;
mod named;
mod open;
mod prefilter;
mod seed;
mod walk;

use crate::diagnostic::FileProblem;
use crate::files::{FileSystem, Kind, MAX_COMPOSE_BYTES, STDIN};
use crate::source::normalise;
use seed::unreadable;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(crate) use extent::{Extent, count_files, parts};
#[cfg(test)]
pub(crate) use open::Opened;
pub(crate) use open::{names_services, open};
pub(crate) use prefilter::Prefilter;
pub(crate) use seed::{First, Seed};

/// A source of projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// One Compose file on standard input.
    Stdin,
    /// A directory to search, or a Compose file that is taken alone.
    Path(PathBuf),
    /// One project of several files, of which later ones override earlier ones.
    #[cfg(feature = "cli")]
    Files(Vec<PathBuf>),
}

impl Input {
    /// The files that it names, or the directory.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Stdin => vec![STDIN.into()],
            Self::Path(path) => vec![normalise(path)],
            #[cfg(feature = "cli")]
            Self::Files(paths) => paths.iter().map(|path| normalise(path)).collect(),
        }
    }
}

/// The projects that inputs stand for, in their order, and within a directory by name; and what could not be searched.
pub(crate) fn survey(
    system: &dyn FileSystem,
    inputs: &[Input],
    env_file: Option<&Path>,
    prefilter: &Prefilter,
) -> (Vec<Seed>, Vec<FileProblem>) {
    let mut problems = Vec::new();
    let env = match env_file.map(|path| system.text(path, MAX_COMPOSE_BYTES).map_err(|unread| unreadable(path, &unread))) {
        Some(Err(problem)) => return (Vec::new(), vec![problem]),
        Some(Ok(text)) => Some(prefilter.signs_of_env(&text)),
        None => None,
    };
    let mut seeds = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        match input {
            Input::Path(path) if system.kind(path) == Some(Kind::Directory) => {
                let search = walk::Search { system, prefilter, input: number, root: &normalise(path), env };
                seeds.extend(walk::search(search, &mut problems));
            }
            _ => seeds.push(named(number, input)),
        }
    }
    (seeds, problems)
}

/// A project whose files the user names.
fn named(number: usize, input: &Input) -> Seed {
    let mut compose: Vec<PathBuf> = Vec::new();
    for path in input.paths() {
        if !compose.contains(&path) {
            compose.push(path);
        }
    }
    let directory = compose.first().and_then(|path| path.parent()).unwrap_or(Path::new("")).to_owned();
    Seed { input: number, directory, compose, found: None }
}

/// The paths at or below which files may be written: a directory that was named, the directory of a file that was.
pub(crate) fn roots(system: &dyn FileSystem, inputs: &[Input]) -> Vec<PathBuf> {
    let root = |input: &Input| {
        let path = input.paths().into_iter().next().unwrap_or_default();
        let whole = *input == Input::Stdin || matches!(input, Input::Path(_)) && system.kind(&path) == Some(Kind::Directory);
        if whole { path } else { path.parent().unwrap_or(Path::new("")).to_owned() }
    };
    inputs.iter().map(root).collect()
}

/// The directories that were named and in which there is nothing.
pub(crate) fn fruitless(system: &dyn FileSystem, inputs: &[Input], fruitful: &BTreeSet<usize>) -> Vec<FileProblem> {
    let numbered = inputs.iter().enumerate().filter(|(number, _)| !fruitful.contains(number));
    let directories = numbered.filter_map(|(_, input)| match input {
        Input::Path(path) if system.kind(path) == Some(Kind::Directory) => Some(path),
        _ => None,
    });
    directories.map(|path| FileProblem::error(path, format!("no compose file found in `{}`", path.display()))).collect()
}
