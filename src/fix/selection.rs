//! Which services leave in one run.
//!
//! Services that leave together reach each other by name; one that stays is reached from a bridge only through the host's
//! gateway, which the files cannot vouch for. So the default run takes the largest set of services in which every visible
//! address still works: it begins with all that may leave and takes out what would lose a peer, until nothing changes.

use crate::compose::{HostNetwork, ServiceId};
use crate::diagnostic::{Finding, Proof, Verdict};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::{Field, Owner, Reference, Target, target};
use crate::rules::case::{Case, Wish};
use crate::rules::host_network::dials::{config_file, peer_stays, unclear_address};
use crate::rules::host_network::edit::shared_value;
use std::collections::{BTreeMap, BTreeSet};

/// The services that leave, and why others that could have left do not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// They leave.
    pub(crate) leaving: BTreeSet<ServiceId>,
    /// They are held back by another service.
    pub(crate) held: BTreeMap<ServiceId, Finding>,
}

/// Chooses the services that leave. `apply_review` is `--unsafe`; `refused` are those whose edit turned out impossible.
pub(crate) fn leaving(
    cases: &BTreeMap<ServiceId, (Case<'_>, Proof)>,
    references: &[Reference],
    apply_review: bool,
    refused: &BTreeMap<ServiceId, Finding>,
) -> Selection {
    let may_leave = |case: &Case<'_>, proof: &Proof| match proof.verdict() {
        Verdict::Migrate => true,
        Verdict::Review => apply_review || matches!(case.wish, Wish::Migrate),
        Verdict::Ask | Verdict::Keep => false,
    };
    let able = cases.iter().filter(|(index, (case, proof))| may_leave(case, proof) && !refused.contains_key(index));
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
    cases: &BTreeMap<ServiceId, (Case<'_>, Proof)>,
    references: &[Reference],
    leaving: &BTreeSet<ServiceId>,
    index: ServiceId,
    apply_review: bool,
) -> Option<Finding> {
    let (case, _) = cases.get(&index)?;
    let round =
        Round { case, leaving, on_host: cases.keys().copied().collect(), careful: !apply_review && !matches!(case.wish, Wish::Migrate) };
    for (other, (peer, _)) in cases {
        let bound = shares_namespace(case, peer) || shares_namespace(peer, case);
        if bound && round.stays(*other) {
            let message = format!("shares one network namespace with `{}`, which stays", round.name(*other));
            return Some(Finding::holds_back(&peer_stays::RULE, message, case.host.at()));
        }
    }
    references.iter().find_map(|reference| {
        let dialled = reference.from != index && matches!(reference.owner, Owner::Service { id: owner, .. } if owner == index);
        match (reference.from == index, dialled) {
            (true, _) => round.dials(reference).or_else(|| round.is_shared(references, reference)),
            (_, true) => round.is_dialled(reference).or_else(|| round.is_shared(references, reference)),
            _ => None,
        }
    })
}

/// One service, and who would leave with it.
struct Round<'a> {
    case: &'a Case<'a>,
    leaving: &'a BTreeSet<ServiceId>,
    on_host: BTreeSet<ServiceId>,
    /// Whether consequences that the files cannot settle hold the service back.
    careful: bool,
}

impl Round<'_> {
    fn stays(&self, other: ServiceId) -> bool {
        self.on_host.contains(&other) && !self.leaving.contains(&other)
    }

    fn name(&self, index: ServiceId) -> &str {
        &self.case.project[index].name
    }

    /// Why an address that the service dials does not let it leave.
    fn dials(&self, reference: &Reference) -> Option<Finding> {
        let Owner::Service { id: owner, .. } = reference.owner else { return None };
        let name = self.name(owner);
        if self.careful && self.stays(owner) {
            return Some(Finding::holds_back(&peer_stays::RULE, format!("dials `{name}`, which stays on host networking"), reference.at));
        }
        (self.careful && reference.named == LocalHost::Lan).then(|| {
            let message = format!("names `{}`, and if that is this host it is `{name}`", reference.said());
            Finding::holds_back(&unclear_address::RULE, message, reference.at)
        })
    }

    /// Why an address at which another service dials this one does not let it leave: nothing answers there afterwards, and
    /// it is not edited.
    fn is_dialled(&self, reference: &Reference) -> Option<Finding> {
        let (name, said) = (self.name(reference.from), reference.said());
        if self.stays(reference.from) && reference.named == LocalHost::HostGateway {
            let message =
                format!("`{name}` stays on host networking and dials it at `{said}`, where a mapping on 127.0.0.1 does not answer");
            return Some(Finding::holds_back(&peer_stays::RULE, message, reference.at));
        }
        if self.careful && reference.named == LocalHost::Lan {
            let message = format!("`{name}` dials `{said}`: if that is this host, a mapping on 127.0.0.1 does not answer there");
            return Some(Finding::holds_back(&unclear_address::RULE, message, reference.at));
        }
        let in_file = matches!(reference.field, Field::File | Field::Label(_)) && !self.on_host.contains(&reference.from);
        (self.careful && in_file).then(|| {
            let message = format!("`{name}` dials it at `{said}`, which has to change with it");
            Finding::holds_back(&config_file::RULE, message, reference.at)
        })
    }

    /// Why the text of an address that has to change cannot: another service reads it and wants another one.
    fn is_shared(&self, references: &[Reference], reference: &Reference) -> Option<Finding> {
        let wanted = target(reference, &self.on_host, self.leaving);
        if wanted == Target::Unchanged {
            return None;
        }
        let same = |other: &&Reference| other.from != reference.from && other.host.is_some() && other.host == reference.host;
        let other = references.iter().filter(same).find(|other| !self.suits(&wanted, other))?;
        let name = self.name(other.from);
        let message = if self.stays(other.from) {
            format!("`{name}` stays on host networking and reads the same address")
        } else {
            format!("`{name}` reads the same address and means another")
        };
        Some(Finding::holds_back(&shared_value::RULE, message, reference.at))
    }

    /// Whether a reader of a text that is going to say `wanted` still finds what it looks for.
    fn suits(&self, wanted: &Target, reader: &Reference) -> bool {
        let is_peer = matches!(wanted, Target::Peer { id, .. } if *id == reader.from);
        // A service that has left answers to its own name too.
        let to_itself = is_peer && reader.owner == Owner::Itself && !self.stays(reader.from);
        to_itself || target(reader, &self.on_host, self.leaving) == *wanted
    }
}

fn shares_namespace(case: &Case<'_>, owner: &Case<'_>) -> bool {
    matches!(&case.host, HostNetwork::Shared { with, .. } if *with == owner.service.name)
}
