//! Which services leave in one run.
//!
//! Services that leave together reach each other by name; one that stays is reached from a bridge only through the host's
//! gateway, which the files cannot vouch for. So the default run takes the largest set of services in which every visible
//! address still works: it begins with all that may leave and takes out what would lose a peer, until nothing changes.

use super::review::{PEER_STAYS, SHARED_VALUE};
use super::{Case, Reason, Verdict};
use crate::compose::HostNetwork;
use crate::compose::tree::Place;
use crate::refer::{Owner, Reference};
use std::collections::{BTreeMap, BTreeSet};

/// The services that leave, by index in the project, and why others that could have left do not.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// They leave.
    pub leaving: BTreeSet<usize>,
    /// They are held back by another service.
    pub held: BTreeMap<usize, Reason>,
}

/// Chooses the services that leave. `apply_review` is `--unsafe`; `refused` are those whose edit turned out impossible.
pub fn leaving(
    cases: &BTreeMap<usize, (Case<'_>, Verdict)>,
    references: &[Reference],
    apply_review: bool,
    refused: &BTreeMap<usize, Reason>,
) -> Selection {
    let may_leave = |case: &Case<'_>, verdict: &Verdict| match verdict {
        Verdict::Migrate => true,
        Verdict::Review(_) => apply_review || case.wish.migrate,
        Verdict::Ask(_) | Verdict::Keep(_) => false,
    };
    let able = cases.iter().filter(|(index, (case, verdict))| may_leave(case, verdict) && !refused.contains_key(index));
    let mut selection = Selection { leaving: able.map(|(index, _)| *index).collect(), held: refused.clone() };
    while let Some((index, reason)) =
        selection.leaving.iter().find_map(|index| Some((*index, obstacle(cases, references, &selection.leaving, *index, apply_review)?)))
    {
        selection.leaving.remove(&index);
        selection.held.insert(index, reason);
    }
    selection
}

/// What keeps a service from leaving with the others of `leaving`.
fn obstacle(
    cases: &BTreeMap<usize, (Case<'_>, Verdict)>,
    references: &[Reference],
    leaving: &BTreeSet<usize>,
    index: usize,
    apply_review: bool,
) -> Option<Reason> {
    let (case, _) = cases.get(&index)?;
    let stays = |other: usize| cases.contains_key(&other) && !leaving.contains(&other);
    let name = |other: usize| case.project.services.get(other).map_or("", |service| service.name.as_str());
    for (other, (peer, _)) in cases {
        let bound = shares_namespace(case, peer) || shares_namespace(peer, case);
        if bound && stays(*other) {
            return Some(Reason::new(
                &PEER_STAYS,
                format!("shares one network namespace with `{}`, which stays", name(*other)),
                case.host.at(),
            ));
        }
    }
    for reference in references.iter().filter(|reference| reference.from == index) {
        let Owner::Service { index: owner, .. } = reference.owner else { continue };
        if stays(owner) && !apply_review && !case.wish.migrate {
            return Some(Reason::new(&PEER_STAYS, format!("dials `{}`, which stays on host networking", name(owner)), reference.at()));
        }
        let readers = references
            .iter()
            .filter(|other| other.text.place == reference.text.place && other.host == reference.host && other.from != index);
        let mut staying = readers.map(|other| other.from).chain(readers_of(case, reference)).filter(|other| stays(*other));
        if let Some(other) = staying.next() {
            return Some(Reason::new(
                &SHARED_VALUE,
                format!("`{}` stays on host networking and reads the same address", name(other)),
                reference.at(),
            ));
        }
    }
    None
}

fn shares_namespace(case: &Case<'_>, owner: &Case<'_>) -> bool {
    matches!(&case.host, HostNetwork::Shared { with, .. } if *with == owner.service.name)
}

/// The services that read the env file which holds the reference.
fn readers_of(case: &Case<'_>, reference: &Reference) -> Vec<usize> {
    let Place::Bytes(at) = reference.text.place else { return Vec::new() };
    let reads = |service: &crate::compose::Service| {
        service.environment.iter().any(|variable| variable.env_file == Some(at.file) && variable.at == at)
    };
    case.project.services.iter().enumerate().filter(|(_, service)| reads(service)).map(|(index, _)| index).collect()
}
