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
use crate::diagnostic::{Finding, Proof, Rule, Verdict};
use crate::facts::addresses::Reference;
use crate::facts::{Inference, ServiceFacts};
use crate::knowledge::images::Caveat;

use rules::EVIDENCE;

/// The rule of edits that a text does not allow.
pub(crate) static REFUSED: &Rule = &rules::REFUSED;
/// The rule of services that the user keeps.
pub(crate) static KEPT: &Rule = &rules::WISH;

/// What the user decides about a service, in options or comments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// It stays, for this reason.
    pub(crate) keep: Option<Finding>,
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

type Check = fn(&Case<'_>) -> Vec<Finding>;

/// All rules, in the order of their groups.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    keep::CHECKS.iter().chain(ask::CHECKS).chain(review::CHECKS).flat_map(|(rules, _)| rules.iter().copied())
}

/// What speaks for and against the migration of a service, other services left out of account. What the user wants outweighs
/// the rules, but does not supply a fact that is missing.
pub(crate) fn prove(case: &Case<'_>) -> Proof {
    let checks = keep::CHECKS.iter().chain(ask::CHECKS).chain(review::CHECKS);
    let against: Vec<Finding> = match &case.wish.keep {
        Some(keep) => vec![keep.clone()],
        None => checks
            .flat_map(|(_, check)| check(case))
            .filter(|finding| !case.wish.migrate || finding.verdict == Some(Verdict::Ask))
            .collect(),
    };
    against.into_iter().chain(evidence(case)).collect()
}

/// Why it is believed to listen where it does.
fn evidence(case: &Case<'_>) -> impl Iterator<Item = Finding> {
    let ports = case.inference.ports.iter().flat_map(|inferred| &inferred.evidence);
    let silence = case.inference.silence.iter().map(|silence| (silence.because.clone(), silence.at));
    let said = ports.map(|evidence| (evidence.because.clone(), evidence.at)).chain(silence);
    said.map(|(message, at)| Finding::supports(&EVIDENCE, message, at))
}
