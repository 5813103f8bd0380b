//! The table of rules as a whole.

use super::RULES;
use super::table::Check;
use crate::diagnostic::{Family, Obligation};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files below `src/rules` that end in `extension`, by name, without it.
fn files(extension: &str) -> Vec<String> {
    let mut open = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/rules")];
    let mut found = Vec::new();
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == extension) {
                found.push(name(&path));
            }
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_rule_has_a_line_a_file_and_a_page_of_its_name() {
    let mut names: Vec<String> = RULES.iter().map(|entry| entry.rule.id.replace('-', "_")).collect();
    names.sort();
    assert!(names.is_sorted_by(|a, b| a < b), "two rules have one name");
    assert_eq!(files("md"), names);
    let code: BTreeSet<String> = files("rs").into_iter().collect();
    assert!(names.iter().all(|name| code.contains(name)), "a rule lies in a file of another name");
}

#[test]
fn rules_that_can_call_for_a_verdict_speak_to_an_obligation() {
    for entry in RULES {
        // A proof counts findings by obligation: one without would be lost.
        let judges = entry.rule.family == Family::HostNetwork && !matches!(entry.check, Check::Departure(_));
        assert_eq!(entry.rule.obligation.is_some(), judges, "{}", entry.rule.id);
    }
    let spoken_to: BTreeSet<_> = RULES.iter().filter_map(|entry| entry.rule.obligation).collect();
    assert!(Obligation::ALL.iter().all(|obligation| spoken_to.contains(obligation)));
}
