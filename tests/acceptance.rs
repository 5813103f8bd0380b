//! What Compose accepted before, it accepts after: asked of the real Compose.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod support;

use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use support::compose::Compose;
use support::files::{copy, corpus, root, yaml_below};
use support::program;
use support::projects::{self, SmallProject};

/// Both ways to run.
const MODES: [&[&str]; 2] = [&[], &["--unsafe"]];

#[test]
#[ignore = "needs COMPOSE_FIX_DOCKER_COMPOSE"]
fn cases_and_examples_are_accepted_after_the_migration() {
    let compose = Compose::needed();
    let inputs = |path: &PathBuf| !path.to_string_lossy().contains(".fixed.");
    let files: Vec<PathBuf> = ["tests/cases", "examples"].iter().flat_map(|part| yaml_below(&root().join(part))).filter(inputs).collect();
    hold(&compose, &files, 60);
}

#[test]
#[ignore = "needs COMPOSE_FIX_DOCKER_COMPOSE"]
fn small_projects_are_accepted_after_the_migration() {
    let compose = Compose::needed();
    let failures: Vec<String> = projects::all().par_iter().flat_map_iter(|project| small(project, &compose)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
#[ignore = "needs COMPOSE_FIX_DOCKER_COMPOSE and COMPOSE_FIX_CORPUS"]
fn real_files_are_accepted_after_the_migration() {
    let (compose, corpus) = (Compose::needed(), corpus());
    let files = ["corpus", "more"].iter().flat_map(|part| yaml_below(&corpus.join(part)));
    let speaks_of_host = |path: &PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains("host"));
    hold(&compose, &files.filter(speaks_of_host).collect::<Vec<_>>(), 200);
}

/// Holds every file, as a project of its own, to the law. At least so many have to be changed for the test to say anything.
fn hold(compose: &Compose, files: &[PathBuf], at_least: usize) {
    let changed: Vec<Option<String>> = files.par_iter().flat_map_iter(|file| single(compose, file)).collect();
    let failures: Vec<&str> = changed.iter().flatten().map(String::as_str).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(changed.len() >= at_least, "only {} runs change something", changed.len());
}

/// For each way to run that changes a file that Compose accepts: what Compose says against the result.
fn single(compose: &Compose, file: &Path) -> Vec<Option<String>> {
    let (folder, name) = (file.parent().unwrap(), file.file_name().unwrap());
    let named = [PathBuf::from(name)];
    let mut results = Vec::new();
    for mode in MODES {
        let arguments = [mode, &["-f", name.to_str().unwrap()]].concat();
        if program::run(folder, &arguments).stdout.is_empty() {
            continue;
        }
        let temporary = tempfile::tempdir().unwrap();
        copy(folder, temporary.path());
        if compose.config(temporary.path(), &named).is_err() {
            continue;
        }
        program::run(temporary.path(), &[&["--write"], arguments.as_slice()].concat());
        let rejected = compose.config(temporary.path(), &named).err();
        results.push(rejected.map(|message| format!("{} {mode:?}: {message}", file.display())));
    }
    results
}

/// What Compose says against a small project, with its own options and in both ways, when it accepted it before.
fn small(project: &SmallProject, compose: &Compose) -> Vec<String> {
    let named: Vec<String> = project.named().iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let named: Vec<&str> = named.iter().flat_map(|file| ["-f", file.as_str()]).collect();
    let mut failures = Vec::new();
    for mode in MODES {
        let (_folder, root) = project.unpack();
        if compose.config(&root, &project.named()).is_err() {
            continue;
        }
        program::run(&root, &[&["--write"], project.words("args").as_slice(), mode, &named].concat());
        if let Err(message) = compose.config(&root, &project.named()) {
            failures.push(format!("{} {mode:?}: {message}", project.name));
        }
    }
    failures
}
