//! What one project can see of a file system: its own tree, and what relative paths reach.
//!
//! `/etc/localtime` and `/var/run/docker.sock` are not part of it: what an absolute path outside of the project names belongs to
//! the host. A file is read when somebody asks for it, and remembered; so is what lies in a folder. Whoever asks gets the
//! same answer however often and in whichever order.

use super::{FileSystem, Kind, MAX_COMPOSE_BYTES, Unread};
use crate::knowledge::config_files;
use crate::source::{FileId, SourceFile, Sources, normalise};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A larger file is not configuration.
const MAX_BYTES: u64 = 256 << 10;
/// How many files a service reads at most, and through how many folders they are looked for.
pub(crate) const MAX_FILES: usize = 2000;
/// How many bytes of text a service reads at most.
pub(crate) const MAX_BYTES_IN_ALL: usize = 16 << 20;

/// The files of one project.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    system: &'a dyn FileSystem,
    directory: &'a Path,
    sources: &'a Sources,
    files: Mutex<BTreeMap<PathBuf, Result<FileId, Unread>>>,
    folders: Mutex<BTreeMap<PathBuf, Arc<[FileId]>>>,
}

impl<'a> Content<'a> {
    /// The files that a project in `directory` can see. They are added to `sources`; what is there already is not read again.
    pub(crate) fn new(system: &'a dyn FileSystem, directory: &'a Path, sources: &'a Sources) -> Self {
        let files = sources.iter().map(|file| (file.path.clone(), Ok(file.id))).collect();
        Self { system, directory, sources, files: Mutex::new(files), folders: Mutex::default() }
    }

    /// The same files with other texts, under the same names.
    pub(crate) fn with_texts<'b>(&'b self, sources: &'b Sources) -> Content<'b> {
        Content::new(self.system, self.directory, sources)
    }

    /// What a path leads to.
    pub(crate) fn kind(&self, path: &Path) -> Option<Kind> {
        self.system.kind(path)
    }

