//! From a mention of an address to a reference: its bytes, its port and, by the port, its owner.

use super::expansion::Expansion;
use super::{Dialler, Field, Owner, Reference, WrittenPort};
use crate::compose::tree::{Data, Value};
use crate::compose::tree::{Place, Text};
use crate::facts::addresses::mention::{LocalHost, Mention};
use crate::formats::interpolation;
use crate::source::Location;
use std::ops::Range;

/// The reference that a mention in `expansion` of `text` is, its owner found by the port alone.
pub(super) fn reference(dialler: &Dialler<'_>, text: &Text, expansion: &Expansion<'_>, mention: &Mention, field: Field) -> Reference {
    let number = match (&mention.port, &mention.port_text) {
        (Some((number, _)), _) => Some(*number),
        (None, Some(range)) => shell_value(dialler, &expansion.value[range.clone()]),
        (None, None) => mention.implied_port,
    };
    let owner = match (number, &mention.port_text) {
        (Some(number), _) => owner(dialler, mention.host, number),
        (None, Some(_)) => Owner::Unknown("its port is a variable without a value".to_owned()),
        (None, None) => Owner::Unknown("no port is said".to_owned()),
    };
    let port = mention.port.as_ref().map(|(_, range)| range).or(mention.port_text.as_ref());
    let port = port.and_then(|range| written(expansion, range));
    place(
        dialler,
        text,
        expansion,
        Reference {
            from: dialler.id,
            field,
            text: text.clone(),
            host: mention.host_range.clone(),
            named: mention.host,
            number,
            port,
            owner,
        },
    )
}

/// Where a port in the value is written.
pub(super) fn written(expansion: &Expansion<'_>, range: &Range<usize>) -> Option<WrittenPort> {
    expansion.written(range).map(|(text, range, variable)| WrittenPort { text, range, variable })
}

/// Whose address `host:number` is. A LAN address is of interest only if it could be this host's.
fn owner(dialler: &Dialler<'_>, host: LocalHost, number: u16) -> Owner {
    match dialler.owner(number) {
        Owner::Host(_) if host == LocalHost::Lan => Owner::Left,
        owner => owner,
    }
}

/// Puts the reference, whose `host` is a range of the value, where it is written.
fn place(dialler: &Dialler<'_>, text: &Text, expansion: &Expansion<'_>, mut reference: Reference) -> Reference {
    match expansion.source(&reference.host) {
        Some((source, range)) => {
            if let Place::Bytes(at) = source.place
                && let Some(key) = other_reader(dialler, at)
            {
                reference.owner = Owner::Unknown(format!("`{key}` reads it too"));
            }
            (reference.text, reference.host) = (source, range);
        }
        None => {
            reference.owner = Owner::Unknown("it is put together from several texts".to_owned());
            reference.host = 0..text.raw.len();
        }
    }
    reference
}

/// The value of a variable that the program's own shell puts in, such as `$DB_PORT` of `$$DB_PORT`, as a port.
fn shell_value(dialler: &Dialler<'_>, written: &str) -> Option<u16> {
    let name = written.trim_start_matches(['$', '{']).trim_end_matches('}');
    dialler.subject.service.variable(name)?.text().trim().parse().ok()
}

/// Keys whose addresses are references of their own.
const READ: [&str; 4] = ["environment", "command", "entrypoint", "healthcheck"];

/// Another key, of any service, that the line of `.env` at `at` is put into: its meaning there is not known.
fn other_reader(dialler: &Dialler<'_>, at: Location) -> Option<String> {
    let project = dialler.subject.project;
    let (name, _) = project.env_places.iter().find(|(_, place)| **place == at)?;
    let fields = project.services.iter().flat_map(|service| service.value.fields());
    fields.filter(|field| !READ.contains(&field.key.as_str())).find(|field| reads(&field.value, name)).map(|field| field.key.clone())
}

fn reads(value: &Value, name: &str) -> bool {
    match &value.data {
        Data::Scalar(text) => interpolation::variables(&text.raw).iter().any(|variable| variable.name == name),
        Data::Map(fields) => fields.iter().any(|field| reads(&field.value, name)),
        Data::List(items) => items.iter().any(|item| reads(item, name)),
        Data::Null => false,
    }
}
