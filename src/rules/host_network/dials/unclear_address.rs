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
    unclear.chain(alias).collect()
}
