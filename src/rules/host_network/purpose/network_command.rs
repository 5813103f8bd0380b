//! Commands that change the network.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::host_access;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "network-command",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "its command changes the network",
    page: include_str!("network_command.md"),
};

/// The first program that sets up the network.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let line = case.service.command_lines().find_map(|line| Some((host_access::network_command(&line.joined())?, line.at)));
    line.map(|(act, at)| Finding::keeps(&RULE, format!("runs `{act}`"), at)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn commands_that_change_the_network_keep_a_service() {
        hold(&[
            ("image: example/app\ncommand: sh -c \"ip route add default via 10.0.0.1 && sleep 1\"", "keep network-command"),
            ("image: example/app\nexpose: [\"1\"]\ncommand: sh -c \"echo route && ./serve\"", "migrate 1/tcp"),
        ]);
    }
}
