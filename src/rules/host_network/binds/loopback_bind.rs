//! Listeners on one address of the host: in a network of its own the service has to listen on all of its addresses.
//!
//! Beside what a variable or flag says openly, these are listeners that nothing visible binds: programs and images that stay on
//! loopback by default, configuration files, LAN addresses.

use crate::compose::service::Variable;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::Owner;
use crate::facts::addresses::mention::LocalHost;
use crate::facts::running::Listener;
use crate::facts::{SourceId, is_listener_host, stays_on_loopback};
use crate::formats::interpolation::interpolate;
use crate::knowledge::config_keys;
use crate::knowledge::images::{Caveat, Role};
use crate::rules::case::Case;
use crate::source::{Location, SourceFile, Span};
use std::net::IpAddr;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "loopback-bind",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Binds),
    summary: "it listens on one address of the host only",
    page: include_str!("loopback_bind.md"),
};

/// Listeners that whoever dials through a mapping does not reach.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let sources = [by_reference, by_address, by_setting, by_unset_variable, by_program, by_image, by_file, by_replaced_file, by_socket];
    sources.into_iter().flat_map(|find| find(case)).collect()
}

/// What a variable or a flag says openly, which the edit rewrites.
fn by_reference(case: &Case<'_>) -> Vec<Finding> {
    let bound = case.references.iter().filter(|reference| reference.owner == Owner::Bind && reference.named != LocalHost::Unspecified);
    bound.map(|reference| Finding::holds_back(&RULE, format!("listens on `{}` only", reference.said()), reference.at)).collect()
}

/// An address of the host's LAN, which the container will not have.
fn by_address(case: &Case<'_>) -> Vec<Finding> {
    let is_lan = |variable: &&Variable| {
        let specific = variable.text().parse::<IpAddr>().is_ok_and(|ip| !ip.is_loopback() && !ip.is_unspecified());
        specific && is_listener_host(&case.subject, &variable.name)
    };
    let bound = case.service.environment.iter().filter(is_lan);
    bound.map(|variable| Finding::holds_back(&RULE, format!("`{}` is an address of this host", variable.name), variable.at)).collect()
}

/// A setting of the command that binds loopback only: `-c listen_addresses=127.0.0.1`.
fn by_setting(case: &Case<'_>) -> Vec<Finding> {
    let bound = settings(case).find(|(_, value, _)| is_loopback(value));
    let message = |word: &str| format!("`{word}` in its command listens on loopback only");
    bound.map(|(word, _, at)| Finding::holds_back(&RULE, message(word), at)).into_iter().collect()
}

/// A setting of the command that binds what a variable without a value says: `-c listen_addresses=${ADDRESS}`.
fn by_unset_variable(case: &Case<'_>) -> Vec<Finding> {
    let unset = |value: &str| interpolate(&value.into(), &case.project.env).ok()?.unset().next().map(str::to_owned);
    let bound = settings(case).filter_map(|(_, value, at)| Some((unset(value)?, at)));
    bound.map(|(name, at)| Finding::holds_back(&RULE, format!("it listens where `${{{name}}}` says, which has no value"), at)).collect()
}

/// The words of the command that say where to listen, each with its value and its place.
fn settings<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (&'a str, &'a str, Location)> {
    let words = case.subject.launches.iter().flat_map(|launch| launch.words.iter().map(move |word| (word.as_str(), launch.at)));
    let assigned = words.filter(|(word, _)| word.contains('='));
    assigned.filter_map(|(word, at)| Some((word, directive(word.trim_start_matches('-'))?, at)))
}

/// Programs that listen on 127.0.0.1 unless a flag says otherwise. What is known of an image is known of its command too.
fn by_program(case: &Case<'_>) -> Vec<Finding> {
    if case.subject.beyond_stores().is_some_and(|known| !known.ports.is_empty()) && !case.subject.is_own_program() {
        return Vec::new();
    }
    let launch = case.subject.launches.iter().find(|launch| stays_on_loopback(launch, &case.subject));
    let name = |launch: &crate::facts::Launch| launch.program.as_ref().map_or("", |program| program.name).replace('+', " ");
    let message = |name: String| format!("`{name}` listens on 127.0.0.1 unless told otherwise, and nothing tells it");
    launch.map(|launch| Finding::holds_back(&RULE, message(name(launch)), launch.at)).into_iter().collect()
}

/// Images that listen on, or trust, nothing but loopback by default.
fn by_image(case: &Case<'_>) -> Vec<Finding> {
    let known = case.subject.known.as_ref().filter(|known| case.has_caveat(Caveat::LoopbackTrust) && known.role != Role::P2p);
    let configured =
        case.inference.ports.iter().flat_map(|inferred| &inferred.evidence).any(|evidence| evidence.source == SourceId::Config);
    let message = |name: &str| format!("image `{name}` answers nobody but localhost unless told otherwise");
    known.filter(|_| !configured).map(|known| Finding::holds_back(&RULE, message(known.name), case.subject.at())).into_iter().collect()
}

