//! Network devices of the host.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "network-device",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it is given a network device of the host",
    page: include_str!("network_device.md"),
};

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let devices = case.service.texts("devices").into_iter().map(|text| (text.value.as_str().to_owned(), text.at()));
    let mounts = case.service.mounts.iter().map(|mount| (mount.source.clone(), mount.at));
    let is_network = |(path, _): &(String, Location)| {
        path.starts_with("/dev/net/tun") || path.starts_with("/dev/infiniband") || path.starts_with("/dev/net:")
    };
    devices.chain(mounts).filter(is_network).map(|(path, at)| Finding::keeps(&RULE, format!("uses `{path}`"), at)).collect()
}
