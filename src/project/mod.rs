//! From what the user named to projects: which files belong together, and which projects can matter.
//!
//! What files make a project follows what `docker compose` does when it is run in that directory, or with `-f`; which further
//! ones they include and extend is found by `compose` when it loads them. Everything is written over a
//! [`FileSystem`], so that a directory on disk and files in memory are searched alike.

mod open;
mod prefilter;
mod walk;

use crate::diagnostic::FileProblem;
use crate::files::{FileSystem, Kind, MAX_COMPOSE_BYTES, STDIN, Unread, text};
use crate::source::normalise;
use prefilter::Signs;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

#[cfg(test)]
pub(crate) use open::Opened;
pub(crate) use open::{names_services, open};
pub(crate) use prefilter::Prefilter;

/// A source of projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// One Compose file on standard input.
    Stdin,
    /// A directory to search, or a Compose file that is taken alone.
    Path(PathBuf),
    /// One project of several files, of which later ones override earlier ones.
    Files(Vec<PathBuf>),
}

impl Input {
    /// The files that it names, or the directory.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Stdin => vec![STDIN.into()],
            Self::Path(path) => vec![normalise(path)],
            Self::Files(paths) => paths.iter().map(|path| normalise(path)).collect(),
        }
    }
}

/// A project before it is opened.
#[derive(Debug)]
pub(crate) struct Seed {
    /// Which input it comes from.
    pub(crate) input: usize,
    /// The project's directory, to which paths in its files are relative; empty for the current one.
    pub(crate) directory: PathBuf,
    /// The Compose files it is started from; later ones override earlier ones.
    pub(crate) compose: Vec<PathBuf>,
    /// How it was found, unless the user named its files.
    pub(crate) found: Option<Found>,
}

/// What is known of a project that a search found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Whether it is known to be a project; otherwise only its name suggests it.
    certain: bool,
    /// What its files and its `.env` may speak of.
    signs: Signs,
    /// The real paths of its files.
    real: Vec<PathBuf>,
    /// The files that cannot be read.
    problems: Vec<FileProblem>,
}

/// What becomes of a seed without opening it.
#[derive(Debug)]
pub(crate) enum First {
    /// It has to be opened.
    Open,
    /// It cannot matter. It is a project of these files.
    Done(Vec<PathBuf>),
    /// It is no project.
    Nothing,
    /// Its files cannot be read.
    Unreadable(Vec<FileProblem>),
}

impl Seed {
    /// What the bytes of its files come to.
    pub(crate) fn at_first_sight(&self) -> First {
        match &self.found {
            Some(found) if !found.problems.is_empty() => First::Unreadable(found.problems.clone()),
            Some(found) if !found.signs.matter() && (found.certain || found.signs.compose) => First::Done(found.real.clone()),
            Some(found) if !found.signs.matter() => First::Nothing,
            _ => First::Open,
        }
    }

    /// Whether it is a project whatever its file turns out to be.
    pub(crate) fn is_certain(&self) -> bool {
        self.found.as_ref().is_none_or(|found| found.certain)
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
    let env = match env_file.map(|path| text(system, path, MAX_COMPOSE_BYTES).map_err(|unread| unreadable(path, &unread))) {
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

/// Which files a project turned out to be made of, by their real paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The files it is started from.
    pub(crate) starts: Vec<PathBuf>,
    /// Those, and the files that they include and extend.
    pub(crate) covers: Vec<PathBuf>,
}

impl Extent {
    /// Whether all files that `other` is started from are part of this project.
    fn includes(&self, other: &Self) -> bool {
        other.starts.iter().all(|path| self.covers.contains(path))
    }
}

/// How many Compose files there are in all.
pub(crate) fn count_files(extents: &[&Extent]) -> usize {
    extents.iter().flat_map(|extent| &extent.covers).collect::<HashSet<_>>().len()
}

/// Says of each project whether it is part of another. Of projects that are part of each other the first is not.
pub(crate) fn parts(extents: &[&Extent]) -> Vec<bool> {
    let mut covering: HashMap<&PathBuf, Vec<usize>> = HashMap::new();
    for (number, extent) in extents.iter().enumerate() {
        extent.covers.iter().for_each(|path| covering.entry(path).or_default().push(number));
    }
    let is_part = |number: usize| {
        let own = extents[number];
        let candidates = own.starts.first().and_then(|path| covering.get(path)).into_iter().flatten();
        candidates.filter(|other| **other != number).any(|other| {
            let whole = extents[*other];
            whole.includes(own) && (*other < number || !own.includes(whole))
        })
    };
    (0..extents.len()).map(is_part).collect()
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

fn unreadable(path: &Path, unread: &Unread) -> FileProblem {
    FileProblem::error(path, format!("cannot read `{}`: {unread}", path.display()))
}
