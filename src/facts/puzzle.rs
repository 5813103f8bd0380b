//! What the services of a project say about each other's ports, put together.
//!
//! On host networking a number has one owner. *Demands* are the addresses of this host at which something in the project looks for
//! somebody; *candidates* are numbers in a service's own settings that could be its listener, under whatever name. A candidate that
//! somebody else demands is settled by two places that know nothing of each other. A demand that no setting meets belongs to the only
//! service that can meet it, if one can be told from the others: that is a hint, and strong when two pointers agree. What fits in two ways
//! is left to the user. Names of services and the order in which they stand decide nothing else.

use super::candidates::{Candidate, candidates};
use super::{Confidence, Evidence, Inference, InferredPort, ServiceFacts, SourceId, variable_name};
use crate::compose::is_on_host;
use crate::facts::addresses::mention::{self, LocalHost, Mention};
use crate::knowledge::{config_files, protocols};
use crate::port::Port;
use crate::source::{FileId, Location, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A number of this host at which a service looks for somebody.
#[derive(Debug, Clone)]
struct Demand<'a> {
    /// Who looks, as a place among the services.
    from: usize,
    number: u16,
    /// The default port of the database or queue that is dialled, where its scheme or number tells.
    protocol: Option<u16>,
    /// The variable that says it; none for commands and files.
    variable: Option<&'a str>,
    /// Whether a file that it mounts says it.
    in_file: bool,
    at: Location,
}

