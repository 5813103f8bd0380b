//! Capabilities to change or watch the network.

use crate::compose::tree::Text;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::Role;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "network-capability",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it is given capabilities to change or watch the network",
    page: include_str!("network_capability.md"),
};

const CAPABILITIES: [&str; 5] = ["ALL", "NET_ADMIN", "NET_BROADCAST", "NET_RAW", "SYS_MODULE"];

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let name = |text: &Text| text.value.to_ascii_uppercase().trim_start_matches("CAP_").to_owned();
    let wanted = case.service.texts("cap_add").into_iter().filter(|text| CAPABILITIES.contains(&name(text).as_str()));
    let documented_on_bridge =
        |text: &Text| name(text) == "NET_ADMIN" && case.subject.known.as_ref().is_some_and(|known| known.role == Role::Proxy);
    wanted
        .filter(|text| !documented_on_bridge(text))
        .map(|text| Finding::keeps(&RULE, format!("`cap_add: {}`", text.value), text.at()))
        .collect()
}
