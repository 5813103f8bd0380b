//! Network devices of the host.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::host_access;
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

/// Devices, also those that are mounted.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let devices = case.service.texts("devices").into_iter().map(|text| (text.value.as_str().to_owned(), text.at()));
    let mounts = case.service.mounts.iter().map(|mount| (mount.source.clone(), mount.at));
    let is_network = |(path, _): &(String, Location)| host_access::is_device(path);
    devices.chain(mounts).filter(is_network).map(|(path, at)| Finding::keeps(&RULE, format!("uses `{path}`"), at)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn devices_of_the_network_keep_a_service() {
        hold(&[
            ("image: example/app\nexpose: [\"1\"]\ndevices: [/dev/net/tun]", "keep 1/tcp network-device"),
            ("image: example/app\nexpose: [\"1\"]\nvolumes: [\"/dev/net/tun:/dev/net/tun\"]", "keep 1/tcp network-device"),
            ("image: example/app\nexpose: [\"1\"]\ndevices: [/dev/dri]", "migrate 1/tcp"),
        ]);
    }
}
