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

/// Mounts that show the host to the service.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    // The root counts as a whole only: everything is below it.
    let shows_host = |source: &str| source == "/" || host_access::is_view(source);
    let mounts = case.service.mounts.iter().filter(|mount| shows_host(&mount.source));
    mounts.map(|mount| Finding::keeps(&RULE, format!("mounts `{}` of the host", mount.source), mount.at)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn views_of_the_host_keep_a_service() {
        hold(&[
            ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/proc:/host/proc:ro\"]", "keep 1/tcp host-view"),
            ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/:/host:ro\"]", "keep 1/tcp host-view"),
            ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/sys/fs/cgroup:/sys/fs/cgroup\"]", "migrate 1/tcp"),
            ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/etc/localtime:/etc/localtime\"]", "migrate 1/tcp"),
        ]);
    }
}
