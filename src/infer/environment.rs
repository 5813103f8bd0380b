//! Variables that name a service's own listener.
//!
//! The difficulty is to leave other people's ports alone: `DB_PORT` is where somebody else listens. A variable counts
//! when its name speaks of listening, or of this very service, or when the image documents it.

use super::setting::Setting;
use super::subject::variable_name;
use super::{Evidence, Subject};
use crate::compose::port::{Port, Protocol};
use crate::compose::service::Variable;
use crate::source::Location;

pub(super) const NAME: &str = "environment";

/// Names that programs give to their own port whoever they are.
const OWN_PORT: [&str; 12] = [
    "APP_PORT",
    "BIND_PORT",
    "HTTPS_PORT",
    "HTTP_PORT",
    "HTTP_SERVER_PORT",
    "LISTENING_PORT",
    "LISTEN_PORT",
    "PORT",
    "SERVER_HTTP_PORT",
    "SERVER_PORT",
    "WEBUI_PORT",
    "WEB_PORT",
];

/// Names that hold an address to listen on.
const OWN_ADDRESS: [&str; 8] = [
    "ASPNETCORE_HTTPS_PORTS",
    "ASPNETCORE_HTTP_PORTS",
    "ASPNETCORE_URLS",
    "DOTNET_URLS",
    "HTTP_ADDR",
    "HTTP_ADDRESS",
    "SERVER_ADDR",
    "SERVER_ADDRESS",
];

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    subject.service.environment.iter().flat_map(|variable| of_variable(subject, variable)).collect()
}

/// Own listeners whose port is a variable without a value.
pub(super) fn unknown(subject: &Subject<'_>) -> Vec<(Location, String)> {
    let own = subject.service.environment.iter().filter(|variable| is_own_listener(subject, &variable.name));
    own.filter_map(|variable| Some((variable.at, variable.value.as_ref()?.missing.first()?.clone()))).collect()
}

/// Whether a variable of the service itself, not one that it shares through an anchor, says its port.
pub(super) fn sets_own_port(subject: &Subject<'_>) -> bool {
    let shared = subject.service.field("environment").is_none_or(|field| !field.merged_through.is_empty());
    !shared && !find(subject).is_empty()
}

/// Whether a variable of that name says where the service itself listens.
pub fn is_own_listener(subject: &Subject<'_>, name: &str) -> bool {
    documented(subject, name).is_some() || is_own_port_name(subject, name) || is_own_address_name(name)
}

/// Whether a variable such as `HOST` says which address the service itself binds.
pub fn is_listener_host(subject: &Subject<'_>, name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let Some(stem) = ["_HOSTNAME", "_HOST", "_ADDRESS", "_ADDR", "_IP"].iter().find_map(|end| upper.strip_suffix(end)) else {
        return matches!(upper.as_str(), "HOST" | "BIND" | "LISTEN" | "IP");
    };
    ["APP", "BIND", "HTTP", "LISTEN", "SERVER", "WEB"].contains(&stem)
        || stem.ends_with("_BIND")
        || stem.ends_with("_LISTEN")
        || subject.own_names().iter().any(|own| own == stem)
}

fn of_variable(subject: &Subject<'_>, variable: &Variable) -> Vec<Evidence> {
    let Some(text) = variable.value.as_ref().filter(|text| text.missing.is_empty()) else { return Vec::new() };
    if variable.env_file.is_some() && is_shared(subject, variable) {
        return Vec::new(); // Two services cannot both listen there: it is the port of one of them, or of neither.
    }
    let documented = documented(subject, &variable.name);
    let ports = match documented {
        Some(_) => ports_in(&text.value),
        None if is_own_port_name(subject, &variable.name) => number(&text.value).into_iter().collect(),
        None if is_own_address_name(&variable.name) => ports_in(&text.value),
        None => Vec::new(),
    };
    let written = |raw: &str| Some(raw.to_owned()).filter(|raw| raw.starts_with("${") && raw.ends_with('}'));
    ports
        .into_iter()
        .map(|port| {
            let listener = documented.and_then(|setting| setting.listener);
            let protocol = listener.map_or(Protocol::Tcp, |default| default.protocol);
            let because = format!("variable `{}` says {port}", variable.name);
            let evidence = Evidence::strong(NAME, Port { number: port, protocol }, variable.at, because);
            Evidence { moves: listener, written: written(&text.raw), ..evidence }
        })
        .collect()
}

