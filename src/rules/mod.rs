//! Verdicts: what should become of each service on host networking, and why.
//!
//! Every reason is a rule of its own with the place that speaks for it. The rules stand in three tables, one file a
//! group; [`judge`] asks all of them. A service that no rule holds back migrates, so each rule errs on the side of
//! holding back.

mod ask;
mod author;
pub(crate) mod engine_audit;
mod hidden;
mod keep;
mod loopback;
mod own_name;
mod review;
pub(crate) mod rules;

use crate::compose::{HostNetwork, Project, Service};
use crate::diagnostic::Rule;
use crate::facts::addresses::Reference;
use crate::facts::{Inference, ServiceFacts};
use crate::knowledge::images::Caveat;
use crate::source::Location;

/// The rule of edits that a text does not allow.
pub(crate) static REFUSED: &Rule = &rules::REFUSED;
/// The rule of services that the user keeps.
pub(crate) static KEPT: &Rule = &rules::WISH;

/// Why a service is not simply migrated.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    /// The rule that says so.
    pub(crate) rule: &'static Rule,
    /// The sentence for a person.
    pub(crate) message: String,
    /// The place that speaks for it.
    pub(crate) at: Location,
}

impl Reason {
    /// A reason with its place.
    pub(crate) fn new(rule: &'static Rule, message: impl Into<String>, at: Location) -> Self {
        Self { rule, message: message.into(), at }
    }
}

/// What should become of a service.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// It can leave: what worked goes on working.
    Migrate,
    /// The edit is known, a consequence is not.
    Review(Vec<Reason>),
    /// A fact is missing.
    Ask(Vec<Reason>),
    /// It needs the host's network.
    Keep(Vec<Reason>),
}

/// What the user decides about a service, in options or comments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// It stays, for this reason.
    pub(crate) keep: Option<Reason>,
    /// It leaves, whatever the rules hold against it.
    pub(crate) migrate: bool,
}

/// A service on host networking with all that is known about it.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    /// The project.
    pub(crate) project: &'a Project<'a>,
    /// The service.
    pub(crate) service: &'a Service,
    /// How it is on host networking.
    pub(crate) host: HostNetwork,
    /// What is known about its image.
    pub(crate) subject: ServiceFacts<'a>,
    /// What it listens on.
    pub(crate) inference: &'a Inference,
    /// What all services listen on, in the order of the project.
    pub(crate) inferences: &'a [Inference],
    /// The addresses that it dials.
    pub(crate) references: Vec<&'a Reference>,
    /// What the user decides.
    pub(crate) wish: Wish,
}

impl Case<'_> {
    /// Whether the image has that caveat and nothing that the service says settles it.
    fn has_caveat(&self, caveat: Caveat) -> bool {
        self.subject.known.as_ref().is_some_and(|known| known.caveats.contains(&caveat) && !self.settles(&known.settled_by))
    }

    /// Whether the service gives one of these variables or flags.
    fn settles(&self, settings: &[&str]) -> bool {
        let words = || self.subject.launches.iter().flat_map(|launch| &launch.words);
        let flag = |name: &str| words().any(|word| word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')));
        settings.iter().any(|name| self.service.variable(name).is_some() || name.starts_with('-') && flag(name))
    }
}

type Check = fn(&Case<'_>) -> Vec<Reason>;

/// All rules, in the order of their groups.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    keep::CHECKS.iter().chain(ask::CHECKS).chain(review::CHECKS).flat_map(|(rules, _)| rules.iter().copied())
}

/// The verdict on a service, other services left out of account.
pub(crate) fn judge(case: &Case<'_>) -> Verdict {
    if let Some(keep) = &case.wish.keep {
        return Verdict::Keep(vec![keep.clone()]);
    }
    let ask = reasons(case, ask::CHECKS);
    if case.wish.migrate {
        return if ask.is_empty() { Verdict::Migrate } else { Verdict::Ask(ask) };
    }
    let keep = reasons(case, keep::CHECKS);
    if !keep.is_empty() {
        return Verdict::Keep(keep);
    }
    let review = reasons(case, review::CHECKS);
    match (ask.is_empty(), review.is_empty()) {
        (false, _) => Verdict::Ask(ask),
        (true, false) => Verdict::Review(review),
        (true, true) => Verdict::Migrate,
    }
}

fn reasons(case: &Case<'_>, checks: &[(&[&'static Rule], Check)]) -> Vec<Reason> {
    checks.iter().flat_map(|(_, check)| check(case)).collect()
}
