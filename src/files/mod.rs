//! Where texts come from.
//!
//! A [`FileSystem`] is the disk, or files that somebody has in memory; which files belong together is worked out over either
//! in the same words (`project`). [`Content`] is what one project can see of it: files are read when somebody asks for them, once.
//! Nothing here knows what the texts mean.

mod content;
#[cfg(feature = "cli")]
mod disk;
mod memory;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;

pub(crate) use content::{Content, MAX_BYTES_IN_ALL, MAX_FILES};
#[cfg(feature = "cli")]
pub(crate) use disk::Disk;
pub(crate) use memory::Memory;

/// The path under which standard input is shown.
pub(crate) const STDIN: &str = "<stdin>";
/// No Compose file is larger; a device that never ends must not fill the memory.
pub(crate) const MAX_COMPOSE_BYTES: u64 = 16 << 20;

/// Files by path. Paths are normalised; the empty one is the current directory.
pub(crate) trait FileSystem: fmt::Debug + Sync {
    /// What a path leads to, links followed; nothing where nothing is, or nobody may look.
    fn kind(&self, path: &Path) -> Option<Kind>;

    /// The text of a file. Only regular files are opened, and what the user named.
    ///
    /// # Errors
    /// It is no such file, cannot be opened, holds more than `limit` bytes, or is no text.
    fn text(&self, path: &Path, limit: u64) -> Result<String, Unread>;

    /// What lies in a directory, by name, without what is hidden; nothing when it cannot be listed.
    fn entries(&self, directory: &Path) -> Vec<(PathBuf, Kind)>;

    /// Shows `see` every directory and every file below `root`, itself included, from several threads and in no order. Hidden
    /// and ignored ones are left out, and links are not followed. Returns what could not be searched.
    fn walk(&self, root: &Path, see: &(dyn Fn(&Path, Kind) + Sync)) -> Vec<Unsearched>;

    /// The whole path, links not followed.
    fn absolute(&self, path: &Path) -> PathBuf;

    /// The one path of a file to which several may lead, as long as there is such a file.
    fn real(&self, path: &Path) -> PathBuf;
}

/// Kinds of things in a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// Neither: a link that was not followed; a socket, a pipe or a device, which is never opened.
    Other,
}

/// Why a file has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// There is no such file.
    Absent,
    /// Nobody may read it.
    Denied,
    /// It is no file but this.
    NotFile(Kind),
    /// It holds more than so many bytes.
    TooLarge(u64),
    /// It holds a NUL byte, at this offset.
    Nul(usize),
    /// It is not UTF-8 from this offset on.
    NotUtf8(usize),
    /// What the system says.
    Failed(String),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("it does not exist"),
            Self::Denied => f.write_str("permission denied"),
            Self::NotFile(Kind::Directory) => f.write_str("it is a directory"),
            Self::NotFile(_) => f.write_str("it is not a regular file"),
            Self::TooLarge(limit) => write!(f, "it is larger than {} MiB", limit >> 20),
            Self::Nul(at) => write!(f, "it is not a text file (NUL byte at offset {at})"),
            Self::NotUtf8(at) => write!(f, "it is not valid UTF-8 (offset {at})"),
            Self::Failed(said) => f.write_str(said),
        }
    }
}

impl std::error::Error for Unread {}

impl From<&io::Error> for Unread {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::IsADirectory => Self::NotFile(Kind::Directory),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<Utf8Error> for Unread {
    fn from(error: Utf8Error) -> Self {
        Self::NotUtf8(error.valid_up_to())
    }
}

/// A directory that could not be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsearched {
    /// The directory, or what in it was in the way.
    pub(crate) path: PathBuf,
    /// Why: lower case, no full stop.
    pub(crate) why: String,
}
