//! Other namespaces that are shared with the host.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "host-namespace",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it shares other namespaces with the host",
    page: include_str!("host_namespace.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let keys = ["pid", "uts"].into_iter().filter_map(|key| case.service.field(key));
    keys.filter(|field| field.value.as_str() == Some("host"))
        .map(|field| Finding::keeps(&RULE, format!("`{}: host`", field.key), field.entry))
        .collect()
}
