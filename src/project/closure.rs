//! Reading a project: its files, and in turn the files that those name.
//!
//! `compose::wanted` says which files are named; here is decided which of them are read. Files of the project's tree are,
//! and what relative paths reach. `/etc/localtime` and `/var/run/docker.sock` are not: what an absolute path
//! outside of the project names belongs to the host.

use super::{ProjectFiles, Seed, or_current, read, walk};
use crate::compose::dependencies::{self, Role, Wanted};
use crate::diagnostic::FileProblem;
use crate::formats::env_file;
use crate::formats::interpolation::Env;
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
        if !seed.certain && !is_compose(path, &text) {
            return Ok(None);
        }
        if reader.seen.insert(path.clone()) {
            let id = reader.files.sources.add(path, text);
            reader.files.compose.push(id);
        }
    }
    reader.read_env(env_file);
    for id in reader.files.compose.clone() {
        reader.part(Part { file: id, directory: seed.directory.clone(), env: Env::default() });
    }
    reader.follow();
    reader.files.missing.sort();
    let beside = walk::first_files(&seed.directory).find(|path| path.is_file());
    reader.files.beside = beside.filter(|path| !reader.files.covers.contains(&read::real_path(path)));
    Ok(Some(reader.files))
}

/// A Compose file of the project, and what it is read with.
#[derive(Debug, PartialEq)]
struct Part {
    file: FileId,
    /// What paths in it are relative to.
    directory: PathBuf,
    /// Its variables besides those of the project.
    env: Env,
}

#[derive(Default)]
struct Reader {
    files: ProjectFiles,
    env: Env,
    /// Paths that were taken, whatever became of them.
    seen: BTreeSet<PathBuf>,
    /// Compose files whose names are still to be followed.
    queue: VecDeque<Part>,
    /// The files that were, with the directory that they were read with.
    followed: BTreeSet<(FileId, PathBuf)>,
}

impl Reader {
    /// Makes a file part of the project, and what it names too.
    fn part(&mut self, part: Part) {
        let path = self.files.sources.get(part.file).path.clone();
        self.files.covers.insert(read::real_path(&path));
        if !self.files.parts.contains(&part.file) {
            self.files.parts.push(part.file);
        }
        if self.followed.insert((part.file, part.directory.clone())) {
            self.queue.push_back(part);
        }
    }

    fn read_env(&mut self, named: Option<&Path>) {
        let path = named.map_or_else(|| self.files.directory.join(".env"), normalise);
        match read::any_file(&path, MAX_BYTES) {
            Ok(Some(text)) => {
                self.env = assigned(&text);
                self.seen.insert(path.clone());
                self.files.env = Some(self.files.sources.add(path, text));
            }
            Ok(None) => self.files.missing.push(path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => self.files.missing.push(path),
        }
    }

    fn follow(&mut self) {
        while let Some(part) = self.queue.pop_front() {
            for wanted in self.named_by(&part) {
                if self.files.sources.iter().count() >= MAX_FILES {
                    return;
                }
                self.fetch(&part, &wanted);
            }
        }
    }

    /// The files that a Compose file names, as it writes them, unless they are the host's.
    fn named_by(&self, part: &Part) -> Vec<Wanted> {
        let Ok(stream) = yaml::parse_leniently(self.files.sources.get(part.file)) else { return Vec::new() };
        let mut env = self.env.clone();
        env.complete(part.env.iter().map(|(name, value)| (name, value.clone())));
        dependencies::files(&stream, &env).into_iter().filter(|file| !self.is_foreign(&file.path)).collect()
    }

    fn fetch(&mut self, by: &Part, wanted: &Wanted) {
        let from_here = |path: &Path| normalise(&by.directory.join(path));
        let path = from_here(&wanted.path);
        match &wanted.role {
            Role::Env if !path.exists() => {}
            Role::Env | Role::Content => self.take(&path),
            Role::Compose { directory, env } => {
                self.take(&path);
                let Some(file) = self.files.sources.find(&path).map(|source| source.id) else { return };
                let mut own = by.env.clone();
                for variables in env {
                    own.complete(variables_of(&from_here(variables)).iter().map(|(name, value)| (name, value.clone())));
                }
                self.part(Part { file, directory: from_here(directory), env: own });
            }
        }
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

    fn take_file(&mut self, path: &Path, limit: u64) {
        match read::any_file(path, limit) {
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

/// The variables in an env file; none when it is not there.
fn variables_of(path: &Path) -> Env {
    let text = read::any_file(path, MAX_BYTES).ok().flatten();
    text.map(|text| assigned(&text)).unwrap_or_default()
}

fn assigned(text: &str) -> Env {
    env_file::variables(text).unwrap_or_default()
}

/// Whether a text is that of a Compose file. One that is not YAML counts, and is reported,
/// when it has a line that says `services:`.
fn is_compose(path: &Path, text: &str) -> bool {
    let yaml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml"));
    // Parsing is what costs; without the word there is nothing to find.
    if !yaml || !(text.contains("services") || text.contains("include")) {
        return false;
    }
    let mut sources = crate::source::Sources::default();
    let id = sources.add(path, text);
    match yaml::parse_leniently(sources.get(id)) {
        Ok(stream) => stream.documents.iter().any(|document| names_services(&document.root)),
        Err(_) => text.lines().any(|line| line.trim_end() == "services:"),
    }
}

fn names_services(root: &Node<'_>) -> bool {
    root.get("services").is_some() || root.get("include").is_some()
}