    /// The texts that were read so far.
    pub(crate) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The text of the file at a path.
    ///
    /// # Errors
    /// It cannot be read, holds more than `limit` bytes, or is no text.
    pub(crate) fn read(&self, path: &Path, limit: u64) -> Result<&'a SourceFile, Unread> {
        let mut files = locked(&self.files);
        let found = match files.get(path) {
            Some(found) => found.clone(),
            None => {
                let found = self.system.text(path, limit).map(|text| self.sources.add(path, text));
                files.insert(path.to_owned(), found.clone());
                found
            }
        };
        found.map(|id| self.sources.get(id))
    }

    /// The file that `written` names, relative to the project's directory, if it is one of text and not the host's.
    pub(crate) fn file(&self, written: &Path) -> Option<&'a SourceFile> {
        self.read(&self.locate(written)?, MAX_BYTES).ok()
    }

    /// The same for a Compose file, which may be larger.
    pub(crate) fn compose_file(&self, written: &Path) -> Option<&'a SourceFile> {
        self.read(&self.locate(written)?, MAX_COMPOSE_BYTES).ok()
    }

    /// The file that `written` names, or the files in the folder that it names, those that lie highest first; each with its
    /// path below the folder.
    pub(crate) fn files(&self, written: &Path) -> Vec<(PathBuf, &'a SourceFile)> {
        let Some(path) = self.locate(written) else { return Vec::new() };
        match self.system.kind(&path) {
            Some(Kind::File) => self.read(&path, MAX_BYTES).into_iter().map(|file| (PathBuf::new(), file)).collect(),
            Some(Kind::Directory) if self.is_below(&path, self.directory) => {
                let files = self.folder(&path).iter().map(|id| self.sources.get(*id)).collect::<Vec<_>>();
                files.into_iter().filter_map(|file| Some((file.path.strip_prefix(&path).ok()?.to_owned(), file))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether `written` names a file or folder of the project that is not there, or that nobody may read.
    pub(crate) fn is_missing(&self, written: &Path) -> bool {
        let Some(path) = self.locate(written) else { return false };
        match self.system.kind(&path) {
            None => true,
            Some(Kind::File) => matches!(self.read(&path, MAX_BYTES), Err(Unread::Absent | Unread::Denied | Unread::Failed(_))),
            Some(_) => false,
        }
    }

    /// Whether a path lies below a directory, by their names.
    pub(crate) fn is_below(&self, path: &Path, directory: &Path) -> bool {
        self.system.absolute(path).starts_with(self.system.absolute(directory))
    }

    /// Whether `written` is the host's: absolute outside of the project, or in a home.
    pub(crate) fn is_foreign(&self, written: &Path) -> bool {
        let home = written.as_os_str().as_encoded_bytes().starts_with(b"~");
        home || (written.has_root() && !self.is_below(written, self.directory))
    }

    /// The path of what the project names; none for what is the host's.
    fn locate(&self, written: &Path) -> Option<PathBuf> {
        (!self.is_foreign(written)).then(|| normalise(&self.directory.join(written)))
    }

    /// The text files in a folder.
    fn folder(&self, path: &Path) -> Arc<[FileId]> {
        let known = locked(&self.folders).get(path).map(Arc::clone);
        known.unwrap_or_else(|| {
            let files: Arc<[FileId]> = self.list(path).into();
            locked(&self.folders).insert(path.to_owned(), Arc::clone(&files));
            files
        })
    }

    fn list(&self, path: &Path) -> Vec<FileId> {
        let mut found = Vec::new();
        let (mut files_left, mut folders_left, mut bytes_left) = (MAX_FILES, MAX_FILES, MAX_BYTES_IN_ALL);
        let mut level = vec![path.to_owned()];
        while !level.is_empty() {
            level.truncate(folders_left);
            folders_left -= level.len();
            let entries = level.iter().flat_map(|path| self.system.entries(path));
            let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|(_, kind)| *kind == Kind::Directory);
            for (path, _) in files.into_iter().filter(|(path, kind)| self.is_file(path, *kind)).take(files_left) {
                files_left -= 1;
                let Ok(file) = self.read(&path, MAX_BYTES) else { continue };
                let Some(left) = bytes_left.checked_sub(file.text.len()) else { return found };
                bytes_left = left;
                found.push(file.id);
            }
            level = folders.into_iter().map(|(path, _)| path).filter(|path| !is_without_settings(path)).collect();
        }
        found
    }

    /// Whether an entry of a folder is a file, or leads to one.
    fn is_file(&self, path: &Path, kind: Kind) -> bool {
        kind == Kind::File || kind == Kind::Other && self.system.kind(path) == Some(Kind::File)
    }
}

fn is_without_settings(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| config_files::is_without_settings(&name.to_string_lossy()))
}

/// What a lock guards. A thread that panicked meanwhile left it whole: entries are only ever added.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Disk;
    use std::fs;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        directory
    }

    #[test]
    fn what_a_project_names_is_read_and_what_belongs_to_the_host_is_not() {
        let root = tree(&[
            ("p/web.env", "B=1\n"),
            ("up.env", "C=1\n"),
            ("p/conf/b.conf", "b"),
            ("p/conf/.hidden", "x"),
            ("p/conf/a/deep/x/deep.conf", "x"),
            ("p/conf/node_modules/a/a.conf", "x"),
            ("p/conf/a/a.conf", "a"),
            ("p/conf/image.bin", "\0"),
            ("p/blob", "\0"),
            ("outside/x", "x"),
        ]);
        let (disk, sources, directory) = (Disk::default(), Sources::default(), root.path().join("p"));
        let content = Content::new(&disk, &directory, &sources);
        let files = |written: &str| content.files(Path::new(written)).into_iter().map(|(below, _)| below).collect::<Vec<_>>();
        assert_eq!(files("./conf"), [Path::new("b.conf"), Path::new("a/a.conf"), Path::new("a/deep/x/deep.conf")]);
        assert_eq!((files("./x/../web.env"), files("../up.env")), (vec![PathBuf::new()], vec![PathBuf::new()]));
        for nothing in ["./blob", "gone", "../outside", "/etc/hostname", "~/x", "~"] {
            assert_eq!(files(nothing), Vec::<PathBuf>::new(), "{nothing}");
        }
        let is_missing = |written: &str| content.is_missing(Path::new(written));
        assert!(is_missing("gone.env") && is_missing("../gone"));
        assert!(!is_missing("web.env") && !is_missing("blob") && !is_missing("conf") && !is_missing("/gone") && !is_missing("~/gone"));
    }

    #[test]
    fn a_file_is_read_once() {
        let root = tree(&[("a.env", "A=1\n")]);
        let (disk, sources) = (Disk::default(), Sources::default());
        let content = Content::new(&disk, root.path(), &sources);
        let first = content.file(Path::new("a.env")).unwrap();
        fs::write(root.path().join("a.env"), "A=2\n").unwrap();
        assert_eq!(content.file(Path::new("./a.env")).unwrap().text, first.text);
        assert_eq!(content.files(Path::new("."))[0].1.id, first.id);
        let again = Sources::default();
        again.add(first.path.clone(), "A=3\n");
        assert_eq!(content.with_texts(&again).file(Path::new("a.env")).unwrap().text, "A=3\n");
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_never_opened() {
        let root = tree(&[]);
        let made = std::process::Command::new("mkfifo").arg(root.path().join("pipe")).status().unwrap();
        assert!(made.success());
        let (disk, sources) = (Disk::default(), Sources::default());
        let content = Content::new(&disk, root.path(), &sources);
        assert_eq!(content.read(&root.path().join("pipe"), 10).err(), Some(Unread::NotFile(Kind::Other)));
        assert!(content.files(Path::new("./pipe")).is_empty() && content.files(Path::new(".")).is_empty());
    }
}
