//! Exceptions: the laws that are known to be broken, each with the project that breaks it.
//!
//! The list may only become shorter. What breaks a law and is not on it fails, and so does what is on it and holds.

use std::collections::{BTreeMap, BTreeSet};

const LIST: &str = include_str!("../../../tests/data/law_breakers.txt");

/// A law that was found broken.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) law: &'static str,
    pub(super) mode: &'static str,
    pub(super) project: String,
    pub(super) detail: String,
}

impl Found {
    fn line(&self) -> String {
        format!("{} {} {}", self.law, self.mode, self.project)
    }
}

/// Compares what was found in a group of projects with the list. With `COMPOSE_FIX_BREAKERS` set the lines that the list
/// should have are printed.
pub(super) fn settle(group: &str, found: Vec<Found>) {
    let known = known(group);
    let mut new: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in &found {
        new.entry(found.line()).or_default().push(found.detail.clone());
    }
    let mended: Vec<&str> = known.iter().copied().filter(|line| !new.contains_key(*line)).collect();
    new.retain(|line, _| !known.contains(line.as_str()));
    let shown: Vec<String> =
        new.iter().map(|(line, details)| format!("{line}\n    {}", details[..details.len().min(3)].join("\n    "))).collect();
    assert!(new.is_empty(), "{} laws are broken\n{}", new.len(), shown.join("\n"));
    assert!(mended.is_empty(), "these hold now, so they come off the list:\n{}", mended.join("\n"));
}

/// The lines of the list that stand below the heading of a group.
fn known(group: &str) -> BTreeSet<&'static str> {
    let below = LIST.lines().skip_while(|line| line.strip_prefix("== ") != Some(group)).skip(1);
    below.take_while(|line| !line.starts_with("== ")).filter(|line| !line.is_empty()).collect()
}
