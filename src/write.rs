//! Verified texts onto the disk.
//!
//! Each file is replaced by a rename, so that whoever looks at any moment, even after a power cut, sees the old file or
//! the new one whole. All files of a project are prepared before the first is replaced, and when one cannot be replaced
//! those before it are put back. What to write is decided elsewhere: only a [`Verified`] comes in.

use crate::source::Sources;
use crate::verify::Verified;
use anyhow::{Context, Result, bail, ensure};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Makes the changes of one project, all or none.
///
/// A file that already holds its new text, because another project shares it, is left as it is.
///
/// # Errors
/// The first file that cannot be replaced (read-only, hard-linked, changed since it was read, no space …), by name.
pub(crate) fn write(sources: &Sources, verified: &Verified) -> Result<()> {
    let mut staged = Vec::new();
    for (file, after) in verified.changes() {
        let source = sources.get(file);
        let context = || format!("cannot write `{}`", source.path.display());
        staged.extend(stage(&source.path, &source.text, after).with_context(context)?);
    }
    let mut done: Vec<Replaced> = Vec::new();
    for next in staged {
        let name = next.named.clone();
        match next.replace() {
            Ok(replaced) => done.push(replaced),
            Err(error) => {
                let error = error.context(format!("cannot write `{}`", name.display()));
                return Err(put_back(&done, error));
            }
        }
    }
    done.iter().try_for_each(|replaced| sync_directory(&replaced.target))
}

/// A new text that lies beside the file it is to replace.
struct Staged<'a> {
    named: PathBuf,
    target: PathBuf,
    before: &'a str,
    fresh: NamedTempFile,
}

/// A file that was replaced, and what it held.
struct Replaced<'a> {
    target: PathBuf,
    before: &'a str,
}

impl<'a> Staged<'a> {
    /// Replaces the file, unless it changed in the meantime.
    fn replace(self) -> Result<Replaced<'a>> {
        ensure_unchanged(&self.target, self.before)?;
        self.fresh.persist(&self.target)?;
        Ok(Replaced { target: self.target, before: self.before })
    }
}

/// Prepares a file's replacement, or nothing when the file holds the new text already.
fn stage<'a>(path: &Path, before: &'a str, after: &str) -> Result<Option<Staged<'a>>> {
    // A symbolic link stays a link: what it points at is replaced.
    let target = fs::canonicalize(path)?;
    let metadata = fs::metadata(&target)?;
    ensure_replaceable(&target, &metadata)?;
    if fs::read(&target)? == after.as_bytes() {
        return Ok(None);
    }
    ensure_unchanged(&target, before)?;
    let fresh = write_beside(&target, &metadata, after)?;
    Ok(Some(Staged { named: path.to_owned(), target, before, fresh }))
}

fn ensure_replaceable(target: &Path, metadata: &Metadata) -> Result<()> {
    ensure!(metadata.is_file(), "it is not a regular file");
    ensure!(!is_protected(target, metadata), "it is read-only");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        ensure!(metadata.nlink() == 1, "it has several hard links, of which a rename would replace one");
    }
    // Renaming needs no permission on the file itself: whoever may not write it must not replace it either.
    OpenOptions::new().append(true).open(target)?;
    Ok(())
}

/// Whether somebody protected this very file: it cannot be written though its folder can. In a folder that is read-only
/// as a whole, the system's own word on who may write counts, which is asked next.
fn is_protected(target: &Path, metadata: &Metadata) -> bool {
    let folder = target.parent().and_then(|folder| fs::metadata(folder).ok());
    metadata.permissions().readonly() && !folder.is_some_and(|folder| folder.permissions().readonly())
}

fn ensure_unchanged(target: &Path, before: &str) -> Result<()> {
    if fs::read(target)? != before.as_bytes() {
        bail!("it changed since it was read; run again");
    }
    Ok(())
}

/// A file in the same directory, with the same owner and permissions, that holds `text` for certain.
fn write_beside(target: &Path, metadata: &Metadata, text: &str) -> Result<NamedTempFile> {
    let directory = target.parent().context("it has no directory")?;
    let mut fresh = tempfile::Builder::new().prefix(".compose-fix-").tempfile_in(directory)?;
    fresh.write_all(text.as_bytes())?;
    keep_owner(fresh.path(), metadata).context("its owner cannot be kept")?;
    // After the owner: changing that clears permission bits.
    fresh.as_file().set_permissions(metadata.permissions())?;
    fresh.as_file().sync_all()?;
    Ok(fresh)
}

