//! A project before it is opened: the files that it would be started from, and what is known of them.

use super::extent::Extent;
use super::follow::follow;
use super::prefilter::{Prefilter, Signs};
use crate::diagnostic::FileProblem;
use crate::files::{FileSystem, Unread};
use std::path::{Path, PathBuf};

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
    pub(super) certain: bool,
    /// What its files and its `.env` may speak of.
    pub(super) signs: Signs,
    /// The files that its files name.
    pub(super) named: Vec<PathBuf>,
    /// The real paths of its files.
    pub(super) real: Vec<PathBuf>,
    /// The files that cannot be read.
    pub(super) problems: Vec<FileProblem>,
}

/// What becomes of a seed without opening it.
#[derive(Debug)]
pub(crate) enum First {
    /// It has to be opened.
    Open,
    /// It cannot matter. It is a project that reaches so far.
    Done(Extent),
    /// It is no project.
    Nothing,
    /// Its files cannot be read.
    Unreadable(Vec<FileProblem>),
}

impl Seed {
    /// What the bytes of its files come to, and those of the files that they name.
    pub(crate) fn at_first_sight(&self, system: &dyn FileSystem, prefilter: &Prefilter) -> First {
        let Some(found) = &self.found else { return First::Open };
        if !found.problems.is_empty() {
            return First::Unreadable(found.problems.clone());
        }
        match follow(system, prefilter, found.named.clone(), found.signs) {
            Some(further) if found.certain || found.signs.compose => {
                let starts = found.real.clone();
                First::Done(Extent { covers: starts.iter().cloned().chain(further).collect(), starts })
            }
            Some(_) => First::Nothing,
            None => First::Open,
        }
    }

    /// Whether it is a project whatever its file turns out to be.
    pub(crate) fn is_certain(&self) -> bool {
        self.found.as_ref().is_none_or(|found| found.certain)
    }
}

/// Says that a file of a project cannot be read.
pub(super) fn unreadable(path: &Path, unread: &Unread) -> FileProblem {
    FileProblem::error(path, format!("cannot read `{}`: {unread}", path.display()))
}
