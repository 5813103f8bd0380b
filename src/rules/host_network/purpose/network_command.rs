//! Commands that change the network.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "network-command",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "its command changes the network",
    page: include_str!("network_command.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let acts = ["ip route", "ip link", "ip addr", "iptables ", "ip6tables ", "nft ", "sysctl -w net."];
    let line = case.service.command_lines().find_map(|line| {
        let text = line.joined();
        acts.iter().find(|act| text.contains(**act)).map(|act| (act.trim(), line.at))
    });
    line.map(|(act, at)| Finding::keeps(&RULE, format!("runs `{act}`"), at)).into_iter().collect()
}