#[cfg(unix)]
fn keep_owner(fresh: &Path, metadata: &Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let new = fs::metadata(fresh)?;
    if (new.uid(), new.gid()) == (metadata.uid(), metadata.gid()) {
        return Ok(());
    }
    chown(fresh, Some(metadata.uid()), Some(metadata.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Metadata) -> std::io::Result<()> {
    Ok(())
}

/// Gives the files that were replaced their old text back, and says so when that fails too.
fn put_back(done: &[Replaced<'_>], mut error: anyhow::Error) -> anyhow::Error {
    for Replaced { target, before } in done {
        let restored = fs::metadata(target)
            .map_err(anyhow::Error::from)
            .and_then(|metadata| write_beside(target, &metadata, before))
            .and_then(|fresh| Ok(fresh.persist(target)?));
        if let Err(second) = restored {
            error = error.context(format!("`{}` was rewritten and could not be put back ({second:#})", target.display()));
        }
    }
    error
}

/// A rename is on the disk for certain when its directory is. Windows has no such thing to ask for.
fn sync_directory(target: &Path) -> Result<()> {
    if cfg!(unix) {
        let directory = target.parent().context("it has no directory")?;
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .with_context(|| format!("cannot sync `{}`", directory.display()))?;
    }
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use tempfile::TempDir;

    /// A directory with files `1`, `2` …, each of which is to become `new`.
    struct Project {
        directory: TempDir,
        sources: Sources,
        verified: Verified,
    }

    impl Project {
        fn new(files: usize) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let sources = Sources::default();
            let mut add = |number: usize| {
                let path = directory.path().join(number.to_string());
                fs::write(&path, "old\r\n").unwrap();
                (sources.add(path, "old\r\n"), "new".to_owned())
            };
            let changes = (1..=files).map(&mut add).collect();
            Self { directory, verified: Verified::assume(changes), sources }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.directory.path().join(name)
        }

        fn text(&self, name: &str) -> String {
            fs::read_to_string(self.path(name)).unwrap()
        }

        fn write(&self) -> Result<(), String> {
            write(&self.sources, &self.verified).map_err(|error| format!("{error:#}"))
        }

        fn assert_refused(&self, because: &str) {
            let error = self.write().expect_err(because);
            assert!(error.contains(because), "{error}");
            assert_eq!(self.litter(), 0, "temporary files are left");
        }

        fn litter(&self) -> usize {
            let hidden = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().starts_with('.');
            fs::read_dir(self.directory.path()).unwrap().filter_map(|entry| hidden(entry).then_some(())).count()
        }
    }

    #[test]
    fn files_get_their_new_text_and_nothing_is_left_behind() {
        let project = Project::new(2);
        project.write().unwrap();
        assert_eq!((project.text("1"), project.text("2"), project.litter()), ("new".into(), "new".into(), 0));
    }

    #[test]
    fn permission_bits_and_owner_are_kept() {
        let project = Project::new(1);
        fs::set_permissions(project.path("1"), fs::Permissions::from_mode(0o640)).unwrap();
        let before = fs::metadata(project.path("1")).unwrap();
        project.write().unwrap();
        let after = fs::metadata(project.path("1")).unwrap();
        assert_eq!((after.mode() & 0o7777, after.uid(), after.gid()), (0o640, before.uid(), before.gid()));
    }

    #[test]
    fn the_target_of_a_symbolic_link_is_rewritten_and_the_link_stays() {
        let project = Project::new(1);
        fs::rename(project.path("1"), project.path("target")).unwrap();
        symlink("target", project.path("1")).unwrap();
        project.write().unwrap();
        assert_eq!(project.text("target"), "new");
        assert!(fs::symlink_metadata(project.path("1")).unwrap().is_symlink());
    }

    #[test]
    fn a_read_only_file_is_refused_and_so_is_its_project() {
        let project = Project::new(2);
        fs::set_permissions(project.path("2"), fs::Permissions::from_mode(0o444)).unwrap();
        project.assert_refused("2`: it is read-only");
        assert_eq!(project.text("1"), "old\r\n");
    }

    #[test]
    fn a_hard_linked_file_is_refused() {
        let project = Project::new(1);
        fs::hard_link(project.path("1"), project.path("other")).unwrap();
        project.assert_refused("hard links");
        assert_eq!(project.text("1"), "old\r\n");
    }

    #[test]
    fn a_file_that_changed_since_it_was_read_is_refused() {
        let project = Project::new(2);
        fs::write(project.path("2"), "newer").unwrap();
        project.assert_refused("changed since it was read");
        assert_eq!((project.text("1"), project.text("2")), ("old\r\n".into(), "newer".into()));
    }

    #[test]
    fn a_file_that_is_gone_is_refused() {
        let project = Project::new(1);
        fs::remove_file(project.path("1")).unwrap();
        project.assert_refused("No such file");
    }

    #[test]
    fn a_file_that_holds_its_new_text_already_is_left_alone() {
        let project = Project::new(1);
        fs::write(project.path("1"), "new").unwrap();
        let before = fs::metadata(project.path("1")).unwrap().ino();
        project.write().unwrap();
        assert_eq!(fs::metadata(project.path("1")).unwrap().ino(), before);
    }

    #[test]
    fn files_that_were_replaced_are_put_back_when_a_later_one_fails() {
        let project = Project::new(1);
        let path = project.path("1");
        let staged = stage(&path, "old\r\n", "new").unwrap().unwrap();
        let done = [staged.replace().unwrap()];
        assert_eq!(project.text("1"), "new");
        let error = put_back(&done, anyhow::anyhow!("no space"));
        assert_eq!((project.text("1"), error.to_string(), project.litter()), ("old\r\n".into(), "no space".into(), 0));
    }
}
