//! Names and DNS servers that lead to the container itself.

use crate::compose::tree::{Text, Value};
use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::rules::case::Departure;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "own-loopback",
    family: Family::HostNetwork,
    obligation: None,
    summary: "a name or a DNS server leads to the container itself",
    page: include_str!("own_loopback.md"),
};

/// `dns` and `extra_hosts` that lead to the loopback address: in a network of its own that is the container.
pub(crate) fn check(departure: &Departure<'_>) -> Vec<Finding> {
    let service = departure.case.service;
    let loopback = |text: &str| text.starts_with("127.") || text == "localhost" || text == "::1" || text == "[::1]";
    let dns = service.texts("dns").into_iter().filter(|text| loopback(&text.value)).map(|text| ("`dns`", text.at()));
    let hosts = service.get("extra_hosts").into_iter().flat_map(|hosts| {
        let short = hosts.items().iter().filter_map(Value::as_text).filter(|text| {
            let address = text.value.split_once(['=', ':']).map_or("", |(_, address)| address);
            loopback(address)
        });
        let long = hosts.fields().iter().filter(|host| host.value.as_str().is_some_and(loopback)).map(|host| host.entry);
        short.map(Text::at).chain(long).collect::<Vec<_>>()
    });
    let places = dns.chain(hosts.map(|at| ("`extra_hosts`", at)));
    let message = |key: &str| format!("{key} leads to 127.0.0.1, which is the container itself from now on");
    places.map(|(key, at)| Finding::new(&RULE, Severity::Warning, message(key), at)).collect()
}
