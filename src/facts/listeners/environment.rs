//! Variables that name a service's own listener.
//!
//! The difficulty is to leave other people's ports alone: `DB_PORT` is where somebody else listens. A variable counts
//! when its name speaks of listening, or of this very service, or when the image documents it.

use super::evidence::{Evidence, SourceId};
use crate::compose::image::ImageName;
use crate::compose::service::Variable;
use crate::facts::ServiceFacts;
use crate::facts::variable_name;
use crate::knowledge::programs::{self, Program};
use crate::knowledge::setting::{self, Setting, ValueKind};
use crate::knowledge::{protocols, variables, words};
use crate::port::{Port, Protocol};
use crate::source::Location;
use std::net::IpAddr;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let environment = &subject.service.environment;
    let said = environment.iter().flat_map(|variable| of_variable(subject, variable));
    said.chain(environment.iter().flat_map(|variable| of_flags(subject, variable))).collect()
}

/// The variables that the Dockerfile sets, unless the service sets them itself.
pub(super) fn find_built(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some((file, stage)) = &subject.stage else { return Vec::new() };
    let unset = |name: &str| subject.service.variable(name).is_none();
    let own = stage.env.iter().filter(|variable| unset(&variable.name) && is_own_listener(subject, &variable.name));
    own.flat_map(|variable| {
        let at = Location { file: *file, span: variable.span };
        let because = |port: Port| format!("the Dockerfile sets `{}` to {}", variable.name, port.number);
        listeners(subject, &variable.name, &variable.value).into_iter().map(move |(port, moves)| {
            let evidence = Evidence::strong(SourceId::Dockerfile, port, at, because(port));
            Evidence { moves, ..evidence }
        })
    })
    .collect()
}

/// Own listeners whose port is a variable without a value.
pub(super) fn unknown(subject: &ServiceFacts<'_>) -> Vec<(Location, String)> {
    let own = subject.service.environment.iter().filter(|variable| is_own_listener(subject, &variable.name));
    own.filter_map(|variable| Some((variable.at, variable.value.as_ref()?.value.unset().next()?.to_owned()))).collect()
}

/// Whether a variable of the service itself, not one that it shares through an anchor, says its port.
pub(super) fn sets_own_port(subject: &ServiceFacts<'_>) -> bool {
    let shared = subject.service.field("environment").is_none_or(|field| !field.merged_through.is_empty());
    !shared && !find(subject).is_empty()
}

/// Whether a variable of that name says where the service itself listens.
pub(crate) fn is_own_listener(subject: &ServiceFacts<'_>, name: &str) -> bool {
    documented(subject, name).is_some() || is_own_port_name(subject, name) || variables::is_own_address(name)
}

/// Whether a variable such as `HOST` says which address the service itself binds.
pub(crate) fn is_listener_host(subject: &ServiceFacts<'_>, name: &str) -> bool {
    let Some(stem) = variables::stem_of_host(name) else { return variables::is_own_host(name) };
    words::is_binder(&stem) || stem.ends_with("_BIND") || stem.ends_with("_LISTEN") || subject.own_names().contains(&stem)
}

fn of_variable(subject: &ServiceFacts<'_>, variable: &Variable) -> Vec<Evidence> {
    let Some(text) = variable.value.as_ref().filter(|text| text.value.is_known()) else { return Vec::new() };
    if variable.env_file.is_some() && is_shared(subject, variable) {
        return Vec::new(); // Two services cannot both listen there: it is the port of one of them, or of neither.
    }
    let written = |raw: &str| Some(raw.to_owned()).filter(|raw| raw.starts_with("${") && raw.ends_with('}'));
    listeners(subject, &variable.name, &text.value)
        .into_iter()
        .map(|(port, moves)| {
            let evidence =
                Evidence::strong(SourceId::Environment, port, variable.at, format!("variable `{}` says {}", variable.name, port.number));
            Evidence { moves, written: written(&text.raw), ..evidence }
        })
        .collect()
}

