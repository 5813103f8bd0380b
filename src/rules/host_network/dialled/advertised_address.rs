//! Addresses that clients are told.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::Caveat;
use crate::knowledge::{flags, variables};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "advertised-address",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dialled),
    summary: "it tells clients an address",
    page: include_str!("advertised_address.md"),
};

/// The first sign of an address that clients are told.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let caveat = case.subject.known.as_ref().filter(|_| case.has_caveat(Caveat::Advertised));
    let tells = |name: &str| variables::is_advertised(name) || variables::names_node(name);
    let variable = case.service.environment.iter().find(|variable| tells(&variable.name));
    let flag = case.service.command.iter().find(|line| flags::advertise(&line.joined()));
    let place = variable.map(|variable| (format!("`{}` tells clients an address", variable.name), variable.at));
    let place = place.or_else(|| flag.map(|line| ("its command tells clients an address".to_owned(), line.at)));
    let place = place.or_else(|| caveat.map(|known| (format!("image `{}` tells clients an address", known.name), case.subject.at())));
    place.map(|(message, at)| Finding::holds_back(&RULE, message, at)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn what_tells_an_address_is_looked_at_first() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 1, ADVERTISED_HOST: a.example}", "review 1/tcp advertised-address"),
            ("image: example/app\nenvironment: {PORT: 1, DISPLAYED_HOST: a.example}", "migrate 1/tcp"),
        ]);
    }
}
