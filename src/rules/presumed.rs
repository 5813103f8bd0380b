//! What is taken for granted without evidence, as a finding.
//!
//! Kept apart from the rules, each of which says when one of its presumptions is called on; the record of each is in
//! `data/presumptions.txt`.

use crate::diagnostic::{Finding, Ground, Rule};
use crate::knowledge::presumptions;
use crate::source::Location;

/// What is taken for granted when nothing speaks for or against it: it supports a migration when the presumption of that name was
/// right often enough on real files, and otherwise it is doubt.
pub(super) fn presumed(rule: &'static Rule, name: &'static str, message: impl Into<String>, at: Location) -> Finding {
    let ground = Ground::Presumption(name);
    if presumptions::counts(name) {
        return Finding::supports(rule, ground, message, at);
    }
    Finding { ground: Some(ground), ..Finding::holds_back(rule, message, at) }
}
