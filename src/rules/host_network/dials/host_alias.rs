//! The host under its own name: `hadoop:9000` in a value, where no service is called `hadoop`.
//!
//! Such a name resolves by the host's `/etc/hosts` or the DNS of the LAN. Under host networking a neighbour answers there; a
//! mapping on loopback does not. That the name is this host's is believed only when a service of the project listens at a
//! port that is dialled by it, or is mapped there, so names of other machines do not count.

use crate::compose::Service;
use crate::compose::is_on_host;
use crate::facts::{is_listener_host, is_own_listener};
use crate::knowledge::{protocols, variables, words};
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

/// Names without a dot that are dialled and that nothing in the project explains: the host's own table of names may know them, or the
/// DNS of its network; a container on a bridge asks neither the same way.
pub(super) fn unexplained(case: &Case<'_>) -> Vec<(String, Location)> {
    let hosts = case.service.environment.iter().filter(|variable| is_host(case, &variable.name) && is_name(variable.text()));
    let hosts = hosts.map(|variable| (variable.text().to_owned(), variable.at));
    let lists = case.service.environment.iter().filter(|variable| !variables::is_for_others(&variable.name));
    let lists = lists.flat_map(|variable| in_list(variable.text()).into_iter().map(move |name| (name, variable.at)));
    let urls = texts(case.service).flat_map(|(text, at)| in_urls(&text).into_iter().map(move |name| (name, at)));
    hosts.chain(lists).chain(urls).filter(|(name, _)| !is_known(case, name)).collect()
}

/// Whether a variable of that name holds the host that somebody else listens on.
fn is_host(case: &Case<'_>, name: &str) -> bool {
    let is_dialled = variables::stem_of_dialled_host(&name.to_ascii_uppercase()).is_some();
    let is_own = is_listener_host(&case.subject, name) || is_own_listener(&case.subject, name);
    is_dialled && !is_own && !variables::is_for_others(name) && !variables::is_advertised(name)
}

/// The names without a dot in a value that is a list of `name:port` and nothing else, save a path behind it.
fn in_list(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('/').next().unwrap_or_default().split(',').map(str::trim).collect();
    let endpoints: Vec<_> =
        parts.iter().filter_map(|part| part.split_once(':')).filter(|(_, port)| port.parse().is_ok_and(is_plausible)).collect();
    let all = endpoints.len() == parts.len();
    endpoints.into_iter().filter(|(name, _)| all && is_name(name)).map(|(name, _)| name.to_owned()).collect()
}

/// Whether a number behind a colon is the port of a server, and not a version, a user or a level.
fn is_plausible(port: u16) -> bool {
    port >= 1024 || protocols::is_public(port)
}

/// The names without a dot that stand where URLs have their hosts, with a port or behind a scheme that stands for one.
fn in_urls(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split("://").collect();
    let urls = parts.windows(2).filter_map(|pair| if let [before, behind] = pair { Some((*before, *behind)) } else { None });
    urls.flat_map(|(before, behind)| {
        let scheme = before.rsplit(|char: char| !char.is_ascii_alphanumeric() && char != '+').next().unwrap_or_default();
        let authority = behind.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        let hosts = authority.rsplit('@').next().unwrap_or_default().split(',').map(|host| host.split_once(':').unwrap_or((host, "")));
        let dials = protocols::port_of_scheme(scheme).is_some();
        hosts.filter(move |(name, port)| is_name(name) && (dials || port.parse::<u16>().is_ok())).map(|(name, _)| name.to_owned())
    })
    .collect()
}

/// Whether a text is a name without a dot that people give to machines.
fn is_name(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    text.len() > 1 && text.starts_with(|char: char| char.is_ascii_alphabetic()) && text.chars().all(is_part) && !is_word(text)
}

/// Whether it is the name of this machine, or a word that stands in place of a host.
fn is_word(text: &str) -> bool {
    text.eq_ignore_ascii_case("localhost") || words::is_no_host(&text.to_ascii_lowercase())
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
    texts(service).flat_map(|(text, at)| in_text(&text).into_iter().map(move |(name, port)| Endpoint { name, port, at })).collect()
}

/// The values of its variables, and its commands, each with its place.
fn texts(service: &Service) -> impl Iterator<Item = (String, Location)> {
    let variables = service.environment.iter().map(|variable| (variable.text().to_owned(), variable.at));
    variables.chain(service.command_lines().map(|line| (line.joined(), line.at)))
}

fn in_text(text: &str) -> Vec<(String, u16)> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | ':');
    let words = text.split(|char| !is_part(char)).filter_map(|word| word.split_once(':'));
    let is_name = |name: &str| name.starts_with(|char: char| char.is_ascii_alphabetic()) && !name.contains('.') && name != "localhost";
    words.filter(|(name, _)| is_name(name)).filter_map(|(name, port)| Some((name.to_owned(), port.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::{in_list, in_text, in_urls};
    use crate::tests::verdict::hold;

    #[test]
    fn endpoints_are_a_name_without_a_dot_and_a_port() {
        assert_eq!(in_text("hdfs://nas:9000/x, box:80"), [("nas".to_owned(), 9000), ("box".to_owned(), 80)]);
        assert_eq!(in_text("http://a.example:80 127.0.0.1:80 localhost:80 a:b: 12:30"), []);
    }

    #[test]
    fn hosts_of_urls_are_names() {
        assert_eq!(in_urls("postgres://u:p@nas:5432/x mongodb://a1,b2:27017/?x"), ["nas", "a1", "b2"]);
        assert_eq!(in_urls("http://a.example/ http://localhost:1 http://[::1] http://${HOST} nas:80 s3://bucket"), Vec::<String>::new());
    }

    #[test]
    fn lists_of_hosts_are_names() {
        assert_eq!(in_list("zoo1:2181,zoo2:2181/kafka"), ["zoo1", "zoo2"]);
        assert_eq!(in_list("nas:8080"), ["nas"]);
        assert_eq!(in_list("postgres:16 info:3 a:b,c:8080"), Vec::<String>::new());
    }

    #[test]
    fn a_name_that_nothing_explains_is_looked_at() {
        hold(&[
            ("image: redis\nenvironment: {DATABASE_URL: \"postgres://u:p@nas:5432/x\"}", "review 6379/tcp unclear-address"),
            ("image: redis\nenvironment: {DB_HOST: nas}", "review 6379/tcp unclear-address"),
            ("image: redis\nenvironment: {DB_HOST: nas.example.org, HOST: nas, LOG_HOST: none}", "migrate 6379/tcp"),
            ("image: redis\nenvironment: {DB_HOST: nas}\nextra_hosts: [\"nas:192.168.1.2\"]", "migrate 6379/tcp"),
        ]);
    }
}
