//! Opening a project: the texts that it is started from.
//!
//! Everything else that it reads is read when somebody asks for it.

use super::seed::{Seed, unreadable};
use super::walk;
use crate::diagnostic::FileProblem;
use crate::files::{Content, Kind, MAX_COMPOSE_BYTES};
use crate::source::{FileId, SourceFile, normalise};
use crate::yaml::Stream;
use std::path::{Path, PathBuf};

/// An env file that is larger is none.
const MAX_ENV_BYTES: u64 = 1 << 20;

/// The files that a project is started from.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// The Compose files; later ones override earlier ones.
    pub(crate) compose: Vec<FileId>,
    /// The file with the variables for interpolation: `.env`, or what `--env-file` names.
    pub(crate) env: Option<FileId>,
    /// A file of a default name in the project's directory: what they may be meant to go over.
    pub(crate) beside: Option<PathBuf>,
}

/// Reads the files that a project is started from.
///
/// # Errors
/// Those of the Compose files that cannot be read.
pub(crate) fn open(seed: &Seed, content: &Content<'_>, env_file: Option<&Path>) -> Result<Opened, Vec<FileProblem>> {
    let read = |path: &PathBuf| content.read(path, MAX_COMPOSE_BYTES).map_err(|unread| unreadable(path, &unread));
    let (files, problems): (Vec<_>, Vec<_>) = seed.compose.iter().map(read).partition(Result::is_ok);
    if !problems.is_empty() {
        return Err(problems.into_iter().filter_map(Result::err).collect());
    }
    let env = env_file.map_or_else(|| seed.directory.join(".env"), normalise);
    let env = content.read(&env, MAX_ENV_BYTES).ok().map(|file| file.id);
    let beside = walk::first_files(&seed.directory).find(|path| content.kind(path) == Some(Kind::File));
    Ok(Opened { compose: files.into_iter().flatten().map(|file| file.id).collect(), env, beside })
}

/// Whether a file that is only named like a Compose file is one. One that is not YAML counts, and is reported, when it has a
/// line that says `services:`.
pub(crate) fn names_services(file: &SourceFile, stream: Option<&Stream<'_>>) -> bool {
    match stream {
        Some(stream) => stream.documents.iter().any(|document| ["services", "include"].iter().any(|key| document.root.get(key).is_some())),
        None => file.text.lines().any(|line| line.trim_end() == "services:"),
    }
}
