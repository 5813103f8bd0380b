//! Reading a project: its files, and in turn the files that those name.
//!
//! `compose::wanted` says which files are named; here is decided which of them are read. Files of the project's tree are,
//! and what relative paths reach. `/etc/localtime` and `/var/run/docker.sock` are not: what an absolute path
//! outside of the project names belongs to the host.

use super::{ProjectFiles, Seed, or_current, read};
use crate::compose::env_file;
use crate::compose::interpolate::Env;
use crate::compose::wanted;
use crate::diagnostic::FileProblem;
use crate::source::{FileId, normalise};
use crate::yaml::{self, Node};
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// A project that names more files is read up to here.
const MAX_FILES: usize = 256;
/// A larger file is not configuration.
const MAX_BYTES: u64 = 1 << 20;
/// The same for the files in a directory that is mounted as a whole.
const MAX_BYTES_IN_DIRECTORY: u64 = 256 << 10;
/// How many of those files are read.
const MAX_FILES_IN_DIRECTORY: usize = 64;
/// How deep below the directory they may lie.
const MAX_DEPTH: usize = 3;

/// Reads a project, or nothing when its file turns out to be something else than a Compose file.
///
/// # Errors
/// The files it is started from that cannot be read.
pub(super) fn read(seed: &Seed, env_file: Option<&Path>) -> Result<Option<ProjectFiles>, Vec<FileProblem>> {
    let (texts, problems): (Vec<_>, Vec<_>) = seed.compose.iter().map(|path| read::compose_file(path)).partition(Result::is_ok);
    if !problems.is_empty() {
        return Err(problems.into_iter().filter_map(Result::err).collect());
    }
    let mut reader = Reader::default();
    reader.files.directory.clone_from(&seed.directory);
    reader.files.roots.extend(seed.root.clone());
    for (path, text) in seed.compose.iter().zip(texts.into_iter().flatten()) {
        if !seed.certain && !is_compose(path, &text, true) {
            return Ok(None);
        }
        if reader.seen.insert(path.clone()) {
            let id = reader.add_compose(path, text);
            reader.files.compose.push(id);
        }
    }
    reader.read_env(env_file);
    reader.follow();
    reader.files.missing.sort();
    Ok(Some(reader.files))
}

#[derive(Default)]
struct Reader {
    files: ProjectFiles,
    env: Env,
    /// Paths that were taken, whatever became of them.
    seen: BTreeSet<PathBuf>,
    /// Compose files whose names are still to be followed.
    queue: VecDeque<FileId>,
}

impl Reader {
    fn add_compose(&mut self, path: &Path, text: String) -> FileId {
        let id = self.files.sources.add(path, text);
        self.files.covers.insert(read::real_path(path));
        self.queue.push_back(id);
        id
    }

    fn read_env(&mut self, named: Option<&Path>) {
        let path = named.map_or_else(|| self.files.directory.join(".env"), normalise);
        match read::any_file(&path, MAX_BYTES) {
            Ok(Some(text)) => {
                for line in env_file::parse(&text, &Env::default()).into_iter().flatten() {
                    if let Some(value) = line.value {
                        self.env.insert(line.name, value);
                    }
                }
                self.seen.insert(path.clone());
                self.files.env = Some(self.files.sources.add(path, text));
            }
            Ok(None) => self.files.missing.push(path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => self.files.missing.push(path),
        }
    }

    fn follow(&mut self) {
        while let Some(id) = self.queue.pop_front() {
            for path in self.named_by(id) {
                if self.files.sources.iter().count() >= MAX_FILES {
                    return;
                }
                self.take(&path);
            }
        }
    }

    /// The paths that a Compose file names, unless they are the host's. Those in the project's own files are relative to
    /// its directory, those in a file that is included or extended to that file's.
    fn named_by(&self, id: FileId) -> Vec<PathBuf> {
        let source = self.files.sources.get(id);
        let own = self.files.compose.contains(&id);
        let directory = if own { Some(self.files.directory.as_path()) } else { source.path.parent() };
        let directory = directory.unwrap_or(Path::new(""));
        let Ok(stream) = yaml::parse_leniently(source) else { return Vec::new() };
        // As they are written: joined to an absolute directory, all would look absolute.
        let written = wanted::paths(&stream, Path::new(""), &self.env);
        written.iter().filter(|path| !self.is_foreign(path)).map(|path| normalise(&directory.join(path))).collect()
    }

    fn take(&mut self, path: &Path) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        match fs::metadata(or_current(path)) {
            Ok(found) if found.is_dir() => self.take_directory(path),
            Ok(found) if found.is_file() => self.take_file(path, MAX_BYTES),
            // A socket or a device: it is there, and holds no text.
            Ok(_) => {}
            Err(_) => self.files.missing.push(path.to_owned()),
        }
    }

    /// Takes a file's text in, and follows it when it is a Compose file.
    fn take_file(&mut self, path: &Path, limit: u64) {
        match read::any_file(path, limit) {
            Ok(Some(text)) if is_compose(path, &text, false) => {
                self.add_compose(path, text);
            }
            Ok(Some(text)) => {
                self.files.sources.add(path, text);
            }
            Ok(None) => {}
            Err(_) => self.files.missing.push(path.to_owned()),
        }
    }

    /// Takes the text files of a directory of the project, those that lie highest first.
    fn take_directory(&mut self, directory: &Path) {
        if !self.is_below(directory) {
            return;
        }
        let mut level = vec![directory.to_owned()];
        let mut left = MAX_FILES_IN_DIRECTORY;
        for _ in 0..MAX_DEPTH {
            let (directories, files): (Vec<_>, Vec<_>) = level.iter().flat_map(|path| read::entries(path)).partition(|path| path.is_dir());
            for path in files.into_iter().filter(|path| path.is_file()).take(left) {
                left -= 1;
                if self.seen.insert(path.clone()) {
                    self.take_file(&path, MAX_BYTES_IN_DIRECTORY);
                }
            }
            level = directories.into_iter().filter(|path| !path.is_symlink()).collect();
        }
    }

    /// Whether a path, as it is written, names something of the host: absolute outside of the project, or in a home.
    fn is_foreign(&self, written: &Path) -> bool {
        let home = written.as_os_str().as_encoded_bytes().starts_with(b"~");
        home || (written.has_root() && !self.is_below(written))
    }

    fn is_below(&self, path: &Path) -> bool {
        let absolute = |path: &Path| std::path::absolute(or_current(path)).map(|path| normalise(&path));
        matches!((absolute(path), absolute(&self.files.directory)), (Ok(path), Ok(directory)) if path.starts_with(&directory))
    }
}

/// Whether a text is that of a Compose file. One that is not YAML counts when `broken` ones are to be reported and it
/// has a line that says `services:`.
fn is_compose(path: &Path, text: &str, broken: bool) -> bool {
    let yaml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml"));
    // Parsing is what costs; without the word there is nothing to find.
    if !yaml || !(text.contains("services") || text.contains("include")) {
        return false;
    }
    let mut sources = crate::source::Sources::default();
    let id = sources.add(path, text);
    match yaml::parse_leniently(sources.get(id)) {
        Ok(stream) => stream.documents.iter().any(|document| names_services(&document.root)),
        Err(_) => broken && text.lines().any(|line| line.trim_end() == "services:"),
    }
}

fn names_services(root: &Node<'_>) -> bool {
    root.get("services").is_some() || root.get("include").is_some()
}
