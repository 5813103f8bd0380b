//! Small projects, each in one text file of `tests/projects`.
//!
//! The first line says what the project shows. Then come settings (`files: base.yml over.yml`, `args: --unsafe`,
//! `says: part of what the user is told`, `rejected: part of the message`, `layer: yes` for what Compose wants to
//! have with other files or variables), and then the files, each behind a line `-- path --`. A file `after/path` is what
//! becomes of `path`; files without one have to stay as they are.

use super::files::{below, root, write};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// One of them.
pub(crate) struct SmallProject {
    pub(crate) name: String,
    pub(crate) settings: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

/// All of them, by name.
pub(crate) fn all() -> Vec<SmallProject> {
    let projects: Vec<SmallProject> = below(&root().join("tests/projects")).iter().map(|path| SmallProject::read(path)).collect();
    assert!(projects.len() >= 60, "only {} projects", projects.len());
    projects
}

impl SmallProject {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let (mut settings, mut files) = (BTreeMap::new(), BTreeMap::new());
        let mut current: Option<String> = None;
        for line in text.split_inclusive('\n') {
            let name = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
            match (name, &current) {
                (Some(name), _) => {
                    files.insert(name.to_owned(), String::new());
                    current = Some(name.to_owned());
                }
                (None, Some(file)) => files.get_mut(file).unwrap().push_str(line),
                (None, None) => {
                    if let Some((key, value)) = line.split_once(": ").filter(|(key, _)| !key.contains(' ')) {
                        settings.insert(key.to_owned(), value.trim().to_owned());
                    }
                }
            }
        }
        Self { name: path.file_stem().unwrap().to_string_lossy().into_owned(), settings, files }
    }

    /// The files before the migration, by path.
    pub(crate) fn before(&self) -> impl Iterator<Item = (&str, &str)> {
        let before = self.files.iter().filter(|(path, _)| !path.starts_with("after/"));
        before.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// What has to become of a file.
    pub(crate) fn after<'a>(&'a self, path: &str, before: &'a str) -> &'a str {
        self.files.get(&format!("after/{path}")).map_or(before, String::as_str)
    }

    /// The project's files before the migration, in a folder of that name.
    pub(crate) fn unpack(&self) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        write(&root, self.before().map(|(path, text)| (path, text.as_bytes())));
        (folder, root)
    }

    /// The words of a setting.
    pub(crate) fn words(&self, key: &str) -> Vec<&str> {
        self.settings.get(key).map(|text| text.split_whitespace().collect()).unwrap_or_default()
    }

    /// The files that it is made of, in order; none where the program is to find them.
    pub(crate) fn named(&self) -> Vec<PathBuf> {
        self.words("files").into_iter().map(PathBuf::from).collect()
    }
}
