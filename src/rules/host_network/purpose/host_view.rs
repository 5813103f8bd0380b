//! Mounts of the host's view of itself.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::host_access;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "host-view",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it mounts the host's own view of itself",
    page: include_str!("host_view.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    // The root counts as a whole only: everything is below it.
    let shows_host = |source: &str| source == "/" || host_access::is_view(source);
    let mounts = case.service.mounts.iter().filter(|mount| shows_host(&mount.source));
    mounts.map(|mount| Finding::keeps(&RULE, format!("mounts `{}` of the host", mount.source), mount.at)).collect()
}
