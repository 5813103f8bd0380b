//! The files of this machine.
//!
//! A search respects `.gitignore`, also outside of git repositories, and enters neither hidden directories nor symbolic links.
//! Pipes, sockets and devices are never opened, except for those that the user names: `<(…)` of a shell is a pipe.

use super::{FileSystem, Kind, STDIN, Unread, Unsearched};
use crate::source::normalise;
use ignore::{WalkBuilder, WalkState};
use std::collections::BTreeSet;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The file system of this machine.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// What the user named.
    named: BTreeSet<PathBuf>,
}

impl Disk {
    /// The disk, for a user who named these files. The path that stands for standard input reads that.
    pub(crate) fn new(named: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { named: named.into_iter().collect() }
    }
}

impl FileSystem for Disk {
    fn kind(&self, path: &Path) -> Option<Kind> {
        fs::metadata(or_current(path)).ok().map(|found| kind(found.file_type()))
    }

    fn text(&self, path: &Path, limit: u64) -> Result<String, Unread> {
        let named = self.named.contains(path);
        if named && path == Path::new(STDIN) {
            return text(io::stdin().lock(), 0, limit);
        }
        let found = fs::metadata(or_current(path)).map_err(|error| Unread::from(&error))?;
        match kind(found.file_type()) {
            kind @ Kind::Directory => Err(Unread::NotFile(kind)),
            kind @ Kind::Other if !named => Err(Unread::NotFile(kind)),
            _ if found.len() > limit => Err(Unread::TooLarge(limit)),
            _ => text(File::open(path).map_err(|error| Unread::from(&error))?, found.len(), limit),
        }
    }

    fn entries(&self, directory: &Path) -> Vec<(PathBuf, Kind)> {
        let listed = fs::read_dir(or_current(directory)).into_iter().flatten().filter_map(Result::ok);
        let entry = |entry: fs::DirEntry| Some((entry.file_name(), kind(entry.file_type().ok()?)));
        let mut entries: Vec<_> = listed.filter_map(entry).filter(|(name, _)| !name.as_encoded_bytes().starts_with(b".")).collect();
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        entries.into_iter().map(|(name, kind)| (directory.join(name), kind)).collect()
    }

    fn walk(&self, root: &Path, see: &(dyn Fn(&Path, Kind) + Sync)) -> Vec<Unsearched> {
        let unsearched = Mutex::new(Vec::new());
        WalkBuilder::new(or_current(root)).require_git(false).build_parallel().run(|| {
            Box::new(|entry| {
                match entry {
                    Ok(entry) => {
                        let path = entry.path().strip_prefix(".").unwrap_or(entry.path());
                        see(path, entry.file_type().map_or(Kind::Other, kind));
                    }
                    Err(error) => unsearched.lock().unwrap_or_else(PoisonError::into_inner).push(not_searched(root, &error)),
                }
                WalkState::Continue
            })
        });
        let mut unsearched = unsearched.into_inner().unwrap_or_else(PoisonError::into_inner);
        unsearched.sort_by(|one, other| one.path.cmp(&other.path));
        unsearched
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        std::path::absolute(or_current(path)).map_or_else(|_| path.to_owned(), |path| normalise(&path))
    }

    fn real(&self, path: &Path) -> PathBuf {
        fs::canonicalize(or_current(path)).unwrap_or_else(|_| path.to_owned())
    }
}

/// The path, for calls that do not take the empty one for the current directory.
fn or_current(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

fn kind(kind: FileType) -> Kind {
    match () {
        () if kind.is_file() => Kind::File,
        () if kind.is_dir() => Kind::Directory,
        () => Kind::Other,
    }
}

/// What a file that is no text is known by: a NUL byte among so many first ones.
const HEAD: u64 = 8 << 10;

/// All of a text, of which about `expected` bytes should come.
fn text(mut reader: impl Read, expected: u64, limit: u64) -> Result<String, Unread> {
    // One more than there should be: a read that finds nothing behind the last byte tells that it was the last.
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(limit)).unwrap_or_default() + 1);
    let mut left = limit + 1;
    for part in [HEAD.min(left), left.saturating_sub(HEAD)] {
        let start = bytes.len();
        let length = reader.by_ref().take(part).read_to_end(&mut bytes).map_err(|error| Unread::from(&error))?;
        if let Some(at) = memchr::memchr(0, &bytes[start..]) {
            return Err(Unread::Nul(start + at));
        }
        left -= length as u64;
        if (length as u64) < part {
            break;
        }
    }
    if left == 0 {
        return Err(Unread::TooLarge(limit));
    }
    String::from_utf8(bytes).map_err(|error| error.utf8_error().into())
}

fn not_searched(root: &Path, error: &ignore::Error) -> Unsearched {
    let why = error.io_error().map_or_else(|| error.to_string(), |error| Unread::from(error).to_string());
    Unsearched { path: normalise(place_of(error).unwrap_or(root)), why }
}

/// The path that an error of the walk is about.
fn place_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place_of(err),
        _ => None,
    }
}
