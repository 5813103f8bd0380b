//! Capabilities to change or watch the network.

use crate::compose::tree::Text;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::host_access;
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

/// Every capability that acts on the network. A proxy is given one on a bridge, too.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let name = |text: &Text| text.value.to_ascii_uppercase().trim_start_matches("CAP_").to_owned();
    let wanted = case.service.texts("cap_add").into_iter().filter(|text| host_access::is_capability(&name(text)));
    let documented_on_bridge =
        |text: &Text| name(text) == "NET_ADMIN" && case.subject.known.as_ref().is_some_and(|known| known.role == Role::Proxy);
    wanted
        .filter(|text| !documented_on_bridge(text))
        .map(|text| Finding::keeps(&RULE, format!("`cap_add: {}`", text.value), text.at()))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn capabilities_that_reach_the_network_keep_a_service() {
        hold(&[
            ("image: example/app\nexpose: [\"1\"]\ncap_add: [NET_ADMIN]", "keep 1/tcp network-capability"),
            ("image: example/app\nexpose: [\"1\"]\ncap_add: [CAP_NET_RAW]", "keep 1/tcp network-capability"),
            ("image: example/app\nexpose: [\"1\"]\ncap_add: [NET_BIND_SERVICE]", "migrate 1/tcp"),
            ("image: caddy\ncap_add: [NET_ADMIN]", "review 80/tcp 443/tcp 443/udp public-edge"),
        ]);
    }
}
