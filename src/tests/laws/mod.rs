//! The laws of the program, held against every case, every example, every small project, and every real file that is at
//! hand, in both ways to run.
//!
//! Cases say what comes out; laws say what must be true of whatever comes out. They are checked from outside: what the
//! program reports and the texts that it leaves are compared with means that share nothing with its planner and its own
//! last check. The first law (every byte of a text is accounted for) is held in `yaml`, the seventh (Compose accepts the
//! result) in `tests/acceptance.rs`.

mod meaning;
mod mutations;
mod names;
mod published;
mod texts;
mod variants;

use super::project::{Given, Run};
use super::support::files::{corpus, root, yaml_below};
use super::support::projects;
use crate::settings::Settings;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A project under the name by which failures speak of it.
struct Subject {
    name: String,
    project: Given,
}

/// A law that does not hold.
struct Broken {
    law: &'static str,
    detail: String,
}

fn broken(law: &'static str, detail: impl Into<String>) -> Broken {
    Broken { law, detail: detail.into() }
}

/// What one way to run makes of a project, with both to look at.
struct Trial<'a> {
    before: &'a Given,
    run: Run,
    after: Given,
    settings: &'a Settings,
}

type Law = fn(&Trial<'_>) -> Vec<Broken>;

const LAWS: [Law; 5] = [texts::broken_by, meaning::broken_by, variants::broken_by, published::broken_by, names::broken_by];

/// In real files names are evidence still: which service a variable is called after, what a service is called. The law of names
/// is held against them once ports are found without that.
const LAWS_OF_REAL_FILES: [Law; 4] = [texts::broken_by, meaning::broken_by, variants::broken_by, published::broken_by];

#[test]
fn laws_hold_for_cases_and_examples() {
    let subjects = subjects_below(&root(), &["tests/cases", "examples"]);
    assert!(subjects.len() > 150, "only {} projects", subjects.len());
    hold(&subjects, &LAWS);
}

#[test]
fn laws_hold_for_small_projects() {
    let subjects: Vec<Subject> = projects::all().iter().flat_map(small).collect();
    assert!(subjects.len() > 60, "only {} projects", subjects.len());
    hold(&subjects, &LAWS);
}

#[test]
#[ignore = "needs COMPOSE_FIX_CORPUS"]
fn laws_hold_for_real_files() {
    let corpus = corpus();
    let subjects = subjects_below(&corpus, &["corpus", "more"]);
    assert!(subjects.len() > 1000, "only {} projects", subjects.len());
    hold(&subjects, &LAWS_OF_REAL_FILES);
}

#[test]
#[ignore = "needs COMPOSE_FIX_CORPUS"]
fn real_files_without_host_networking_stay_as_they_are() {
    let subjects = subjects_below(&corpus(), &["negatives"]);
    assert!(subjects.len() > 2000, "only {} projects", subjects.len());
    let changed = |subject: &&Subject| {
        let run = subject.project.run(&Settings { unsafe_edits: true, ..Settings::default() });
        !run.services.is_empty() || run.after != subject.project.texts
    };
    let changed: Vec<&str> = subjects.par_iter().filter(changed).map(|subject| subject.name.as_str()).collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn a_file_with_a_wrong_byte_is_refused_or_migrated_right() {
    let subjects = subjects_below(&root(), &["tests/cases", "examples"]);
    let small = |subject: &Subject| subject.project.only_text().is_some_and(|text| text.len() < 300);
    let small: Vec<Subject> = subjects.into_iter().filter(small).collect();
    assert!(small.len() > 50, "only {} files", small.len());
    let failures: Vec<String> = small.par_iter().flat_map_iter(mutations::broken_by).collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(10)].join("\n"));
}

/// Every way to run.
fn modes() -> [(&'static str, Settings); 2] {
    [("default", Settings::default()), ("unsafe", Settings { unsafe_edits: true, ..Settings::default() })]
}

/// Holds laws against every project, in every way to run.
fn hold(subjects: &[Subject], laws: &[Law]) {
    let one = |subject: &Subject| {
        let found = |(mode, settings): (&'static str, Settings)| {
            let run = subject.project.run(&settings);
            let after = subject.project.with(run.after.clone());
            let trial = Trial { before: &subject.project, run, after, settings: &settings };
            let broken = laws.iter().flat_map(|law| law(&trial)).collect::<Vec<_>>();
            broken.into_iter().map(move |Broken { law, detail }| format!("{law} {mode} {}\n    {detail}", subject.name))
        };
        modes().into_iter().flat_map(found).collect::<Vec<_>>()
    };
    let broken: Vec<String> = subjects.par_iter().flat_map_iter(one).collect();
    assert!(broken.is_empty(), "{} laws are broken\n{}", broken.len(), broken.join("\n"));
}

/// Every file in some parts of a folder that is named like YAML as a project of its own, and the projects of several files
/// that the program finds there.
fn subjects_below(root: &Path, parts: &[&str]) -> Vec<Subject> {
    let files: Vec<PathBuf> = parts.iter().flat_map(|part| yaml_below(&root.join(part))).collect();
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    let subject = |project: Given| Subject { name: project.name(root), project };
    let single = files.par_iter().flat_map_iter(|file| Given::find(file));
    let several = folders.par_iter().flat_map_iter(|folder| Given::find(folder)).filter(|project| project.compose.len() > 1);
    let subjects: Vec<Subject> = single.chain(several).map(subject).collect();
    // A folder is searched with all that is below it, so that what lies deep is found more than once.
    let mut seen = BTreeSet::new();
    subjects.into_iter().filter(|subject| seen.insert(subject.name.clone())).collect()
}

fn small(project: &projects::SmallProject) -> Vec<Subject> {
    let (_folder, root) = project.unpack();
    let found = match project.named().as_slice() {
        [] => Given::find(&root),
        files => Given::of_files(&files.iter().map(|file| root.join(file)).collect::<Vec<_>>()),
    };
    found.into_iter().map(|found| Subject { name: format!("tests/projects/{}", project.name), project: found }).collect()
}
