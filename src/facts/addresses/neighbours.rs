//! Who is who on the host before anything is edited: which service answers at which port, under which name.

use super::names;
use super::reference::{Owner, Unknown};
use crate::compose::{Project, ServiceId, is_on_host, namespace};
use crate::facts::{Inference, ServiceFacts, variable_name};
use crate::knowledge::protocols;
use crate::port::Protocol;
use std::collections::{BTreeMap, BTreeSet};

/// The ports of the host, and the services behind each with its port in the container.
type Ports = BTreeMap<u16, BTreeSet<(ServiceId, u16)>>;

/// The services of a project as they find each other on the host.
#[derive(Debug)]
pub(super) struct Neighbours {
    /// Main listeners: of services on host networking, and what the others publish.
    main: Ports,
    /// Documented further listeners, which count where no main one does.
    further: Ports,
    /// The service in whose network namespace each service is, by its index.
    homes: Vec<ServiceId>,
    /// The ports on which the services of a namespace listen.
    own: BTreeSet<(ServiceId, u16)>,
    /// What variables call each service.
    names: Vec<(ServiceId, String)>,
}

impl Neighbours {
    pub(super) fn new(project: &Project<'_>, all: &[ServiceFacts<'_>], inferences: &[Inference]) -> Self {
        let homes: Vec<ServiceId> = project.services.iter().map(|service| namespace(project, service.id)).collect();
        let (mut main, mut further, mut own) = (Ports::new(), Ports::new(), BTreeSet::new());
        for ((facts, inference), home) in all.iter().zip(inferences).zip(&homes) {
            let service = facts.service;
            let numbers = || inference.ports.iter().map(|inferred| inferred.port.number);
            own.extend(numbers().map(|number| (*home, number)));
            if is_on_host(project, service) {
                numbers().for_each(|number| answers(&mut main, number, service.id, number));
                let documented = facts.known.iter().flat_map(|known| &known.more_ports);
                documented.for_each(|port| answers(&mut further, port.number, service.id, port.number));
            } else if service.get("network_mode").is_none() {
                // On Docker's default bridge, or in another's namespace, it has no name that a peer could dial.
                let mappings = service.ports.iter().filter_map(|entry| entry.mapping.as_ref());
                let pairs = mappings.filter(|mapping| mapping.target.protocol != Protocol::Sctp).flat_map(|mapping| mapping.pairs());
                pairs.for_each(|(published, target)| answers(&mut main, published, service.id, target));
            }
        }
        let names = project.services.iter().map(|service| (service.id, variable_name(&service.name))).collect();
        Self { main, further, homes, own, names }
    }

    /// Whether `service`, or one in the same namespace, listens on `number`.
    pub(super) fn listens_on(&self, service: ServiceId, number: u16) -> bool {
        self.own.contains(&(self.home(service), number))
    }

    /// The services outside the namespace of `asking` that answer at `number`, each with the port in its container.
    pub(super) fn owners(&self, asking: ServiceId, number: u16) -> Vec<(ServiceId, u16)> {
        let home = self.home(asking);
        let at = |ports: &Ports| -> Vec<(ServiceId, u16)> {
            ports.get(&number).into_iter().flatten().copied().filter(|(id, _)| self.home(*id) != home).collect()
        };
        let main = at(&self.main);
        if main.is_empty() { at(&self.further) } else { main }
    }

    /// Whom `asking` means by a name such as `DB` or `AUTH_API` without a port: a kind of server that only one service can
    /// be, or a service of that name.
    pub(super) fn named(&self, asking: ServiceId, name: &str) -> Owner {
        let numbers = protocols::ports_of_stem(name);
        let mut owners: Vec<_> = numbers.iter().flat_map(|number| self.owners(asking, *number)).collect();
        owners.dedup_by_key(|(id, _)| *id);
        match owners.as_slice() {
            [(id, port)] => return Owner::Service { id: *id, port: Some(*port) },
            [] => {}
            _ => return Owner::Unknown(Unknown::SeveralNamed(name.to_owned())),
        }
        let home = self.home(asking);
        let mut called = self.names.iter().filter(|(id, own)| self.home(*id) != home && names::is_called(name, own));
        match (called.next(), called.next()) {
            (Some((id, _)), None) => Owner::Service { id: *id, port: None },
            (None, _) if numbers.iter().any(|number| self.listens_on(asking, *number)) => Owner::Itself,
            (None, _) if !numbers.is_empty() => Owner::Host(numbers.first().copied().filter(|_| numbers.len() == 1)),
            _ => Owner::Unknown(Unknown::NoPort),
        }
    }

    fn home(&self, service: ServiceId) -> ServiceId {
        self.homes.get(service.index()).copied().unwrap_or(service)
    }
}

/// Notes that `service` answers at `number` of the host, on `port` of its container.
fn answers(ports: &mut Ports, number: u16, service: ServiceId, port: u16) {
    ports.entry(number).or_default().insert((service, port));
}
