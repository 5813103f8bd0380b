//! Which service answers at which port of the host, before anything is edited.

use crate::compose::{Project, ServiceId, is_on_host};
use crate::facts::{Inference, ServiceFacts};
use crate::port::{Port, Protocol};

/// A listener: the port of the host, the service, the port in its container.
type Listener = (u16, ServiceId, u16);

/// The ports of the host and the services behind them.
#[derive(Debug)]
pub(crate) struct Listeners {
    main: Vec<Listener>,
    /// Documented further listeners, which count where no main one does.
    further: Vec<Listener>,
}

impl Listeners {
    /// Collects the listeners on the host of all services: what those on host networking listen on, and what the
    /// others publish.
    pub(crate) fn new(project: &Project<'_>, subjects: &[ServiceFacts<'_>], inferences: &[Inference]) -> Self {
        let (mut main, mut further) = (Vec::new(), Vec::new());
        for (subject, inference) in subjects.iter().zip(inferences) {
            let id = subject.service.id;
            if is_on_host(project, subject.service) {
                main.extend(inference.ports.iter().map(|inferred| (inferred.port.number, id, inferred.port.number)));
                let documented = subject.known.iter().flat_map(|known| known.more_ports.clone());
                further.extend(documented.map(|port: Port| (port.number, id, port.number)));
            } else if subject.service.get("network_mode").is_none() {
                // On Docker's default bridge, or in another's namespace, it has no name that a peer could dial.
                let mappings = subject.service.ports.iter().filter_map(|entry| entry.mapping.as_ref());
                let pairs = mappings.filter(|mapping| mapping.target.protocol != Protocol::Sctp).flat_map(|mapping| mapping.pairs());
                main.extend(pairs.map(|(published, target)| (published, id, target)));
            }
        }
        for list in [&mut main, &mut further] {
            list.sort_unstable();
            list.dedup();
        }
        Self { main, further }
    }

    /// The services outside the namespace of the `asking` that answer at `number`, each with the port in its container.
    pub(crate) fn owners(&self, number: u16, asking: &[ServiceId]) -> Vec<(ServiceId, u16)> {
        let at = |list: &[Listener]| -> Vec<(ServiceId, u16)> {
            let there = list.iter().filter(|(port, id, _)| *port == number && !asking.contains(id));
            there.map(|(_, id, target)| (*id, *target)).collect()
        };
        let main = at(&self.main);
        if main.is_empty() { at(&self.further) } else { main }
    }

    /// The services outside the namespace of the `asking` that answer at any of `numbers`.
    pub(crate) fn owners_of_any(&self, numbers: &[u16], asking: &[ServiceId]) -> Vec<(ServiceId, u16)> {
        let mut owners: Vec<_> = numbers.iter().flat_map(|number| self.owners(*number, asking)).collect();
        owners.dedup_by_key(|(id, _)| *id);
        owners
    }
}
