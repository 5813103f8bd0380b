//! Files that somebody has in memory: a page in a browser, a test, the texts of a project with its edits made.
//!
//! Every path is taken from one root, so that there is nothing outside. There are no links and nothing is ignored; hidden
//! directories are left out of a search as they are on disk.

use super::{FileSystem, Kind, Unread, Unsearched};
use crate::source::{Sources, normalise};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Texts by whole path.
#[derive(Debug)]
pub(crate) struct Memory<'a> {
    files: BTreeMap<PathBuf, &'a str>,
}

impl<'a> Memory<'a> {
    /// The file system that holds these files; of two with one path the later one.
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self { files: sources.iter().map(|file| (whole(&file.path), file.text.as_str())).collect() }
    }

    /// The files below a directory, with their paths from there.
    fn below<'s>(&'s self, directory: &Path) -> impl Iterator<Item = PathBuf> + use<'s, 'a> {
        let root = whole(directory);
        let from = self.files.range(root.clone()..);
        from.map_while(move |(path, _)| path.strip_prefix(&root).ok().map(Path::to_owned)).filter(|path| !path.as_os_str().is_empty())
    }
}

/// A path from the root.
fn whole(path: &Path) -> PathBuf {
    normalise(&Path::new("/").join(path))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

impl FileSystem for Memory<'_> {
    fn kind(&self, path: &Path) -> Option<Kind> {
        match self.files.contains_key(&whole(path)) {
            true => Some(Kind::File),
            false => self.below(path).next().map(|_| Kind::Directory),
        }
    }

    fn text(&self, path: &Path, limit: u64) -> Result<String, Unread> {
        match self.files.get(&whole(path)) {
            Some(text) if text.len() as u64 > limit => Err(Unread::TooLarge(limit)),
            Some(text) => memchr::memchr(0, text.as_bytes()).map_or_else(|| Ok((*text).to_owned()), |at| Err(Unread::Nul(at))),
            None if self.kind(path).is_some() => Err(Unread::NotFile(Kind::Directory)),
            None => Err(Unread::Absent),
        }
    }

    fn entries(&self, directory: &Path) -> Vec<(PathBuf, Kind)> {
        let mut entries: Vec<(PathBuf, Kind)> = Vec::new();
        for below in self.below(directory) {
            let mut names = below.iter();
            let Some(name) = names.next().filter(|name| !is_hidden(name)) else { continue };
            let entry = (directory.join(name), if names.next().is_some() { Kind::Directory } else { Kind::File });
            if entries.last() != Some(&entry) {
                entries.push(entry);
            }
        }
        entries
    }

    fn walk(&self, root: &Path, see: &(dyn Fn(&Path, Kind) + Sync)) -> Vec<Unsearched> {
        see(root, Kind::Directory);
        for (path, kind) in self.entries(root) {
            match kind {
                Kind::Directory => drop(self.walk(&path, see)),
                _ => see(&path, kind),
            }
        }
        Vec::new()
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        whole(path)
    }

    fn real(&self, path: &Path) -> PathBuf {
        whole(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn sources() -> Sources {
        let sources = Sources::default();
        for path in ["compose.yaml", "./a/x.env", "a/b/y", "a/.git/z", "a-b/w", ".env"] {
            sources.add(path, path);
        }
        sources
    }

    #[test]
    fn files_are_found_by_any_spelling_of_their_path() {
        let sources = sources();
        let memory = Memory::new(&sources);
        let read = |path: &str| memory.text(Path::new(path), 100);
        assert_eq!(read("a/../a/x.env").as_deref(), Ok("./a/x.env"));
        assert_eq!(
            (read("a"), read("b"), memory.text(Path::new(".env"), 3)),
            (Err(Unread::NotFile(Kind::Directory)), Err(Unread::Absent), Err(Unread::TooLarge(3)))
        );
        let kinds = ["", "a", "a/b", "a/b/y", "a/b/y/z"].map(|path| memory.kind(Path::new(path)));
        assert_eq!(kinds, [Some(Kind::Directory), Some(Kind::Directory), Some(Kind::Directory), Some(Kind::File), None]);
    }

    #[test]
    fn a_search_shows_all_but_what_is_hidden() {
        let sources = sources();
        let seen = Mutex::new(Vec::new());
        Memory::new(&sources).walk(Path::new(""), &|path, _| seen.lock().unwrap().push(path.display().to_string()));
        assert_eq!(seen.into_inner().unwrap(), ["", "a", "a/b", "a/b/y", "a/x.env", "a-b", "a-b/w", "compose.yaml"]);
    }
}