/// The flags in a variable that holds flags of a program: `-Dserver.port=8081` of `JAVA_OPTS`.
fn of_flags(subject: &ServiceFacts<'_>, variable: &Variable) -> Vec<Evidence> {
    let Some(program) = programs::reads_flags_from(&variable.name) else { return Vec::new() };
    if variable.env_file.is_some() && is_shared(subject, variable) {
        return Vec::new();
    }
    let words: Vec<&str> = variable.text().split_whitespace().collect();
    let given = setting::given(&program.flags, &words).into_iter();
    given
        .filter(|given| matches!(given.setting.value, ValueKind::Port | ValueKind::Address))
        .flat_map(|given| ports_in(given.value).into_iter().map(move |number| (given, Port { number, protocol: Protocol::Tcp })))
        .map(|(given, port)| {
            let because = format!("flag `{}` in `{}` says {port}", given.setting.name, variable.name);
            Evidence { moves: given.setting.listener, ..Evidence::strong(SourceId::Environment, port, variable.at, because) }
        })
        .collect()
}

/// The own listeners that the value of a variable names, each with the default that it moves.
fn listeners(subject: &ServiceFacts<'_>, name: &str, value: &str) -> Vec<(Port, Option<Port>)> {
    let documented = documented(subject, name);
    let numbers = match documented {
        Some(_) => ports_in(value),
        None if is_own_port_name(subject, name) => number(value).into_iter().collect(),
        None if variables::is_own_address(name) => ports_in(value),
        None => Vec::new(),
    };
    // `NGINX_PORT` in an image built on nginx is a template's; it takes the place of the port that nginx has.
    let of_base = || subject.is_own_program() && is_port_of_base(subject, name);
    let default =
        documented.and_then(|setting| setting.listener).or_else(|| subject.known.as_ref().filter(|_| of_base())?.ports.first().copied());
    let together = moved_together(subject, None, default);
    let each = |number: u16| {
        together.iter().map(move |moves| (Port { number, protocol: moves.map_or(Protocol::Tcp, |port| port.protocol) }, *moves))
    };
    numbers.into_iter().flat_map(each).collect()
}

/// The listener that the image documents the variable for.
fn documented(subject: &ServiceFacts<'_>, name: &str) -> Option<Setting> {
    let of_image = subject.known.as_ref().and_then(|known| {
        let is_set = |setting: &Setting| subject.service.environment.iter().any(|variable| setting.is_named(&variable.name));
        let derived =
            known.derived_env.iter().filter(|derived| !known.port_env.iter().any(|env| env.listener == derived.listener && is_set(env)));
        known.port_env.iter().chain(derived).find(|setting| setting.is_named(name)).copied()
    });
    let of_program = || {
        subject
            .launches
            .iter()
            .filter_map(|launch| launch.program.as_ref())
            .flat_map(|program| &program.env)
            .find(|setting| setting.is_named(name))
            .copied()
    };
    let unknown = || if subject.beyond_stores().is_none() && !has_dialled_host(subject, name) { programs::variable(name) } else { None };
    of_image.or_else(of_program).or_else(unknown)
}

fn is_own_port_name(subject: &ServiceFacts<'_>, name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    if subject.known.as_ref().is_some_and(|known| known.is_documented() && known.client_env.contains(&name)) {
        return false;
    }
    if variables::is_own_port(&upper) {
        // An image that documents its variables does not read others; `<X>_HOST` beside it that is dialled makes it a client's.
        return !subject.known.as_ref().is_some_and(|known| known.is_documented() && !known.ports.is_empty())
            && !has_dialled_host(subject, &upper);
    }
    let Some(stem) = upper.strip_suffix("_PORT").or_else(|| upper.strip_prefix("PORT_")) else { return false };
    if has_own_host(subject, stem) && !is_other_protocol(subject, stem) {
        return true;
    }
    let stem = variable_name(stem.trim_end_matches("_HTTP").trim_end_matches("_SERVER"));
    let own = subject.own_names().contains(&stem) || is_own_part(subject, &stem) || is_port_of_base(subject, &upper);
    own && !names_another(subject, &stem) && !has_dialled_host(subject, &upper)
}

/// Whether it is a part of the application that no other service of the project is called after.
fn is_own_part(subject: &ServiceFacts<'_>, stem: &str) -> bool {
    let others = subject.project.services.iter().filter(|other| other.name != subject.service.name);
    subject.is_own_program() && words::is_part(stem) && !others.into_iter().any(|other| variable_name(&other.name).contains(stem))
}

/// Whether a variable such as `NGINX_PORT` is called after the image that the Dockerfile starts from.
fn is_port_of_base(subject: &ServiceFacts<'_>, name: &str) -> bool {
    let base = subject.stage.as_ref().map(|(_, stage)| ImageName::parse(&stage.from).repository);
    let base = base.and_then(|repository| repository.rsplit('/').next().map(variable_name));
    base.is_some_and(|base| !base.is_empty() && name.to_ascii_uppercase() == format!("{base}_PORT"))
}

