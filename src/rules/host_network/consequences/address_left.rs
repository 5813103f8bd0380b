//! Addresses of the host that are left as they are.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::{Field, Owner, Reference};
use crate::rules::case::Departure;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "address-left",
    family: Family::HostNetwork,
    obligation: None,
    summary: "an address of the host is left as it is",
    page: include_str!("address_left.md"),
};

/// Addresses that are not the service's to dial, or that nobody can place.
pub(crate) fn check(departure: &Departure<'_>) -> Vec<Finding> {
    departure.case.references.iter().filter_map(|reference| left(reference)).collect()
}

/// An address of the host that stays in a value, with the reason.
fn left(reference: &Reference) -> Option<Finding> {
    let why = match (&reference.owner, &reference.field) {
        (_, Field::Label(_)) => "since labels are not edited".to_owned(),
        (Owner::Left, Field::Logging) => "for the Docker daemon, which dials it on the host".to_owned(),
        (Owner::Left, _) => "for clients outside".to_owned(),
        (Owner::Service { .. }, _) if reference.named == LocalHost::Lan => "since it may be another machine".to_owned(),
        (Owner::Unknown(why), _) => format!("since {why}"),
        _ => return None,
    };
    let message = format!("`{}` is left as it is, {why}", reference.said());
    Some(Finding::new(&RULE, Severity::Note, message, reference.at))
}
