//! Files and folders: those of the repository, those that the environment names, and those that a test makes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Files by their path in a folder, with `/` between names.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a variable names. For tests that are ignored unless one asks for them: without the variable they fail.
pub(crate) fn needed(variable: &str) -> PathBuf {
    std::env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| panic!("this test needs the variable {variable}"))
}

/// The folder with real projects: `corpus`, `more` and `negatives`.
pub(crate) fn corpus() -> PathBuf {
    needed("COMPOSE_FIX_CORPUS")
}

/// Every file below a folder, in order. Links to folders are not followed.
pub(crate) fn below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.is_symlink() => {}
                true => open.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

/// Every file below a folder that is named like YAML, in order.
pub(crate) fn yaml_below(folder: &Path) -> Vec<PathBuf> {
    let is_yaml = |path: &PathBuf| {
        let name = path.to_string_lossy().to_lowercase();
        name.ends_with(".yaml") || name.ends_with(".yml")
    };
    below(folder).into_iter().filter(is_yaml).collect()
}

/// The files below a folder, with what is in them.
pub(crate) fn pack(folder: &Path) -> Files {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
    below(folder).iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// A new folder with these files.
pub(crate) fn unpack<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    folder
}

/// A new folder with these texts.
pub(crate) fn tree(files: &[(&str, &str)]) -> TempDir {
    unpack(files.iter().map(|(path, text)| (*path, text.as_bytes())))
}

/// Writes files below a folder.
pub(crate) fn write<'a>(folder: &Path, files: impl IntoIterator<Item = (&'a str, &'a [u8])>) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Copies a folder with everything in it that can be read.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().filter_map(Result::ok) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target)),
        }
    }
}
