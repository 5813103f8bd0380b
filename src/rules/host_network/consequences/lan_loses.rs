//! Ports that other machines can no longer reach.

use super::shown;
use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::facts::addresses::Owner;
use crate::facts::addresses::mention::LocalHost;
use crate::port::Port;
use crate::rules::case::Departure;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "lan-loses",
    family: Family::HostNetwork,
    obligation: None,
    summary: "other machines can no longer connect",
    page: include_str!("lan_loses.md"),
};

/// The ports that were open on all addresses and are mapped on loopback.
pub(crate) fn check(departure: &Departure<'_>) -> Vec<Finding> {
    let open: Vec<Port> = departure.ports.iter().copied().filter(|port| !is_on_loopback(departure, *port)).collect();
    if !departure.host_ip.is_loopback() || open.is_empty() {
        return Vec::new();
    }
    vec![Finding::new(&RULE, Severity::Warning, format!("LAN clients lose {}", shown(&open)), departure.case.host.at())]
}

/// Whether the service listens there on the loopback address, which other machines never reached.
fn is_on_loopback(departure: &Departure<'_>, port: Port) -> bool {
    let binds = departure.case.references.iter().filter(|reference| reference.owner == Owner::Bind);
    let loopback = |named: LocalHost| matches!(named, LocalHost::Localhost | LocalHost::Loopback4 | LocalHost::Loopback6);
    binds.into_iter().any(|bind| loopback(bind.named) && bind.number.is_none_or(|number| number == port.number))
}
