//! The networks that leaving services join, and the one that is declared for them.
//!
//! A service joins the networks where its peers on bridges already are. The project's own network for the migration is
//! there for services that have no such peer, and for those that leave together and would not meet otherwise.

use super::draft::{Draft, Refused, refusal};
use super::expected::listed;
use super::request::Request;
use crate::compose::service::Reset;
use crate::compose::tree::Field;
use crate::compose::{HostNetwork, Network, Project, Service, ServiceId, namespace};
use crate::facts::addresses::Owner;
use crate::rules::case::Case;
use crate::source::Location;
use crate::yaml::change::{NewEntry, NewValue};
use crate::yaml::{Path, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// Which networks each leaving service joins.
#[derive(Debug)]
pub(super) struct Networks {
    joined: BTreeMap<ServiceId, Vec<String>>,
    /// The network that has to be declared.
    new: Option<String>,
    /// Who has to reach whom.
    edges: BTreeSet<(ServiceId, ServiceId)>,
}

impl Networks {
    /// The networks that a service joins, in the order in which they are written.
    pub(super) fn of(&self, index: ServiceId) -> Vec<String> {
        self.joined.get(&index).cloned().unwrap_or_default()
    }

    /// The services that join the network that has to be declared.
    pub(super) fn of_new(&self) -> Vec<ServiceId> {
        let joins = |(id, joined): (&ServiceId, &Vec<String>)| self.new.as_ref().filter(|new| joined.contains(new)).map(|_| *id);
        self.joined.iter().filter_map(joins).collect()
    }

    /// Pairs of services of which one has to reach the other; of services that share a network, the one whose it is.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (ServiceId, ServiceId)> {
        self.edges.iter().copied()
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
    Networks { joined: joined.into_iter().map(|(index, networks)| (index, in_order(networks))).collect(), new, edges }
}

/// The networks that a service is on again once an overlay is taken back.
fn restored(request: &Request<'_>, index: ServiceId) -> Option<BTreeSet<String>> {
    let (case, _) = request.cases.get(&index)?;
    let HostNetwork::Mode(said) = &case.host else { return None };
    base_networks(case.service, said).map(|networks| networks.into_iter().collect())
}

/// The networks of the service without the files that put it on host networking; none when its first file does.
/// A service that names no networks is on `default`.
pub(super) fn base_networks(service: &Service, said: &Field) -> Option<Vec<String>> {
    let base = service.definitions.first().filter(|_| service.definitions.len() > 1)?;
    let later = |place: &Field| {
        !place.is_inherited()
            && !base.entry.contains(place.entry)
            && service.definitions.iter().any(|definition| definition.entry.contains(place.entry))
    };
    if said.key != "network_mode" || !said.places().iter().all(later) {
        return None;
    }
    let names = hidden(service, "networks").map(|reset| listed(&reset.hidden.value)).unwrap_or_default();
    Some(if names.is_empty() { vec!["default".to_owned()] } else { names })
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

/// `networks` with these names.
pub(super) fn network_entry(joined: &[String]) -> NewEntry {
    NewEntry::new("networks", NewValue::Sequence(joined.iter().cloned().map(NewValue::Text).collect()))
}

/// Declares the new network at top level for a service that joins it: in the first file of the project that uses it, or in
/// an included file of its own, since that may be a project of its own.
pub(super) fn declare(draft: &mut Draft<'_>, service: ServiceId, networks: &Networks) -> Result<(), Refused> {
    let request = draft.request;
    let seat = |id: ServiceId| request.cases.get(&id).map(|(case, _)| seat_of(case));
    let own = |at: &Location| request.project.input.compose.contains(&at.file);
    let Some((name, at)) = networks.new.as_ref().zip(seat(service)) else { return Ok(()) };
    let at = if own(&at) { networks.of_new().into_iter().filter_map(seat).find(own).unwrap_or(at) } else { at };
    let stream: &Stream<'_> = request.project.stream(at.file).ok_or_else(|| refusal(at, "the file cannot be edited"))?;
    let document = stream.path_to(at.span).map_or(0, |path| path.document);
    let root = Path { document, steps: Vec::new() };
    let driver = NewEntry::new("driver", NewValue::Text("bridge".to_owned()));
    let network = NewEntry::new(name, NewValue::Mapping(vec![driver]));
    draft.announce_network(name);
    match stream.node(&root.key("networks")) {
        Some(_) => draft.append_entries(stream, &root.key("networks"), &[network]),
        None => draft.append_entries(stream, &root, &[NewEntry::new("networks", NewValue::Mapping(vec![network]))]),
    }
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

/// The entry that hides a key of the base files.
pub(super) fn hidden<'a>(service: &'a Service, key: &str) -> Option<&'a Reset> {
    service.resets.iter().find(|reset| reset.hidden.key == key && service.get(key).is_none_or(|value| value.items().is_empty()))
}
