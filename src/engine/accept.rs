//! Whether Docker Compose accepts a result, asked before anything is written.
//!
//! The project's files are laid out in a directory of their own, at the same paths from each other, with the new texts among
//! them; Compose resolves what they name there as it does at home.

use super::docker::Compose;
use crate::project::Seed;
use crate::source::{FileId, Sources};
use crate::verify::Verified;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use tempfile::TempDir;

/// # Errors
/// What Compose says against the result, unless it says something against the files as they are.
pub(super) fn accepts(
    compose: &Compose,
    seed: &Seed,
    sources: &Sources,
    changes: &Verified,
    env_file: Option<&Path>,
) -> Result<(), String> {
    let after: BTreeMap<FileId, &str> = changes.changes().collect();
    let check = |texts: &BTreeMap<FileId, &str>| {
        let copy = lay_out(sources, texts).map_err(|error| format!("a copy to check cannot be made: {error}"))?;
        let paths: Vec<PathBuf> = seed.compose.iter().map(|path| copied(copy.path(), path)).collect();
        let env_file = env_file.map(|path| copied(copy.path(), path));
        compose.config(&copied(copy.path(), &seed.directory), &paths, env_file.as_deref(), &["--quiet"]).map(drop)
    };
    match check(&after) {
        Err(complaint) if check(&BTreeMap::new()).is_ok() => Err(complaint),
        _ => Ok(()),
    }
}

/// Copies what was read of a project, with the new text of the files that change.
fn lay_out(sources: &Sources, texts: &BTreeMap<FileId, &str>) -> io::Result<TempDir> {
    let copy = tempfile::tempdir()?;
    for file in sources.iter() {
        let path = copied(copy.path(), &file.path);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        std::fs::write(path, texts.get(&file.id).copied().unwrap_or(&file.text))?;
    }
    Ok(copy)
}

/// Where a file lies in the copy: at its whole path.
fn copied(copy: &Path, path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below = crate::source::normalise(&absolute);
    let names = below.components().filter_map(|part| if let Component::Normal(name) = part { Some(name) } else { None });
    copy.join(names.collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_their_places_from_each_other() {
        let at = |path: &str| copied(Path::new("/copy"), Path::new(path));
        assert_eq!(at("/srv/shop/../common/a.env"), Path::new("/copy/srv/common/a.env"));
        assert_eq!(at("/srv/shop"), Path::new("/copy/srv/shop"));
    }

    #[test]
    fn the_copy_holds_new_texts_and_old_ones() {
        let sources = Sources::default();
        let changed = sources.add("/p/compose.yaml", "old");
        sources.add("/p/.env", "A=1");
        let copy = lay_out(&sources, &BTreeMap::from([(changed, "new")])).unwrap();
        let text = |path: &str| std::fs::read_to_string(copied(copy.path(), Path::new(path))).unwrap();
        assert_eq!((text("/p/compose.yaml"), text("/p/.env")), ("new".into(), "A=1".into()));
    }

    /// Asks a Compose that accepts every file without the word `broken`.
    #[cfg(unix)]
    fn ask(before: &str, after: &str) -> Result<(), String> {
        let compose = Compose::called(&["sh", "-c", "if grep -rq broken \"$1\"; then echo line; echo reason >&2; exit 1; fi"]);
        let sources = Sources::default();
        let file = sources.add("/p/compose.yaml", before);
        let seed = Seed { input: 0, directory: "/p".into(), compose: vec!["/p/compose.yaml".into()], found: None };
        accepts(&compose, &seed, &sources, &Verified::assume(vec![(file, after.to_owned())]), None)
    }

    #[test]
    #[cfg(unix)]
    fn a_result_counts_as_bad_only_if_the_files_were_good() {
        assert_eq!(ask("good", "better"), Ok(()));
        assert_eq!(ask("good", "broken"), Err("`sh -c` says: reason".to_owned()));
        assert_eq!(ask("broken", "broken still"), Ok(()));
    }
}
