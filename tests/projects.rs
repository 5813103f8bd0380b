//! Small projects, from their files to what has to become of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::program;
use support::projects::{self, SmallProject};

#[test]
fn small_projects_end_up_as_they_should() {
    let failures: Vec<String> = projects::all().iter().filter_map(difference_after).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// How the files differ from what the migration should make of them.
fn difference_after(project: &SmallProject) -> Option<String> {
    let (_folder, root) = project.unpack();
    let said = write(&root, &project.named(), &project.words("args"));
    let mut wrong = differences(project, &root, "the run");
    for part in project.settings.get("says").into_iter().filter(|part| !said.contains(part.as_str())) {
        wrong.push(format!("`{part}` is not said"));
    }
    if wrong.is_empty() {
        write(&root, &project.named(), &project.words("args"));
        wrong = differences(project, &root, "a second run");
    }
    (!wrong.is_empty()).then(|| format!("== {}: {}\n{said}", project.name, wrong.join("\n")))
}

/// The files that are not as they should be after a run.
fn differences(project: &SmallProject, root: &Path, by: &str) -> Vec<String> {
    let one = |(path, before)| {
        let (after, expected) = (fs::read_to_string(root.join(path)).unwrap(), project.after(path, before));
        (after != expected).then(|| format!("by {by} `{path}` became\n{after}\nand not\n{expected}"))
    };
    project.before().filter_map(one).collect()
}

/// Migrates in place, and returns what was said.
fn write(root: &Path, files: &[PathBuf], more: &[&str]) -> String {
    let files: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let named = files.iter().flat_map(|file| ["-f", file.as_str()]);
    program::run(root, &["--write"].into_iter().chain(more.iter().copied()).chain(named).collect::<Vec<_>>()).stderr
}