/// Whether `X_HOST` or `X_BIND` beside `X_PORT` or `X_CONTROL_PORT` says to listen on all addresses.
fn has_own_host(subject: &ServiceFacts<'_>, stem: &str) -> bool {
    let is_part = |rest: &str| rest.strip_prefix('_').is_some_and(words::is_endpoint);
    let is_host = |name: &str| {
        let host = variables::stem_of_bound_host(name);
        host.and_then(|host| stem.strip_prefix(host.as_str())).is_some_and(|rest| rest.is_empty() || is_part(rest))
    };
    let all = |variable: &Variable| variable.text() == "*" || is_unspecified(variable.text());
    subject.service.environment.iter().any(|variable| is_host(&variable.name) && all(variable))
}

/// Whether the stem stands for a protocol that the service itself does not speak: `REDIS_HOST=0.0.0.0` of an application is dialled.
fn is_other_protocol(subject: &ServiceFacts<'_>, stem: &str) -> bool {
    let ports = protocols::ports_of_stem(stem);
    let own = subject.known.iter().flat_map(|known| known.ports.iter().chain(&known.more_ports)).any(|port| ports.contains(&port.number));
    !ports.is_empty() && !own && !subject.own_names().iter().any(|name| name == stem)
}

/// Whether the stem is the name of another service of the project.
fn names_another(subject: &ServiceFacts<'_>, stem: &str) -> bool {
    let others = subject.project.services.iter().filter(|other| other.name != subject.service.name);
    others.map(|other| variable_name(&other.name)).any(|other| other == stem && !subject.own_names().contains(&other))
}

/// Whether `X_HOST` or `X_URL` beside `X_PORT` is an address of somebody else.
fn has_dialled_host(subject: &ServiceFacts<'_>, port_name: &str) -> bool {
    // `PGPORT` goes with `PGHOST`.
    let Some(stem) = port_name.strip_suffix("PORT").filter(|stem| !stem.is_empty()) else { return false };
    let host = subject.service.environment.iter().find(|variable| {
        let upper = variable.name.to_ascii_uppercase();
        ["HOST", "HOSTNAME", "ADDR"].iter().any(|end| upper == format!("{stem}{end}"))
    });
    host.is_some_and(|host| !is_any_or_own(subject, host))
}

fn is_any_or_own(subject: &ServiceFacts<'_>, host: &Variable) -> bool {
    let own_name = || subject.own_names().contains(&variable_name(host.text()));
    let address = host.text() == "localhost" || host.text().trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    matches!(host.text(), "" | "*") || is_listener_host(subject, &host.name) && (address || own_name()) || is_unspecified(host.text())
}

/// Whether a variable that the program documents says that it listens beyond loopback: `ROCKET_ADDRESS=0.0.0.0`.
pub(super) fn opens(subject: &ServiceFacts<'_>, program: &Program) -> bool {
    let is_open = |value: &str| {
        let host = value.rsplit_once(':').map_or(value, |(host, _)| host.rsplit("//").next().unwrap_or(host));
        is_unspecified(host) || host == "*"
    };
    let of_flags = |variable: &Variable| {
        let words: Vec<&str> = variable.text().split_whitespace().collect();
        program.args.contains(&variable.name.as_str()) && setting::given(&program.flags, &words).iter().any(|given| is_open(given.value))
    };
    let names = |variable: &Variable| program.env.iter().any(|setting| setting.is_named(&variable.name));
    subject.service.environment.iter().any(|variable| of_flags(variable) || names(variable) && is_open(variable.text()))
}

fn is_unspecified(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified())
}

fn is_shared(subject: &ServiceFacts<'_>, variable: &Variable) -> bool {
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

/// The default listeners that move together with `listener`: a DNS server answers on one number by tcp and udp.
pub(super) fn moved_together(subject: &ServiceFacts<'_>, program: Option<&Program>, listener: Option<Port>) -> Vec<Option<Port>> {
    let Some(listener) = listener else { return vec![None] };
    let of_image = subject.known.iter().flat_map(|known| known.ports.iter());
    let defaults = of_image.chain(program.into_iter().flat_map(|program| program.ports.iter()));
    let mut together: Vec<Option<Port>> = defaults.filter(|port| port.number == listener.number).map(|port| Some(*port)).collect();
    together.push(Some(listener));
    together.sort_unstable();
    together.dedup();
    together
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