/// The listener that the image documents the variable for.
fn documented(subject: &Subject<'_>, name: &str) -> Option<Setting> {
    let of_image = subject.known.as_ref().and_then(|known| known.port_env.iter().find(|setting| setting.is_named(name)).copied());
    let of_program = || {
        subject
            .launches
            .iter()
            .filter_map(|launch| launch.program.as_ref())
            .flat_map(|program| &program.env)
            .find(|setting| setting.is_named(name))
            .copied()
    };
    of_image.or_else(of_program)
}

fn is_own_port_name(subject: &Subject<'_>, name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    if subject.known.as_ref().is_some_and(|known| known.verified && known.client_env.contains(&name)) {
        return false;
    }
    if OWN_PORT.contains(&upper.as_str()) {
        // An image that documents its variables does not read others; `<X>_HOST` beside it that is dialled makes it a client's.
        return !subject.known.as_ref().is_some_and(|known| known.verified && !known.ports.is_empty())
            && !has_dialled_host(subject, &upper);
    }
    let Some(stem) = upper.strip_suffix("_PORT") else { return false };
    let stem = variable_name(stem.trim_end_matches("_HTTP").trim_end_matches("_SERVER"));
    !names_another(subject, &stem) && subject.own_names().contains(&stem) && !has_dialled_host(subject, &upper)
}

fn is_own_address_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    OWN_ADDRESS.contains(&upper.as_str())
        || upper.starts_with("LISTEN")
        || upper.starts_with("BIND")
        || ["_LISTEN", "_LISTEN_ADDR", "_LISTEN_ADDRESS", "_LISTEN_PORT", "_BIND", "_BIND_ADDR", "_BIND_ADDRESS", "_BIND_PORT"]
            .iter()
            .any(|end| upper.ends_with(end))
}

/// Whether the stem is the name of another service of the project.
fn names_another(subject: &Subject<'_>, stem: &str) -> bool {
    let others = subject.project.services.iter().filter(|other| other.name != subject.service.name);
    others.map(|other| variable_name(&other.name)).any(|other| other == stem && !subject.own_names().contains(&other))
}

/// Whether `X_HOST` or `X_URL` beside `X_PORT` is an address of somebody else.
fn has_dialled_host(subject: &Subject<'_>, port_name: &str) -> bool {
    let Some(stem) = port_name.strip_suffix("_PORT") else { return false };
    let host = subject.service.environment.iter().find(|variable| {
        let upper = variable.name.to_ascii_uppercase();
        ["_HOST", "_HOSTNAME", "_ADDR"].iter().any(|end| upper == format!("{stem}{end}"))
    });
    host.is_some_and(|host| !is_any_or_own(subject, host))
}

fn is_any_or_own(subject: &Subject<'_>, host: &Variable) -> bool {
    matches!(host.text(), "" | "0.0.0.0" | "::" | "[::]" | "*") || is_listener_host(subject, &host.name)
}

fn is_shared(subject: &Subject<'_>, variable: &Variable) -> bool {
    let same =
        |other: &crate::compose::Service| other.environment.iter().any(|it| it.name == variable.name && it.env_file == variable.env_file);
    subject.project.services.iter().filter(|other| same(other)).count() > 1
}

/// The whole value as a port.
fn number(value: &str) -> Option<u16> {
    value.trim().parse().ok().filter(|number| *number > 0)
}

/// The ports in an address or a list of addresses: `8080`, `:8080`, `0.0.0.0:8080`, `http://+:80;https://+:443`.
pub(super) fn ports_in(value: &str) -> Vec<u16> {
    value.split([';', ',', ' ']).filter_map(|part| number(part).or_else(|| port_of_address(part))).collect()
}

fn port_of_address(address: &str) -> Option<u16> {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = authority.split(['/', '?']).next()?;
    number(authority.rsplit_once(':')?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_give_their_ports() {
        assert_eq!(ports_in("http://+:80;https://+:443"), [80, 443]);
        assert_eq!(ports_in(":8080"), [8080]);
        assert_eq!(ports_in("[::]:9000/path"), [9000]);
        assert_eq!(ports_in("0.0.0.0"), [0u16; 0]);
        assert_eq!(ports_in("99999"), [0u16; 0]);
    }
}
