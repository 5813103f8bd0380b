//! The host under its own name: `hadoop:9000` in a value, where no service is called `hadoop`.
//!
//! Such a name resolves by the host's `/etc/hosts` or the DNS of the LAN. Under host networking a neighbour answers there; a
//! mapping on loopback does not. That the name is this host's is believed only when a service of the project listens at a
//! port that is dialled by it, or is mapped there, so names of other machines do not count.

use crate::compose::Service;
use crate::compose::is_on_host;
use crate::rules::case::Case;
use crate::source::Location;
use std::collections::BTreeSet;

/// The first mention of the host by its own name, as `name:port`, and its place.
pub(super) fn dialled(case: &Case<'_>) -> Option<(String, Location)> {
    let unknown: Vec<Endpoint> = endpoints(case.service).into_iter().filter(|endpoint| !is_known(case, &endpoint.name)).collect();
    if unknown.is_empty() {
        return None;
    }
    let names = names_of_host(case);
    let own = unknown.into_iter().find(|endpoint| names.contains(&endpoint.name))?;
    Some((format!("{}:{}", own.name, own.port), own.at))
}

/// `name:port` in a value.
struct Endpoint {
    name: String,
    port: u16,
    at: Location,
}

/// The names by which services of the project are dialled that no service has.
fn names_of_host(case: &Case<'_>) -> BTreeSet<String> {
    let services = &case.project.services;
    let on_host = || services.iter().zip(case.inferences).filter(|(service, _)| is_on_host(case.project, service));
    let mapped = |service: &Service, port: u16| {
        let published = service.ports.iter().filter_map(|entry| entry.mapping?.published);
        !is_on_host(case.project, service) && published.into_iter().any(|range| range.contains(port))
    };
    let listens =
        |port: u16| on_host().any(|(_, inference)| inference.listens_on(port)) || services.iter().any(|service| mapped(service, port));
    let endpoints = on_host().flat_map(|(service, _)| endpoints(service));
    endpoints.filter(|endpoint| listens(endpoint.port) && !is_known(case, &endpoint.name)).map(|endpoint| endpoint.name).collect()
}

fn is_known(case: &Case<'_>, name: &str) -> bool {
    let named = |service: &Service| service.host_names().any(|other| other.eq_ignore_ascii_case(name));
    let alias = |service: &Service| {
        let hosts = service.get("extra_hosts");
        hosts.is_some_and(|hosts| hosts.get(name).is_some() || hosts.texts().iter().any(|text| text.value.starts_with(name)))
    };
    case.project.services.iter().any(|service| named(service) || alias(service))
}

/// The endpoints in the variables and commands of a service: a name without a dot, and a port.
fn endpoints(service: &Service) -> Vec<Endpoint> {
    let variables = service.environment.iter().map(|variable| (variable.text().to_owned(), variable.at));
    let commands = service.command_lines().map(|line| (line.joined(), line.at));
    variables
        .chain(commands)
        .flat_map(|(text, at)| in_text(&text).into_iter().map(move |(name, port)| Endpoint { name, port, at }))
        .collect()
}

fn in_text(text: &str) -> Vec<(String, u16)> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | ':');
    let words = text.split(|char| !is_part(char)).filter_map(|word| word.split_once(':'));
    let is_name = |name: &str| name.starts_with(|char: char| char.is_ascii_alphabetic()) && !name.contains('.') && name != "localhost";
    words.filter(|(name, _)| is_name(name)).filter_map(|(name, port)| Some((name.to_owned(), port.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn endpoints_are_a_name_without_a_dot_and_a_port() {
        assert_eq!(in_text("hdfs://nas:9000/x, box:80"), [("nas".to_owned(), 9000), ("box".to_owned(), 80)]);
        assert_eq!(in_text("http://a.example:80 127.0.0.1:80 localhost:80 a:b: 12:30"), []);
    }
}