/// A mounted configuration file that binds loopback only.
fn by_file(case: &Case<'_>) -> Vec<Finding> {
    let files = case.project.mounted_files(case.service);
    let bound = files.into_iter().find_map(|(_, file)| Some((file, loopback_line(file)?)));
    let message = |file: &SourceFile| format!("the mounted `{}` listens on loopback only", file.path.display());
    bound.map(|(file, at)| Finding::holds_back(&RULE, message(file), at)).into_iter().collect()
}

fn loopback_line(file: &SourceFile) -> Option<Location> {
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        if directive(line).is_some_and(is_loopback) {
            return Some(file.location(Span::new(start, start + line.trim_end().len())));
        }
        start += line.len();
    }
    None
}

/// The value of a line such as `bind 127.0.0.1 -::1`, `listen_addresses = 'localhost'`, `bindIp: 127.0.0.1`.
fn directive(line: &str) -> Option<&str> {
    let line = line.trim();
    let (key, value) = line.split_once([' ', '\t', '=', ':'])?;
    config_keys::is_bind(key).then(|| value.trim_start_matches([' ', '\t', '=', ':']).split('#').next().unwrap_or_default().trim())
}

fn is_loopback(value: &str) -> bool {
    let mut words = value
        .split([' ', ',', '\t'])
        .map(|word| word.trim_matches(['\'', '"', '-', '[', ']', ';']))
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_some() && words.all(|word| matches!(word, "localhost" | "127.0.0.1" | "::1"))
}

/// `postgres -c config_file=…` replaces the image's own file, and with it the line that opens the listener to the network.
fn by_replaced_file(case: &Case<'_>) -> Vec<Finding> {
    let Some(line) = &case.service.command else { return Vec::new() };
    let command = line.joined();
    let Some((_, rest)) = command.split_once("config_file=") else { return Vec::new() };
    let target = rest.split_whitespace().next().unwrap_or_default().trim_matches(['\'', '"']);
    let files = case.project.mounted_files(case.service);
    let Some((_, file)) = files.into_iter().find(|(mounted, _)| mounted == target) else { return Vec::new() };
    let says = |line: &str| line.trim_start().starts_with("listen_addresses");
    if command.contains("listen_addresses") || file.text.lines().any(says) {
        return Vec::new();
    }
    let message =
        format!("`{}` replaces the image's own and does not set `listen_addresses`, so only localhost is answered", file.path.display());
    vec![Finding::holds_back(&RULE, message, line.at)]
}

/// What the engine sees, whether a file says it or not.
fn by_socket(case: &Case<'_>) -> Vec<Finding> {
    let is_stated = |listener: &Listener| case.subject.stated.iter().any(|(port, _)| *port == listener.port);
    let message = |listener: &Listener| format!("the running container listens on {} at `{}` only", listener.port, listener.address);
    let bound = case.subject.engine.map(|engine| engine.bound(&case.service.name)).unwrap_or_default();
    let bound = bound.into_iter().filter(|listener| !is_stated(listener));
    bound.map(|listener| Finding::holds_back(&RULE, message(&listener), case.subject.at())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::verdict::{app_with, hold};

    #[test]
    fn a_line_that_binds_loopback_only_is_told_from_others() {
        let bound = |line: &str| directive(line).is_some_and(is_loopback);
        assert!(bound("bind 127.0.0.1 -::1") && bound("listen_addresses = 'localhost' # only") && bound("  bindIp: 127.0.0.1"));
        assert!(!bound("bind 0.0.0.0") && !bound("bind 127.0.0.1 192.168.1.5") && !bound("#bind 127.0.0.1") && !bound("bind"));
    }

    #[test]
    fn listeners_on_one_address_are_looked_at_first() {
        hold(&[
            ("image: example/app\ncommand: uvicorn app:app", "review 8000/tcp loopback-bind"),
            ("image: example/app\nenvironment: {PORT: 1, HOST: 192.168.1.4}", "review 1/tcp loopback-bind"),
            ("image: example/app\nenvironment: {PORT: 1, HOST: 0.0.0.0}", "migrate 1/tcp"),
            ("image: mysql/mysql-server", "review 3306/tcp loopback-bind"),
            ("image: mysql/mysql-server\nenvironment: {MYSQL_ROOT_HOST: \"%\"}", "migrate 3306/tcp"),
            ("image: postgres\ncommand: -c listen_addresses=127.0.0.1", "review 5432/tcp loopback-bind"),
        ]);
    }

    #[test]
    fn a_postgres_whose_settings_are_replaced_has_to_be_opened_again() {
        let lines = "image: postgres\ncommand: postgres -c config_file=/etc/pg.conf\nvolumes: [\"./pg.conf:/etc/pg.conf\"]";
        assert_eq!(app_with(lines, &[("pg.conf", "max_connections = 30\n")]), "review 5432/tcp loopback-bind");
        assert_eq!(app_with(lines, &[("pg.conf", "listen_addresses = '*'\n")]), "migrate 5432/tcp");
    }
}
