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

/// Namespaces of processes and of the hostname. That of memory has nothing to do with the network.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let keys = ["pid", "uts"].into_iter().filter_map(|key| case.service.field(key));
    keys.filter(|field| field.value.as_str() == Some("host"))
        .map(|field| Finding::keeps(&RULE, format!("`{}: host`", field.key), field.entry))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn namespaces_of_the_host_keep_a_service() {
        hold(&[
            ("image: example/app\nexpose: [\"1\"]\npid: host", "keep 1/tcp host-namespace"),
            ("image: example/app\nexpose: [\"1\"]\nuts: host", "keep 1/tcp host-namespace"),
            ("image: example/app\nexpose: [\"1\"]\nipc: host", "migrate 1/tcp"),
        ]);
    }
}
