//! Grounds that several rules share, as findings.
//!
//! What is taken for granted without evidence: each rule says when one of its presumptions is called on, and the record of each is in
//! `data/presumptions.txt`. And silence, which answers every question about a listener.

use crate::diagnostic::{Finding, Ground, Rule};
use crate::knowledge::presumptions;
use crate::rules::case::Case;
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

/// That a service listens on nothing, where something says so.
pub(super) fn silent(rule: &'static Rule, case: &Case<'_>) -> Option<Finding> {
    let silence = case.inference.silence.as_ref()?;
    Some(Finding::supports(rule, Ground::Source(silence.source.name()), "it listens on nothing", silence.at))
}
