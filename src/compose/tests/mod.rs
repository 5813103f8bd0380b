//! Our model of a project against that of the real Compose.

mod model;

use crate::tests::project::Given;
use crate::tests::support::compose::Compose;
use crate::tests::support::files::{corpus, yaml_below};
use crate::tests::support::projects::{self, SmallProject};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The share of real files on which both have to agree.
const AGREEMENT: f64 = 0.995;

#[test]
#[ignore = "needs COMPOSE_FIX_DOCKER_COMPOSE"]
fn small_projects_are_understood_as_compose_understands_them() {
    let compose = Compose::needed();
    let failures: Vec<String> = projects::all().par_iter().filter_map(|project| disagreement(project, &compose)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
#[ignore = "needs COMPOSE_FIX_DOCKER_COMPOSE and COMPOSE_FIX_CORPUS"]
fn real_files_are_understood_as_compose_understands_them() {
    let (compose, corpus) = (Compose::needed(), corpus());
    let files: Vec<PathBuf> = ["corpus", "more", "negatives"].iter().flat_map(|part| yaml_below(&corpus.join(part))).collect();
    let is_compose = |path: &&PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains("services:"));
    let compared: Vec<Option<String>> = files.par_iter().filter(is_compose).filter_map(|file| compare(&compose, file)).collect();
    let different: Vec<&str> = compared.iter().flatten().map(String::as_str).collect();
    let agree = 1.0 - different.len() as f64 / compared.len() as f64;
    assert!(compared.len() > 1000, "Compose accepts only {}", compared.len());
    assert!(agree >= AGREEMENT, "only {:.2} % of {} agree\n{}", 100.0 * agree, compared.len(), different.join("\n"));
}

/// How the two models of a small project differ.
fn disagreement(project: &SmallProject, compose: &Compose) -> Option<String> {
    let (_folder, root) = project.unpack();
    let ours = match project.named().as_slice() {
        [] => Given::find(&root),
        files => Given::of_files(&files.iter().map(|file| root.join(file)).collect::<Vec<_>>()),
    };
    let ours = model::load(&ours);
    let expected = project.settings.get("rejected");
    let found = match (compose.config(&root, &project.named()), expected) {
        (Ok(theirs), None) => model::differences(&ours, &theirs),
        (Ok(_), Some(_)) => vec!["Compose accepts it".to_owned()],
        (Err(_), None) if project.settings.contains_key("layer") => Vec::new(),
        (Err(message), None) => vec![format!("Compose rejects it: {message}")],
        (Err(_), Some(expected)) => match ours {
            Err(message) if message.contains(expected.as_str()) => Vec::new(),
            Err(message) => vec![format!("rejected for another reason: {message}")],
            Ok(_) => vec!["it is not rejected".to_owned()],
        },
    };
    (!found.is_empty()).then(|| format!("{}: {}", project.name, found.join("; ")))
}

/// How the two models of a file that Compose accepts differ, `Some(None)` when they do not.
fn compare(compose: &Compose, file: &Path) -> Option<Option<String>> {
    let theirs = compose.config(file.parent()?, &[PathBuf::from(file.file_name()?)]).ok()?;
    let difference = model::differences(&model::load(&Given::of_files(&[file.to_owned()])), &theirs);
    Some((!difference.is_empty()).then(|| format!("{}: {}", file.display(), difference.join("; "))))
}