/// Gives services without any evidence the ports at which others look for them.
pub(super) fn complete(subjects: &[ServiceFacts<'_>], inferences: &mut [Inference]) {
    let open: Vec<usize> = (0..subjects.len()).filter(|index| is_open(subjects, inferences, *index)).collect();
    if open.is_empty() {
        return;
    }
    let demands = unmet(subjects, inferences);
    let mut found = agreed(subjects, &open, &demands);
    let met: BTreeSet<u16> = found.values().flatten().map(|evidence| evidence.port.number).collect();
    let left: Vec<usize> = open.iter().copied().filter(|index| !found.contains_key(index)).collect();
    for demand in demands.iter().filter(|demand| !met.contains(&demand.number)) {
        if let Some((owner, confidence)) = pointed_at(subjects, &left, demand) {
            let evidence = Evidence { confidence, ..peer(subjects, demand) };
            let evidences: &mut Vec<Evidence> = found.entry(owner).or_default();
            match evidences.iter_mut().find(|other| other.port == evidence.port) {
                Some(other) => other.confidence = other.confidence.max(confidence),
                None => evidences.push(evidence),
            }
        }
    }
    for (index, evidence) in found {
        if let Some(inference) = inferences.get_mut(index) {
            inference.ports = by_port(evidence);
        }
    }
}

/// Whether a service is on host networking and nothing of its own says where it listens, or that it does not.
fn is_open(subjects: &[ServiceFacts<'_>], inferences: &[Inference], index: usize) -> bool {
    let (Some(subject), Some(inference)) = (subjects.get(index), inferences.get(index)) else { return false };
    let says_nothing = inference.ports.is_empty() && inference.silence.is_none() && inference.unknown.is_empty();
    says_nothing && is_on_host(subject.project, subject.service)
}

/// The demands that nobody is known to meet.
fn unmet<'a>(subjects: &'a [ServiceFacts<'_>], inferences: &[Inference]) -> Vec<Demand<'a>> {
    let is_met = |number: u16| {
        inferences.iter().any(|inference| inference.listens_on(number)) || subjects.iter().any(|subject| publishes(subject, number))
    };
    let mut searched = BTreeMap::new();
    let all = subjects.iter().enumerate().flat_map(|(from, subject)| demands_of(from, subject, &mut searched));
    all.filter(|demand| !is_met(demand.number)).collect()
}

/// The numbers of this host that a service names in its variables, its command and the files that it mounts. A file is searched once for
/// all services that mount it.
fn demands_of<'a>(from: usize, subject: &'a ServiceFacts<'_>, searched: &mut BTreeMap<FileId, Vec<Mention>>) -> Vec<Demand<'a>> {
    let on_host = is_on_host(subject.project, subject.service);
    let dials = |mention: &&Mention| mention.named == LocalHost::HostGateway || on_host && mention.named != LocalHost::Unspecified;
    let numbers = |mentions: &[Mention]| {
        let numbered = |mention: &Mention| {
            let number = mention.port.as_ref().and(mention.number())?;
            let protocol = [mention.implied, Some(number)].into_iter().flatten().find(|port| protocols::is_store(*port));
            Some((number, protocol, mention.host.clone()))
        };
        mentions.iter().filter(dials).filter_map(numbered).collect::<Vec<_>>()
    };
    let variables = subject.service.environment.iter().flat_map(|variable| {
        let found = numbers(&mention::mentions(variable.text())).into_iter();
        found.map(|(number, protocol, _)| Demand {
            from,
            number,
            protocol,
            variable: Some(variable.name.as_str()),
            in_file: false,
            at: variable.at,
        })
    });
    let commands = subject.service.command_lines().flat_map(|line| {
        let found = line.texts.iter().flat_map(|text| numbers(&mention::mentions(&text.value)));
        found.map(|(number, protocol, _)| Demand { from, number, protocol, variable: None, in_file: false, at: line.at })
    });
    let files = subject.project.mounted_files(subject.service).into_iter().filter(|(target, _)| !config_files::is_prose(target));
    let files = files.flat_map(|(_, file)| {
        let found = numbers(searched.entry(file.id).or_insert_with(|| mention::mentions(&file.text))).into_iter();
        found.map(move |(number, protocol, host)| Demand {
            from,
            number,
            protocol,
            variable: None,
            in_file: true,
            at: file.location(Span { start: host.start, end: host.end }),
        })
    });
    variables.chain(commands).chain(files).collect()
}

fn publishes(subject: &ServiceFacts<'_>, number: u16) -> bool {
    let mut mappings =
        subject.service.ports.iter().filter_map(|entry| entry.mapping).filter(|_| !is_on_host(subject.project, subject.service));
    mappings.any(|mapping| mapping.pairs().iter().any(|(published, _)| *published == number))
}

/// Candidates of a single service that others demand.
fn agreed(subjects: &[ServiceFacts<'_>], open: &[usize], demands: &[Demand<'_>]) -> BTreeMap<usize, Vec<Evidence>> {
    let own: Vec<(usize, Candidate)> =
        open.iter().flat_map(|index| candidates(&subjects[*index]).into_iter().map(|own| (*index, own))).collect();
    let mut found: BTreeMap<usize, Vec<Evidence>> = BTreeMap::new();
    for (index, candidate) in &own {
        let is_alone = own.iter().all(|(other, theirs)| other == index || theirs.number != candidate.number);
        let demand = demands.iter().find(|demand| demand.from != *index && demand.number == candidate.number).filter(|_| is_alone);
        if let Some(demand) = demand {
            let says = format!("`{}` says {}", candidate.name, candidate.number);
            let evidence = Evidence::strong(SourceId::Peer, Port::tcp(candidate.number), candidate.at, says);
            found.entry(*index).or_default().extend([evidence, peer(subjects, demand)]);
        }
    }
    found
}

/// The one service that a demand can only mean, and how sure that is.
fn pointed_at(subjects: &[ServiceFacts<'_>], open: &[usize], demand: &Demand<'_>) -> Option<(usize, Confidence)> {
    let able = open.iter().copied().filter(|index| *index != demand.from);
    // A database is what its settings speak of; whoever is left is no database for that.
    let able: Vec<usize> =
        able.filter(|index| demand.protocol.is_none_or(|port| subjects.get(*index).is_some_and(|owner| speaks(owner, port)))).collect();
    let pointers = |index: usize| {
        let (Some(owner), Some(dialler)) = (subjects.get(index), subjects.get(demand.from)) else { return 0 };
        let named = demand.variable.is_some_and(|name| is_called(owner, name));
        let awaited = dialler.service.depends_on.iter().any(|dependency| dependency.service == owner.service.name);
        usize::from(named) + usize::from(awaited)
    };
    let best = able.iter().map(|index| pointers(*index)).max()?;
    let mut owners = able.iter().filter(|index| pointers(**index) == best);
    match (owners.next(), owners.next()) {
        // Where nothing points at it, it has to be the only one that is left, and a file has to say it: a variable or a
        // command is called after whom it means.
        (Some(owner), None) if best > 0 || able.len() == 1 && demand.in_file => {
            Some((*owner, if best > 1 { Confidence::Strong } else { Confidence::Weak }))
        }
        _ => None,
    }
}

/// Whether the settings or the name of a service speak of the protocol that has that port.
fn speaks(owner: &ServiceFacts<'_>, port: u16) -> bool {
    let is_word = |name: &str| name.split('_').any(|word| protocols::ports_of_stem(word).contains(&port));
    let image = owner.service.image.as_ref().map(|image| variable_name(&image.name.repository)).unwrap_or_default();
    let variables = || owner.service.environment.iter().map(|variable| variable.name.to_ascii_uppercase());
    is_word(&variable_name(&owner.service.name)) || is_word(&image) || variables().any(|name| is_word(&name))
}

/// Whether a variable such as `PAYMENTS_API_URL` is called after the service.
fn is_called(subject: &ServiceFacts<'_>, variable: &str) -> bool {
    let own = variable_name(&subject.service.name);
    let upper = variable.to_ascii_uppercase();
    !own.is_empty() && (upper.starts_with(&format!("{own}_")) || upper.contains(&format!("_{own}_")))
}

/// A demand as evidence for whoever meets it.
fn peer(subjects: &[ServiceFacts<'_>], demand: &Demand<'_>) -> Evidence {
    let from = subjects.get(demand.from).map(|subject| subject.service.name.as_str()).unwrap_or_default();
    let port = Port::tcp(demand.number);
    let within = demand.variable.map(|name| format!(" in `{name}`")).unwrap_or_default();
    Evidence::strong(SourceId::Peer, port, demand.at, format!("`{from}` dials it at {port}{within}"))
}

/// Evidence, put together by port.
fn by_port(evidence: Vec<Evidence>) -> Vec<InferredPort> {
    let mut ports: BTreeMap<Port, Vec<Evidence>> = BTreeMap::new();
    for piece in evidence {
        ports.entry(piece.port).or_default().push(piece);
    }
    ports.into_iter().map(|(port, evidence)| InferredPort { port, evidence }).collect()
}
