//! Addresses that clients are told.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::Caveat;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "advertised-address",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dialled),
    summary: "it tells clients an address",
    page: include_str!("advertised_address.md"),
};

/// Parts of names of variables that tell others an address.
const ADVERTISING: [&str; 6] = ["ADVERTISED", "ADVERTISE_", "ANNOUNCE", "EUREKA_INSTANCE", "RELEASE_NODE", "ERLANG_NODE"];

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let caveat = case.subject.known.as_ref().filter(|_| case.has_caveat(Caveat::Advertised));
    let tells = |name: &str| ADVERTISING.iter().any(|part| name.to_ascii_uppercase().contains(part));
    let variable = case.service.environment.iter().find(|variable| tells(&variable.name));
    let flag =
        case.service.command.iter().find(|line| ["--replSet", "advertise", "announce"].iter().any(|flag| line.joined().contains(flag)));
    let place = variable.map(|variable| (format!("`{}` tells clients an address", variable.name), variable.at));
    let place = place.or_else(|| flag.map(|line| ("its command tells clients an address".to_owned(), line.at)));
    let place = place.or_else(|| caveat.map(|known| (format!("image `{}` tells clients an address", known.name), case.subject.at())));
    place.map(|(message, at)| Finding::holds_back(&RULE, message, at)).into_iter().collect()
}
