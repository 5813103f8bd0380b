//! Services of which nothing says a port.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;
use crate::rules::host_network::edit::overlay;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "no-port",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "nothing says which port it listens on",
    page: include_str!("no_port.md"),
};

/// A service of which neither a port is known, nor that it has none.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let known = !case.inference.ports.is_empty() || case.inference.silence.is_some() || !case.inference.unknown.is_empty();
    if known || overlay::is_layer(case) {
        return Vec::new();
    }
    let help = format!("state it with `--port {}=PORT`", case.service.name);
    vec![Finding::asks(&RULE, "nothing says which port it listens on", case.subject.at()).help(help)]
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn a_service_without_a_word_on_its_port_is_asked_about() {
        hold(&[
            ("image: example/app", "ask no-port"),
            ("image: example/app\nexpose: [\"1\"]", "migrate 1/tcp"),
            ("image: containrrr/watchtower", "migrate"),
            ("environment: {A: b}", "ask overlay"),
        ]);
    }
}
