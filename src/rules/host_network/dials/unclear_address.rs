//! Addresses whose owner cannot be told.

use super::host_alias;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::Owner;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "unclear-address",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "whom an address belongs to cannot be told",
    page: include_str!("unclear_address.md"),
};

/// Addresses of the host that may be anybody's, and the host under a name of its own.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let unclear = case.references.iter().filter_map(|reference| {
        let Owner::Unknown(why) = &reference.owner else { return None };
        Some(Finding::holds_back(&RULE, format!("names `{}`, and {why}", reference.said()), reference.at))
    });
    let alias = host_alias::dialled(case)
        .map(|(named, at)| Finding::holds_back(&RULE, format!("names `{named}`, which seems to be this host by its own name"), at));
    let unexplained = host_alias::unexplained(case).into_iter().map(|(name, at)| {
        let message = format!("dials `{name}`, which no service here is called: only this host may know that name");
        Finding::holds_back(&RULE, message, at)
    });
    unclear.chain(alias).chain(unexplained).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::{hold, verdict};

    #[test]
    fn the_host_by_its_own_name_is_looked_at_first() {
        let two = |target: &str, more: &str| {
            let text = format!(
                "services:\n  store:\n    image: redis\n    network_mode: host\n  app:\n    image: example/app\n    network_mode: host\n    \
                 environment: {{PORT: 3000, STORE: \"{target}\"}}\n{more}"
            );
            verdict(&[("compose.yaml", text.as_str())], "app")
        };
        assert_eq!(two("redis://nas:6379/0", ""), "review 3000/tcp unclear-address");
        assert_eq!(two("redis://nas:6380/0", ""), "review 3000/tcp unclear-address");
        // A service's name will resolve, a name in `extra_hosts` is said in the file, and so is one with a dot.
        assert_eq!(two("redis://store:6379/0", ""), "migrate 3000/tcp");
        assert_eq!(two("redis://nas:6379/0", "    extra_hosts: [\"nas:192.0.2.7\"]\n"), "migrate 3000/tcp");
        assert_eq!(two("redis://nas.example.org:6379/0", ""), "migrate 3000/tcp");
    }

    #[test]
    fn an_address_without_a_known_port_is_unclear() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 1, API_URL: \"http://localhost:${API_PORT}\"}", "review 1/tcp unclear-address"),
            ("image: example/app\nenvironment: {PORT: 1, API_URL: \"http://localhost:${API_PORT:-1}\"}", "migrate 1/tcp"),
        ]);
    }
}
