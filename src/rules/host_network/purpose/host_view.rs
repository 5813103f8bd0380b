//! Mounts of the host's view of itself.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "host-view",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it mounts the host's own view of itself",
    page: include_str!("host_view.md"),
};

/// Host paths that give a view of the host; the root only as a whole.
const HOST_VIEWS: [&str; 6] = ["/proc", "/run/avahi-daemon", "/run/dbus", "/sys", "/var/run/avahi-daemon", "/var/run/dbus"];

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let is_view = |source: &str| {
        let path = source.trim_end_matches('/');
        source == "/" || HOST_VIEWS.iter().any(|view| path == *view || path.starts_with(&format!("{view}/")))
    };
    let cgroups = |source: &str| source.starts_with("/sys/fs/cgroup") || source.starts_with("/sys/class") || source.starts_with("/sys/bus");
    let mounts = case.service.mounts.iter().filter(|mount| is_view(&mount.source) && !cgroups(&mount.source));
    mounts.map(|mount| Finding::keeps(&RULE, format!("mounts `{}` of the host", mount.source), mount.at)).collect()
}
