//! Which of the services that leave do so only together.
//!
//! What is edited for one of them may be right only because another one leaves too. A unit is the smallest set for which
//! that is so: it can be withheld, or taken alone, without harm to the rest.

use super::addresses::concerns;
use super::host_site::said;
use super::networks::Networks;
use super::request::Request;
use crate::compose::tree::Field;
use crate::compose::{ServiceId, namespace};
use crate::facts::addresses::PortText;
use crate::formats::mapped::Place;
use crate::source::Location;
use std::collections::{BTreeMap, BTreeSet};

/// The units of the services that leave: those are in one whose edits stand or fall together, because one has to reach the
/// other, they share a network namespace, they are told of host networking in the same place or one takes over what the
/// other says, or they read one text that changes.
pub(super) fn partition(request: &Request<'_>, networks: &Networks) -> Vec<Vec<ServiceId>> {
    let mut units = Units { unit: request.selection.leaving.iter().map(|id| (*id, *id)).collect() };
    networks.pairs().for_each(|(one, other)| units.join(one, other));
    let bodies = bodies(request);
    for (case, _) in request.cases.values() {
        units.join(case.service.id, namespace(request.project, case.service.id));
        let places = case.service.value.fields().iter().flat_map(Field::places);
        let others = places.filter(|place| place.is_inherited()).filter_map(|place| around(&bodies, place.entry));
        others.for_each(|other| units.join(case.service.id, other));
    }
    told_together(request).iter().for_each(|services| units.join_all(services));
    let mut readers: BTreeMap<Place, Vec<ServiceId>> = BTreeMap::new();
    for reference in request.references {
        let Some(service) = concerns(request, reference) else { continue };
        let port = if let PortText::At(slot) = reference.port { Some(slot.place) } else { None };
        reference.host.into_iter().chain(port).for_each(|place| readers.entry(place).or_default().push(service));
    }
    readers.values().for_each(|services| units.join_all(services));
    units.sets()
}

/// A partition of services, each with the first service of its unit.
struct Units {
    unit: BTreeMap<ServiceId, ServiceId>,
}

impl Units {
    /// Makes one unit of those of two services. One that does not leave has none.
    fn join(&mut self, one: ServiceId, other: ServiceId) {
        let (Some(one), Some(other)) = (self.unit.get(&one).copied(), self.unit.get(&other).copied()) else { return };
        if one != other {
            let (first, second) = (one.min(other), one.max(other));
            self.unit.values_mut().filter(|unit| **unit == second).for_each(|unit| *unit = first);
        }
    }

    fn join_all(&mut self, services: &[ServiceId]) {
        services.windows(2).for_each(|pair| self.join(pair[0], pair[1]));
    }

    fn sets(self) -> Vec<Vec<ServiceId>> {
        let mut sets: BTreeMap<ServiceId, Vec<ServiceId>> = BTreeMap::new();
        self.unit.into_iter().for_each(|(service, unit)| sets.entry(unit).or_default().push(service));
        sets.into_values().collect()
    }
}

/// The services on host networking that are told so in the same place, where all of them leave; otherwise each that leaves
/// stops taking it over, on its own.
fn told_together(request: &Request<'_>) -> Vec<Vec<ServiceId>> {
    let mut by_place: BTreeMap<Location, Vec<ServiceId>> = BTreeMap::new();
    for (case, _) in request.cases.values() {
        let places = said(case.service, &case.host).map(Field::places).unwrap_or_default();
        places.iter().for_each(|place| by_place.entry(place.entry).or_default().push(case.service.id));
    }
    by_place.into_values().filter(|services| services.iter().all(|id| request.leaves(*id))).collect()
}

/// The mappings of the services that leave, in the order of the text. None of them lies in another.
fn bodies(request: &Request<'_>) -> Vec<(Location, ServiceId)> {
    let leaving = request.selection.leaving.iter().map(|id| &request.project[*id]);
    let bodies = leaving.flat_map(|service| service.definitions.iter().map(|definition| (definition.body, service.id)));
    bodies.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The service whose mapping a place lies in.
fn around(bodies: &[(Location, ServiceId)], place: Location) -> Option<ServiceId> {
    let behind = bodies.partition_point(|(body, _)| *body <= place);
    let candidates = &bodies[behind.saturating_sub(1)..(behind + 1).min(bodies.len())];
    candidates.iter().find(|(body, _)| body.contains(place)).map(|(_, service)| *service)
}
