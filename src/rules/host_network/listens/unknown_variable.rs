//! Ports that are variables without a value.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "unknown-variable",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "its port is a variable without a value",
    page: include_str!("unknown_variable.md"),
};

/// Each listener with such a port.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let unknown = case.inference.unknown.iter();
    unknown.map(|(at, name)| Finding::asks(&RULE, format!("its port is `${{{name}}}`, which has no value"), *at)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn variables_without_a_value_are_asked_about() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: \"${WEB_PORT}\"}", "ask unknown-variable"),
            ("image: example/app\nenvironment: {PORT: \"${WEB_PORT:-1}\"}", "migrate 1/tcp"),
            ("image: example/app\nenvironment: {PORT: \"${WEB_PORT}\"}\nexpose: [\"1\"]", "migrate 1/tcp"),
        ]);
    }
}
