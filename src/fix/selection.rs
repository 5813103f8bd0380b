//! Which services leave in one run.
//!
//! Services that leave together reach each other by name; one that stays is reached from a bridge only through the host's
//! gateway, which the files cannot vouch for. So the default run takes the largest set of services in which every visible
//! address still works: it begins with all that may leave and takes out what would lose a peer, until nothing changes.

use crate::compose::{HostNetwork, ServiceId};
use crate::diagnostic::{Finding, Proof, Verdict};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::{Field, Owner, Reference, Target, target};
use crate::formats::mapped::Place;
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
    let ties = Ties::new(cases, references);
    // Whoever is not among them has nothing in the way, and will have only when somebody tied to it stays.
    let mut open = selection.leaving.clone();
    while let Some(index) = open.pop_first() {
        if let Some(reason) = obstacle(cases, &ties, &selection.leaving, index, apply_review) {
            selection.leaving.remove(&index);
            selection.held.insert(index, reason);
            open.extend(ties.of(index).filter(|other| selection.leaving.contains(other)));
        }
    }
    selection
}

/// What connects services: whether one can leave depends on those that it is tied to, and on no others.
struct Ties<'a> {
    /// Those on host networking.
    on_host: BTreeSet<ServiceId>,
    /// Those in one network namespace.
    bound: BTreeMap<ServiceId, BTreeSet<ServiceId>>,
    /// The addresses that a service dials or is dialled at, in order.
    addresses: BTreeMap<ServiceId, Vec<&'a Reference>>,
    /// The addresses that one text says.
    readers: BTreeMap<Place, Vec<&'a Reference>>,
}

impl<'a> Ties<'a> {
    fn new(cases: &BTreeMap<ServiceId, (Case<'_>, Proof)>, references: &'a [Reference]) -> Self {
        let on_host = cases.keys().copied().collect();
        let mut ties = Self { on_host, bound: BTreeMap::new(), addresses: BTreeMap::new(), readers: BTreeMap::new() };
        let by_name: BTreeMap<&str, ServiceId> = cases.iter().map(|(id, (case, _))| (case.service.name.as_str(), *id)).collect();
        for (id, (case, _)) in cases {
            let HostNetwork::Shared { with, .. } = &case.host else { continue };
            let Some(owner) = by_name.get(with.as_str()) else { continue };
            ties.bound.entry(*id).or_default().insert(*owner);
            ties.bound.entry(*owner).or_default().insert(*id);
        }
        for reference in references {
            for end in ends(reference) {
                ties.addresses.entry(end).or_default().push(reference);
            }
            if let Some(host) = reference.host {
                ties.readers.entry(host).or_default().push(reference);
            }
        }
        ties
    }

    fn bound(&self, service: ServiceId) -> impl Iterator<Item = ServiceId> {
        self.bound.get(&service).into_iter().flatten().copied()
    }

    fn addresses(&self, service: ServiceId) -> &[&'a Reference] {
        self.addresses.get(&service).map(Vec::as_slice).unwrap_or_default()
    }

    /// The other addresses in the text of one.
    fn beside(&self, reference: &Reference) -> impl Iterator<Item = &'a Reference> {
        let readers = reference.host.and_then(|host| self.readers.get(&host)).into_iter().flatten();
        let this: *const Reference = reference;
        readers.copied().filter(move |other| !std::ptr::eq(*other, this))
    }

    /// All that are tied to a service, some of them more than once.
    fn of(&self, service: ServiceId) -> impl Iterator<Item = ServiceId> {
        let addresses = self.addresses(service).iter().flat_map(|reference| ends(reference).chain(self.beside(reference).flat_map(ends)));
        self.bound(service).chain(addresses)
    }
}

/// Who dials at an address, and who is dialled.
fn ends(reference: &Reference) -> impl Iterator<Item = ServiceId> + use<> {
    let owner = if let Owner::Service { id, .. } = reference.owner { Some(id) } else { None };
    [reference.from].into_iter().chain(owner.filter(|id| *id != reference.from))
}

/// What keeps a service from leaving with the others of `leaving`.
fn obstacle(
    cases: &BTreeMap<ServiceId, (Case<'_>, Proof)>,
    ties: &Ties<'_>,
    leaving: &BTreeSet<ServiceId>,
    index: ServiceId,
    apply_review: bool,
) -> Option<Finding> {
    let (case, _) = cases.get(&index)?;
    let round = Round { case, leaving, ties, careful: !apply_review && !matches!(case.wish, Wish::Migrate) };
    if let Some(other) = ties.bound(index).find(|other| round.stays(*other)) {
        let message = format!("shares one network namespace with `{}`, which stays", round.name(other));
        return Some(Finding::holds_back(&peer_stays::RULE, message, case.host.at()));
    }
    ties.addresses(index).iter().find_map(|reference| {
        let dials = reference.from == index;
        let own = if dials { round.dials(reference) } else { round.is_dialled(reference) };
        // Of two that leave, the one that dials is held by its text; then the other can be asked again.
        own.or_else(|| if dials || !leaving.contains(&reference.from) { round.is_shared(reference) } else { None })
    })
}

/// One service, and who would leave with it.
struct Round<'a> {
    case: &'a Case<'a>,
    leaving: &'a BTreeSet<ServiceId>,
    ties: &'a Ties<'a>,
    /// Whether consequences that the files cannot settle hold the service back.
    careful: bool,
}

impl Round<'_> {
    fn stays(&self, other: ServiceId) -> bool {
        self.ties.on_host.contains(&other) && !self.leaving.contains(&other)
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
        let in_file = matches!(reference.field, Field::File | Field::Label(_)) && !self.ties.on_host.contains(&reference.from);
        (self.careful && in_file).then(|| {
            let message = format!("`{name}` dials it at `{said}`, which has to change with it");
            Finding::holds_back(&config_file::RULE, message, reference.at)
        })
    }

    /// Why the text of an address that has to change cannot: another service reads it and wants another one.
    fn is_shared(&self, reference: &Reference) -> Option<Finding> {
        let wanted = target(reference, &self.ties.on_host, self.leaving);
        if wanted == Target::Unchanged {
            return None;
        }
        let other = self.ties.beside(reference).find(|other| !self.suits(&wanted, other))?;
        let name = self.name(other.from);
        let message = if self.stays(other.from) {
            format!("`{name}` stays on host networking and reads the same address")
        } else if other.from == reference.from {
            format!("`{name}` reads the same address for something else")
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
        // The port stands elsewhere.
        to_itself
            || match (wanted, target(reader, &self.ties.on_host, self.leaving)) {
                (Target::Peer { id, .. }, Target::Peer { id: other, .. }) => *id == other,
                (wanted, target) => *wanted == target,
            }
    }
}
