//! From a mention of an address to a reference: its bytes, its port and, by the port, its owner.

use super::mention::{LocalHost, Mention, Port};
use super::{Dialler, Field, Owner, Reference};
use crate::compose::tree::{Data, Text, Value};
use crate::formats::mapped::{Mapped, Place};
use crate::source::Location;

/// The reference that a mention in `value`, what `text` says to the program, is, its owner found by the port alone.
pub(super) fn reference(dialler: &Dialler<'_>, text: &Text, value: &Mapped, mention: &Mention, field: Field) -> Reference {
    let number = match &mention.port {
        Some(Port::Variable(range)) => shell_value(dialler, &value[range.clone()]),
        _ => mention.number(),
    };
    let owner = match (number, &mention.port) {
        (Some(number), _) => owner(dialler, mention.named, number),
        (None, Some(_)) => Owner::Unknown("its port is a variable without a value".to_owned()),
        (None, None) => Owner::Unknown("no port is said".to_owned()),
    };
    let port = mention.port.as_ref().and_then(|port| value.slot(port.range()));
    let host = value.place(&mention.host);
    let (written, at, owner) = match host {
        Some(place) => {
            let owner = other_reader(dialler, place).map_or(owner, |key| Owner::Unknown(format!("`{key}` reads it too")));
            (value[mention.host.clone()].to_owned(), value.places().find(|whole| whole.contains(place)).unwrap_or(place).location(), owner)
        }
        None => (text.raw.as_ref().to_owned(), text.at(), Owner::Unknown("it is put together from several texts".to_owned())),
    };
    Reference { from: dialler.id, field, written, host, named: mention.named, number, port, owner, at }
}

/// Whose address `host:number` is. A LAN address is of interest only if it could be this host's.
fn owner(dialler: &Dialler<'_>, host: LocalHost, number: u16) -> Owner {
    match dialler.owner(number) {
        Owner::Host(_) if host == LocalHost::Lan => Owner::Left,
        owner => owner,
    }
}

/// The value of a variable that the program's own shell puts in, such as `$DB_PORT` of `$$DB_PORT`, as a port.
fn shell_value(dialler: &Dialler<'_>, written: &str) -> Option<u16> {
    let name = written.trim_start_matches(['$', '{']).trim_end_matches('}');
    dialler.subject.service.variable(name)?.text().trim().parse().ok()
}

/// Keys whose addresses are references of their own.
const READ: [&str; 4] = ["environment", "command", "entrypoint", "healthcheck"];

/// Another key, of any service, that the line of `.env` at `place` is put into: its meaning there is not known.
fn other_reader(dialler: &Dialler<'_>, place: Place) -> Option<String> {
    let project = dialler.subject.project;
    let Place::Bytes(at) = place else { return None };
    if project.input.env != Some(at.file) {
        return None;
    }
    let fields = project.services.iter().flat_map(|service| service.value.fields());
    fields.filter(|field| !READ.contains(&field.key.as_str())).find(|field| reads(&field.value, at)).map(|field| field.key.clone())
}

fn reads(value: &Value, at: Location) -> bool {
    match &value.data {
        Data::Scalar(text) => text.value.places().any(|place| place.contains(Place::Bytes(at))),
        Data::Map(fields) => fields.iter().any(|field| reads(&field.value, at)),
        Data::List(items) => items.iter().any(|item| reads(item, at)),
        Data::Null => false,
    }
}
