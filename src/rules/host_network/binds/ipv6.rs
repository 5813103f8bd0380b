//! Listeners on IPv6.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "ipv6",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Binds),
    summary: "it speaks IPv6",
    page: include_str!("ipv6.md"),
};

/// The first listener on IPv6.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let line =
        case.service.command.as_ref().filter(|line| line.joined().split([' ', '=']).any(|word| word == "::" || word.starts_with("[::]")));
    let variable = case.service.environment.iter().find(|variable| variable.text() == "::" || variable.text().starts_with("[::]:"));
    let places = line.map(|line| line.at).into_iter().chain(variable.map(|variable| variable.at));
    places.map(|at| Finding::holds_back(&RULE, "listens on IPv6, which a bridge network has only when told so", at)).take(1).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn listeners_on_ipv6_are_looked_at_first() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 1, BIND_ADDRESS: \"[::]:1\"}", "review 1/tcp ipv6"),
            ("image: example/app\nenvironment: {PORT: 1, BIND_ADDRESS: \"0.0.0.0:1\"}", "migrate 1/tcp"),
        ]);
    }
}
