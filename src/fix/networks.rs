//! The networks that leaving services join, and the one that is declared for them.
//!
//! A service joins the networks where its peers on bridges already are. The project's own network for the migration is
//! there for services that have no such peer, and for those that leave together and would not meet otherwise.

use super::Request;
use super::draft::{Draft, refusal};
use super::overlay;
use crate::compose::{HostNetwork, Network, Project, Service, ServiceId, namespace};
use crate::diagnostic::Finding;
use crate::facts::addresses::Owner;
use crate::rules::case::Case;
use crate::source::{FileId, Location};
use crate::yaml::change::{self, NewEntry, NewValue};
use crate::yaml::{Path, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// Which networks each leaving service joins.
#[derive(Debug)]
pub(super) struct Networks {
    joined: BTreeMap<ServiceId, Vec<String>>,
    /// The network that has to be declared.
    new: Option<String>,
}

impl Networks {
    /// The networks that a service joins, in the order in which they are written.
    pub(super) fn of(&self, index: ServiceId) -> Vec<String> {
        self.joined.get(&index).cloned().unwrap_or_default()
    }
}

/// The name of the network every project has unless it says otherwise.
const IMPLICIT: &str = "default";

/// Chooses the networks.
pub(super) fn join(request: &Request<'_>) -> Networks {
    let own = own_network(request);
    let edges = edges(request);
    // A service in another's namespace has no networks of its own.
    let members: Vec<ServiceId> = request.selection.leaving.iter().copied().filter(|index| home(request, *index) == *index).collect();
    let mut joined: BTreeMap<ServiceId, BTreeSet<String>> = BTreeMap::new();
    for index in &members {
        if let Some(networks) = restored(request, *index) {
            joined.insert(*index, networks);
            continue;
        }
        let peers = neighbours(&edges, *index).filter(|peer| !request.cases.contains_key(peer));
        let mut networks = BTreeSet::new();
        for theirs in peers.map(|peer| networks_of(request.project, &request.project[peer])) {
            if !theirs.iter().any(|network| networks.contains(network)) {
                networks.extend(theirs.into_iter().next());
            }
        }
        joined.insert(*index, networks);
    }
    for index in &members {
        let published = !super::ports::wanted(request, *index).is_empty();
        let alone = joined[index].is_empty() || published && joined[index].iter().all(|name| is_internal(request.project, name));
        let strangers: Vec<ServiceId> =
            neighbours(&edges, *index).filter(|peer| joined.get(peer).is_some_and(|theirs| joined[index].is_disjoint(theirs))).collect();
        for member in strangers.into_iter().chain([*index].into_iter().filter(|_| alone)) {
            joined.entry(member).or_default().insert(own.clone());
            joined.entry(*index).or_default().insert(own.clone());
        }
    }
    let declared = own == IMPLICIT || request.project.network(&own).is_some();
    let used = joined.values().any(|networks| networks.contains(&own));
    let in_order = |networks: BTreeSet<String>| {
        let (first, rest): (Vec<String>, Vec<String>) = networks.into_iter().partition(|network| *network == own);
        [first, rest].concat()
    };
    let new = (used && !declared).then(|| own.clone());
    Networks { joined: joined.into_iter().map(|(index, networks)| (index, in_order(networks))).collect(), new }
}

/// The networks that a service is on again once an overlay is taken back.
fn restored(request: &Request<'_>, index: ServiceId) -> Option<BTreeSet<String>> {
    let (case, _) = request.cases.get(&index)?;
    let HostNetwork::Mode(said) = &case.host else { return None };
    overlay::base_networks(case.service, said).map(|networks| networks.into_iter().collect())
}

/// The network that the user wants, under a name that is free or already means such a network.
fn own_network(request: &Request<'_>) -> String {
    let wanted = &request.settings.network;
    let fits = |network: &Network| {
        let own = !network.external || network.key == IMPLICIT;
        own && !network.internal && network.driver.as_deref().is_none_or(|driver| driver == "bridge")
    };
    let free = |name: &String| request.project.network(name).is_none_or(fits);
    let names = std::iter::once(wanted.clone()).chain((2..).map(|number| format!("{wanted}-{number}")));
    names.into_iter().find(free).unwrap_or_else(|| wanted.clone())
}

/// Who has to reach whom: visible addresses, and services that are started after each other.
fn edges(request: &Request<'_>) -> BTreeSet<(ServiceId, ServiceId)> {
    let mut edges = BTreeSet::new();
    for reference in request.references {
        if let Owner::Service { id, .. } = reference.owner {
            edges.insert((home(request, reference.from), home(request, id)));
        }
    }
    for service in &request.project.services {
        let index = service.id;
        let named = service.depends_on.iter().filter_map(|dependency| position(request, &dependency.service));
        edges.extend(named.map(|other| (home(request, index), home(request, other))));
        for peer in &request.project.services {
            let other = peer.id;
            if other != index && (request.leaves(index) || request.leaves(other)) && crate::facts::addresses::names_service(service, peer) {
                edges.insert((home(request, index), home(request, other)));
            }
        }
    }
    edges
}

/// The service whose network a service is in: itself, or the one that it shares.
fn home(request: &Request<'_>, index: ServiceId) -> ServiceId {
    namespace(request.project, index)
}

fn position(request: &Request<'_>, name: &str) -> Option<ServiceId> {
    request.project.service(name).map(|service| service.id)
}

fn neighbours(edges: &BTreeSet<(ServiceId, ServiceId)>, index: ServiceId) -> impl Iterator<Item = ServiceId> {
    let ends = edges.iter().filter_map(move |(from, to)| match (*from == index, *to == index) {
        (true, false) => Some(*to),
        (false, true) => Some(*from),
        _ => None,
    });
    ends.collect::<BTreeSet<_>>().into_iter()
}

/// The networks of a service on which a peer can meet it, best first; none for one that has another mode.
fn networks_of(project: &Project<'_>, service: &Service) -> Vec<String> {
    if service.get("network_mode").is_some() {
        return Vec::new();
    }
    let mut named: Vec<String> = service.networks.iter().map(|(name, _)| name.clone()).collect();
    if named.is_empty() {
        named.push(IMPLICIT.to_owned());
    }
    // Compose cannot create a second `host` or `none`.
    let exists = |name: &String| !project.network(name).is_some_and(|network| matches!(network.driver.as_deref(), Some("host" | "none")));
    named.retain(exists);
    named.sort_by_key(|name| is_internal(project, name));
    named
}

fn is_internal(project: &Project<'_>, name: &str) -> bool {
    project.network(name).is_some_and(|network| network.internal)
}

/// Declares the network at top level, in the first file of the project that uses it, and in each included file that
/// does: those may be projects of their own.
pub(super) fn declare(draft: &mut Draft<'_>, networks: &Networks) -> Result<(), (ServiceId, Finding)> {
    let Some(name) = networks.new.clone() else { return Ok(()) };
    let request = draft.request;
    let (mut files, mut own): (BTreeSet<FileId>, bool) = (BTreeSet::new(), false);
    for (index, _) in networks.joined.iter().filter(|(_, joined)| joined.contains(&name)) {
        let Some((case, _)) = request.cases.get(index) else { continue };
        let at = seat_of(case);
        let included = !request.project.input.compose.contains(&at.file);
        if (!included && own) || !files.insert(at.file) {
            continue;
        }
        own |= !included;
        let declared = declaration(draft, at, &name).map_err(|reason| (*index, reason))?;
        draft.append(at.file, declared).map_err(|reason| (*index, reason))?;
    }
    draft.announced.network = Some(name);
    Ok(())
}

/// The place of a service in whose file its networks are written. A file that is only extended brings no networks.
fn seat_of(case: &Case<'_>) -> Location {
    let said = match &case.host {
        HostNetwork::Mode(said) => said.places().iter().find(|place| !place.is_inherited()).unwrap_or(said).entry,
        other => other.at(),
    };
    let definitions = || case.service.definitions.iter().map(|definition| definition.entry);
    if definitions().any(|entry| entry.file == said.file) { said } else { definitions().next_back().unwrap_or(said) }
}

fn declaration(draft: &Draft<'_>, at: Location, name: &str) -> Result<Result<Vec<crate::edit::Edit>, change::Refusal>, Finding> {
    let stream: &Stream<'_> = draft.request.project.stream(at.file).ok_or_else(|| refusal(at, "the file cannot be edited"))?;
    let document = stream.path_to(at.span).map_or(0, |path| path.document);
    let root = Path { document, steps: Vec::new() };
    let driver = NewEntry::new("driver", NewValue::Raw("bridge".to_owned()));
    let network = NewEntry::new(name, NewValue::Mapping(vec![driver]));
    let existing = stream.node(&root.key("networks"));
    Ok(match existing {
        Some(_) => change::insert(stream, &root.key("networks"), &[network]),
        None => change::insert(stream, &root, &[NewEntry::new("networks", NewValue::Mapping(vec![network]))]),
    })
}
