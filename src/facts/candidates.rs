//! Numbers in a service's own settings that could be the port of a listener, under whatever name.
//!
//! A candidate is no evidence: it becomes some when others look for the service at that number, and it is a reason for doubt when its name
//! speaks of listening and nothing explains it. What is known to be somebody else's port is none.

use super::{ServiceFacts, variable_name};
use crate::knowledge::{flags, hosts, protocols, variables};
use crate::source::Location;

/// A number that could be the port of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The variable or flag that says it.
    pub(crate) name: String,
    /// The number.
    pub(crate) number: u16,
    /// Whether the name speaks of listening.
    pub(crate) is_named: bool,
    /// The place that says it.
    pub(crate) at: Location,
}

/// All candidates of a service.
pub(crate) fn candidates(facts: &ServiceFacts<'_>) -> Vec<Candidate> {
    in_variables(facts).chain(in_flags(facts)).filter(|candidate| candidate.number > 0).collect()
}

fn in_variables<'a>(facts: &'a ServiceFacts<'_>) -> impl Iterator<Item = Candidate> + 'a {
    let own = facts.service.environment.iter().filter(|variable| !is_of_others(facts, &variable.name));
    own.filter_map(|variable| {
        let name = variable.name.to_ascii_uppercase().replace('.', "_");
        let plain = variable.text().trim().parse().ok();
        let number = plain.or_else(|| bound(variable.text()))?;
        let is_named =
            if plain.is_some() { variables::may_be_port(&name) } else { variables::may_be_port(&name) || variables::may_be_address(&name) };
        Some(Candidate { name: variable.name.clone(), number, is_named, at: variable.at })
    })
}

/// Whether the stem of `X_PORT` is somebody else: a protocol, another service, or whoever is at `X_HOST`.
fn is_of_others(facts: &ServiceFacts<'_>, name: &str) -> bool {
    let upper = name.to_ascii_uppercase().replace('.', "_");
    let stem = upper.strip_suffix("PORT").map(|stem| stem.trim_end_matches('_')).unwrap_or_default();
    let is_peer =
        facts.project.services.iter().any(|other| other.id != facts.service.id && variable_name(&other.name) == variable_name(stem));
    let has_host = facts.service.environment.iter().any(|variable| {
        let other = variable.name.to_ascii_uppercase().replace('.', "_");
        let listens = || variable.text() == "*" || variable.text().starts_with("0.0.0.0");
        !stem.is_empty() && other.strip_prefix(stem).is_some_and(variables::is_end_of_host) && !listens()
    });
    let is_protocol = stem.split('_').any(|word| !protocols::ports_of_stem(word).is_empty());
    !stem.is_empty() && is_peer || has_host || is_protocol || variables::is_for_others(name) || variables::is_advertised(name)
}

/// The port of an address on which something listens on all addresses: `:8080`, `0.0.0.0:8080`.
fn bound(text: &str) -> Option<u16> {
    let address = text.trim();
    let address = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    let (host, port) = address.rsplit_once(':')?;
    (matches!(host, "" | "*" | "+") || hosts::is_unspecified(host)).then(|| port.parse().ok())?
}

/// Flags of commands that nobody knows, each with its number.
fn in_flags<'a>(facts: &'a ServiceFacts<'_>) -> impl Iterator<Item = Candidate> + 'a {
    let launches = facts.launches.iter().filter(|launch| launch.program.is_none());
    launches.flat_map(|launch| {
        let words = launch.words.get(launch.arguments..).unwrap_or_default();
        let one = move |(at, word): (usize, &'a String)| {
            let behind = || words.get(at + 1).map(String::as_str).unwrap_or_default();
            let (flag, value) = word.split_once('=').unwrap_or_else(|| (word, behind()));
            let number = value.parse().ok().or_else(|| bound(value)).filter(|_| flag.starts_with('-'))?;
            Some(Candidate { name: flag.to_owned(), number, is_named: flags::may_listen(flag), at: launch.at })
        };
        words.iter().enumerate().filter_map(one)
    })
}
