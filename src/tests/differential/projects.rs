//! Small projects, each in one text file of `tests/projects`.
//!
//! The first line says what the project shows. Then come settings (`files: base.yml over.yml`, `args: --unsafe`,
//! `says: part of what the user is told`, `rejected: part of the message`, `layer: yes` for what Compose wants to
//! have with other files or variables), and then the files, each behind a line `-- path --`. A file `after/path` is what
//! becomes of `path`; files without one have to stay as they are.

use super::compose::Compose;
use super::model;
use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// One of them.
pub(crate) struct Project {
    name: String,
    settings: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

/// All of them, by name.
pub(crate) fn all() -> Vec<Project> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| Project::read(path)).collect()
}

impl Project {
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

    /// The project's files before the migration, in a folder of that name.
    fn unpack(&self) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        for (path, text) in self.files.iter().filter(|(path, _)| !path.starts_with("after/")) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (folder, root)
    }

    fn words(&self, key: &str) -> Vec<&str> {
        self.settings.get(key).map(|text| text.split_whitespace().collect()).unwrap_or_default()
    }

    fn named(&self) -> Vec<PathBuf> {
        self.words("files").into_iter().map(PathBuf::from).collect()
    }

    /// How our model differs from that of Compose.
    pub(crate) fn disagreement(&self, compose: &Compose) -> Option<String> {
        let (_folder, root) = self.unpack();
        let ours = match self.named().as_slice() {
            [] => model::load_directory(&root),
            files => model::load_files(&files.iter().map(|file| root.join(file)).collect::<Vec<_>>()),
        };
        let expected = self.settings.get("rejected");
        let found = match (compose.config(&root, &self.named()), expected) {
            (Ok(theirs), None) => model::differences(&ours, &theirs),
            (Ok(_), Some(_)) => vec!["Compose accepts it".to_owned()],
            (Err(_), None) if self.settings.contains_key("layer") => Vec::new(),
            (Err(message), None) => vec![format!("Compose rejects it: {message}")],
            (Err(_), Some(expected)) => match ours {
                Err(message) if message.contains(expected.as_str()) => Vec::new(),
                Err(message) => vec![format!("rejected for another reason: {message}")],
                Ok(_) => vec!["it is not rejected".to_owned()],
            },
        };
        (!found.is_empty()).then(|| format!("{}: {}", self.name, found.join("; ")))
    }

    /// How the files differ from what the migration should make of them.
    pub(crate) fn difference_after(&self) -> Option<String> {
        let (_folder, root) = self.unpack();
        let said = write(&root, &self.named(), &self.words("args"));
        let mut wrong = Vec::new();
        for (path, before) in self.files.iter().filter(|(path, _)| !path.starts_with("after/")) {
            let expected = self.files.get(&format!("after/{path}")).unwrap_or(before);
            let after = fs::read_to_string(root.join(path)).unwrap();
            if after != *expected {
                wrong.push(format!("`{path}` became\n{after}\nand not\n{expected}"));
            }
        }
        for part in self.settings.get("says").into_iter().filter(|part| !said.contains(part.as_str())) {
            wrong.push(format!("`{part}` is not said"));
        }
        let again = write(&root, &self.named(), &self.words("args"));
        for (path, before) in self.files.iter().filter(|(path, _)| !path.starts_with("after/")) {
            let expected = self.files.get(&format!("after/{path}")).unwrap_or(before);
            if wrong.is_empty() && fs::read_to_string(root.join(path)).unwrap() != *expected {
                wrong.push(format!("a second run changes `{path}`:\n{again}"));
            }
        }
        (!wrong.is_empty()).then(|| format!("== {}: {}\n{said}", self.name, wrong.join("\n")))
    }

    /// What Compose says against the result, when it accepted the project before.
    pub(crate) fn rejected_after(&self, compose: &Compose) -> Option<String> {
        let (_folder, root) = self.unpack();
        compose.config(&root, &self.named()).ok()?;
        write(&root, &self.named(), &self.words("args"));
        let message = compose.config(&root, &self.named()).err()?;
        Some(format!("{}: {message}", self.name))
    }
}

/// Migrates in place, and returns what was said.
pub(crate) fn write(directory: &Path, files: &[PathBuf], more: &[&str]) -> String {
    let mut command = Command::cargo_bin("compose-fix").unwrap();
    command.current_dir(directory).arg("--write").args(more);
    for file in files {
        command.arg("-f").arg(file);
    }
    String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned()
}

/// Whether a migration would change anything.
pub(crate) fn would_change(directory: &Path, files: &[PathBuf], more: &[&str]) -> bool {
    let mut command = Command::cargo_bin("compose-fix").unwrap();
    command.current_dir(directory).args(more);
    for file in files {
        command.arg("-f").arg(file);
    }
    !command.output().unwrap().stdout.is_empty()
}

/// Copies a folder with everything in it.
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
