//! Who leaves in the end: services are chosen, their edits planned and checked, and what cannot be done is left out.
//!
//! A text may not allow an edit, and an edit may fail its own check. Then the services are chosen again without those that
//! it is about, until what is chosen can be done; what has nothing to do with them goes on.

use crate::compose::{Project, ServiceId};
use crate::diagnostic::{Finding, Proof};
use crate::facts::Inference;
use crate::facts::addresses::Reference;
use crate::fix::{self, Fix, Plan, Request, Selection};
use crate::rules::case::Case;
use crate::settings::Settings;
use crate::verify::{Verified, Violation};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// A project whose services are judged.
pub(super) struct Judged<'a> {
    pub(super) project: &'a Project<'a>,
    /// The services on host networking, with what speaks for and against them.
    pub(super) cases: &'a BTreeMap<ServiceId, (Case<'a>, Proof)>,
    /// What all services listen on.
    pub(super) inferences: &'a [Inference],
    /// Who dials whom.
    pub(super) references: &'a [Reference],
    /// What the user asks for.
    pub(super) settings: &'a Settings,
    /// Host addresses that comments in the files ask for, by service.
    pub(super) host_ips: &'a BTreeMap<String, IpAddr>,
}

/// What is done about a project.
pub(super) struct Settled {
    pub(super) selection: Selection,
    pub(super) plan: Plan,
    pub(super) verified: Verified,
    /// The units whose edits did not pass their check.
    pub(super) failed: Vec<Failed>,
}

/// A unit that is withheld.
pub(super) struct Failed {
    pub(super) services: Vec<ServiceId>,
    pub(super) violation: Violation,
}

/// Checks the edits of some fixes made together, while some services that could leave are left out.
pub(super) type Gate<'a> = dyn Fn(&[&Fix], &LeftOut) -> Result<Verified, Violation> + 'a;

/// Services that could leave and do not, since their edits do not pass, or are not looked at for now.
pub(super) type LeftOut = BTreeSet<ServiceId>;

/// Chooses, plans and checks until it holds. `withheld` says why a service that fails its check stays.
pub(super) fn settle(judged: &Judged<'_>, gate: &Gate<'_>, withheld: &dyn Fn(&Case<'_>, &Violation) -> Finding) -> Settled {
    let (mut refused, mut failed, mut left_out) = (BTreeMap::new(), Vec::new(), LeftOut::new());
    loop {
        let (selection, plan) = possible(judged, &mut refused);
        let fixes: Vec<&Fix> = plan.fixes.iter().collect();
        let mut search = Search { fixes: &fixes, left_out: &left_out, gate, passing: Vec::new(), failing: Vec::new(), verified: None };
        if !fixes.is_empty() {
            search.sort(&fixes);
        }
        let Search { failing, verified, .. } = search;
        if failing.is_empty() {
            return Settled { selection, plan, verified: verified.unwrap_or_default(), failed };
        }
        for (fix, violation) in failing {
            left_out.extend(&fix.services);
            let cases = fix.services.iter().filter_map(|id| judged.cases.get(id));
            refused.extend(cases.map(|(case, _)| (case.service.id, withheld(case, &violation))));
            failed.push(Failed { services: fix.services.clone(), violation });
        }
    }
}

/// The largest choice whose edits the texts allow; services that they do not allow are added to `refused`.
pub(super) fn possible(judged: &Judged<'_>, refused: &mut BTreeMap<ServiceId, Finding>) -> (Selection, Plan) {
    loop {
        let selection = fix::leaving(judged.cases, judged.references, judged.settings.unsafe_edits, refused);
        let request = Request {
            project: judged.project,
            cases: judged.cases,
            inferences: judged.inferences,
            references: judged.references,
            selection: &selection,
            settings: judged.settings,
            host_ips: judged.host_ips,
        };
        let plan = fix::plan(request);
        if plan.refused.is_empty() {
            return (selection, plan);
        }
        refused.extend(plan.refused);
    }
}

/// A search for the fixes that fail.
struct Search<'a, 'plan> {
    fixes: &'a [&'plan Fix],
    /// Services that are left out from the start.
    left_out: &'a LeftOut,
    gate: &'a Gate<'a>,
    /// Fixes that pass together.
    passing: Vec<&'plan Fix>,
    failing: Vec<(&'plan Fix, Violation)>,
    /// What those that pass make of the files.
    verified: Option<Verified>,
}

impl<'plan> Search<'_, 'plan> {
    /// Sorts fixes into those that pass with all that did so far and those that do not; half by half, since most do.
    fn sort(&mut self, fixes: &[&'plan Fix]) {
        let together: Vec<&Fix> = self.passing.iter().chain(fixes).copied().collect();
        let is_in = |service: &ServiceId| together.iter().any(|fix| fix.services.contains(service));
        let others = self.fixes.iter().flat_map(|fix| &fix.services).filter(|service| !is_in(service));
        let left_out = self.left_out.iter().chain(others).copied().collect();
        match ((self.gate)(&together, &left_out), fixes) {
            (Ok(verified), _) => {
                self.passing.extend(fixes);
                self.verified = Some(verified);
            }
            (Err(violation), [fix]) => self.failing.push((fix, violation)),
            (Err(_), _) => {
                let (first, second) = fixes.split_at(fixes.len() / 2);
                self.sort(first);
                self.sort(second);
            }
        }
    }
}
