//! The project as it is loaded, before and after: what merges, anchors and several files make of the edits.

use super::law::{Law, Violation};
use crate::compose::tree::{Data, Field, Value};
use crate::compose::{Project, ServiceId, is_on_host};
use crate::fix::GATEWAY;
use crate::fix::expected::{Expected, listed};
use std::collections::{BTreeMap, BTreeSet};

/// Services, networks and everything else are as before, save what was announced.
pub(super) fn differs_as_announced(before: &Project<'_>, after: &Project<'_>, expected: &Expected) -> Result<(), Violation> {
    let names = |project: &Project<'_>| project.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>();
    if names(before) != names(after) {
        return Err(Violation::new(Law::Model, "services would come or go"));
    }
    for service in &before.services {
        service_differs(before, after, service.id, expected)?;
    }
    elements_stay(before, after, expected)?;
    networks_grow(before, after, expected)
}

fn service_differs(before: &Project<'_>, after: &Project<'_>, id: ServiceId, expected: &Expected) -> Result<(), Violation> {
    let (old, new) = (&before[id], &after[id]);
    for field in old.value.fields().iter().chain(new.value.fields()) {
        let key = field.key.as_str();
        let announced = expected.keys.iter().find(|((service, name), _)| *service == id && *name == key).map(|(_, value)| value);
        let right = match announced {
            Some(announced) => new.get(key).map(listed) == *announced,
            None if key == "extra_hosts" => gains_gateway(old.get(key), new.get(key)) || same(old.get(key), new.get(key), expected),
            None => same(old.get(key), new.get(key), expected),
        };
        if !right {
            return Err(Violation::new(Law::Model, format!("`{key}` of `{}` would not be what was announced", old.name)));
        }
    }
    if expected.keys.contains_key(&(id, "network_mode")) && is_on_host(after, new) {
        return Err(Violation::new(Law::Model, format!("`{}` would still be on host networking", old.name)));
    }
    Ok(())
}

/// Whatever else stands at the top level says what it said.
fn elements_stay(before: &Project<'_>, after: &Project<'_>, expected: &Expected) -> Result<(), Violation> {
    let keys = before.top_level.iter().chain(&after.top_level).map(|field| field.key.as_str());
    let keys = keys.filter(|key| !key.starts_with("x-"));
    for key in keys {
        if !same(element(before, key), element(after, key), expected) {
            return Err(Violation::new(Law::Model, format!("`{key}` would not be what it was")));
        }
    }
    Ok(())
}

/// Whether all that is new in `extra_hosts` is the host's gateway: services that merge or extend one that needs it get
/// it too.
fn gains_gateway(before: Option<&Value>, after: Option<&Value>) -> bool {
    let mut expected = before.map(listed).unwrap_or_default();
    expected.push(GATEWAY.to_owned());
    after.map(listed) == Some(expected)
}

fn element<'a>(project: &'a Project<'_>, key: &str) -> Option<&'a Value> {
    project.top_level.iter().find(|field| field.key == key).map(|field| &field.value)
}

fn networks_grow(before: &Project<'_>, after: &Project<'_>, expected: &Expected) -> Result<(), Violation> {
    let keys = |project: &Project<'_>| project.networks.iter().map(|network| network.key.clone()).collect::<BTreeSet<_>>();
    if keys(after) == &keys(before) | &expected.networks {
        Ok(())
    } else {
        Err(Violation::new(Law::Model, "the top-level networks would differ"))
    }
}

fn same(before: Option<&Value>, after: Option<&Value>, expected: &Expected) -> bool {
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => same_value(before, after, expected),
        _ => false,
    }
}

fn same_value(before: &Value, after: &Value, expected: &Expected) -> bool {
    match (&before.data, &after.data) {
        (Data::Null, Data::Null) => true,
        (Data::Scalar(old), Data::Scalar(new)) => expected.raw(old) == *new.raw,
        (Data::List(old), Data::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_value(old, new, expected))
        }
        (Data::Map(old), Data::Map(new)) => {
            let new: BTreeMap<&str, &Value> = new.iter().map(|field| (field.key.as_str(), &field.value)).collect();
            let stays = |field: &Field| new.get(field.key.as_str()).is_some_and(|value| same_value(&field.value, value, expected));
            old.len() == new.len() && old.iter().all(stays)
        }
        _ => false,
    }
}
