//! Host and port in two variables: `DB_HOST=localhost` beside `DB_PORT=5432`.

use super::names::{ports_of_stem, stem_of_host};
use super::{Dialler, Owner};
use crate::compose::service::Variable;
use crate::facts::{is_listener_host, is_own_listener};
use crate::formats::mapped::Slot;

/// The owner of a host without a port in a variable, and the port's text if a variable beside it holds one.
pub(super) fn owner(dialler: &Dialler<'_>, variable: &Variable) -> (Owner, Option<u16>, Option<Slot>) {
    if let Some(owner) = own_listener(dialler, variable) {
        return (owner, None, None);
    }
    let name = plain(&variable.name);
    let Some(stem) = stem_of_host(&name) else { return (by_name(dialler, &name), None, None) };
    let Some(port) = port_beside(dialler, &stem) else { return (by_name(dialler, &stem), None, None) };
    let Some((number, text)) = port.text().trim().parse().ok().zip(port.value.as_ref()) else {
        return (Owner::Unknown(format!("the port in `{}` is not known", port.name)), None, None);
    };
    let start = text.value.len() - text.value.trim_start().len();
    (dialler.owner(number), Some(number), text.value.slot(&(start..start + text.value.trim().len())))
}

/// The only service that a setting such as `db_host` without a port can mean.
pub(super) fn by_key(dialler: &Dialler<'_>, key: &str) -> Option<Owner> {
    let stem = stem_of_host(&plain(key))?;
    Some(by_name(dialler, &stem)).filter(|owner| matches!(owner, Owner::Service { .. }))
}

/// A name as it is compared: upper case, with single `_` for `__`, `.` and `-`.
fn plain(name: &str) -> String {
    name.to_ascii_uppercase().replace(['.', '-'], "_").replace("__", "_")
}

/// Whether the variable is about the service's own listener: a bind address, or, for an image whose documented
/// variables do not include it, a name without effect.
fn own_listener(dialler: &Dialler<'_>, variable: &Variable) -> Option<Owner> {
    let subject = dialler.subject;
    let known = subject.known.as_ref().filter(|known| known.verified && !known.ports.is_empty());
    if let Some(known) = known {
        if known.client_env.contains(&variable.name.as_str()) {
            return None;
        }
        if known.port_env.iter().any(|setting| setting.is_named(&variable.name)) {
            return Some(Owner::Bind);
        }
    }
    if !is_listener_host(subject, &variable.name) && !is_own_listener(subject, &variable.name) {
        // An image whose variables are documented does nothing with another one whose name says nobody.
        let means_nobody = stem_of_host(&plain(&variable.name)).is_some_and(|stem| matches!(by_name(dialler, &stem), Owner::Unknown(_)));
        return (known.is_some() && !subject.is_own_program() && means_nobody).then_some(Owner::Itself);
    }
    if variable.name.to_ascii_uppercase().ends_with("_HOSTNAME") && known.is_none() {
        return Some(Owner::Unknown("it may be the name under which others find it".to_owned()));
    }
    Some(if known.is_some() { Owner::Itself } else { Owner::Bind })
}

fn port_beside<'a>(dialler: &'a Dialler<'_>, stem: &str) -> Option<&'a Variable> {
    let name = |variable: &&Variable| {
        let name = plain(&variable.name);
        name == format!("{stem}_PORT") || name == format!("{stem}PORT")
    };
    dialler.subject.service.environment.iter().find(name)
}

/// What may stand behind a service's name in the name of its address.
const ROLES: [&str; 10] = ["ADMIN", "API", "GRPC", "HTTP", "INTERNAL", "MASTER", "PRIMARY", "RPC", "SERVER", "TCP"];

/// Without a port, the name has to say who it is: a kind of server that only one service can be, or a service's name.
fn by_name(dialler: &Dialler<'_>, stem: &str) -> Owner {
    let numbers = ports_of_stem(stem);
    match dialler.listeners.owners_of_any(numbers, &dialler.members).as_slice() {
        [(id, port)] => return Owner::Service { id: *id, port: Some(*port) },
        [] => {}
        _ => return Owner::Unknown(format!("several services could be `{stem}`")),
    }
    let named = |name: &str| {
        let name = crate::facts::variable_name(name);
        let role = stem.strip_prefix(&name).and_then(|rest| rest.strip_prefix('_'));
        stem == name || stem.ends_with(&format!("_{name}")) || role.is_some_and(|role| ROLES.contains(&role))
    };
    let services = &dialler.subject.project.services;
    let mut candidates = services.iter().filter(|other| !dialler.members.contains(&other.id) && named(&other.name));
    match (candidates.next(), candidates.next()) {
        (Some(other), None) => Owner::Service { id: other.id, port: None },
        (None, _) if !numbers.is_empty() && !numbers.iter().any(|number| dialler.listens_on(*number)) => {
            Owner::Host(numbers.first().copied().filter(|_| numbers.len() == 1))
        }
        (None, _) if !numbers.is_empty() => Owner::Itself,
        _ => Owner::Unknown("no port is said".to_owned()),
    }
}
