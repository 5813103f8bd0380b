//! What an image is documented to need of the host's network.

use crate::compose::Service;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::{names_host, names_service};
use crate::knowledge::images::HostNeed;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "host-need",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "its job is with the host's network",
    page: include_str!("host_need.md"),
};

/// The need that is documented, unless the project shows that it is not there.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let Some((known, need)) = case.subject.known.as_ref().and_then(|known| Some((known, known.host_need?))) else { return Vec::new() };
    match need {
        HostNeed::RosDds if case.inference.silence.is_some() => return Vec::new(), // A build job in a ROS image speaks to nobody.
        HostNeed::Tunnel if shows_targets(case) => return Vec::new(),
        _ => {}
    }
    let place = case.subject.at();
    vec![Finding::keeps(&RULE, format!("image `{}` {}", known.name, sentence(need)), place)]
}

/// Whether the project shows where a tunnel leads: an address in its settings or in a file that it mounts.
fn shows_targets(case: &Case<'_>) -> bool {
    let others = case.project.services.iter().filter(|other| other.name != case.service.name);
    let names = |other: &Service| {
        let in_files = || case.project.mounted_files(case.service).iter().any(|(_, file)| names_host(&file.text, &other.name));
        names_service(case.service, other) || in_files()
    };
    !case.references.is_empty() || others.into_iter().any(names)
}

fn sentence(need: HostNeed) -> &'static str {
    match need {
        HostNeed::Discovery => "finds devices, or is found, by multicast or broadcast",
        HostNeed::Dhcp => "answers DHCP or PXE broadcasts",
        HostNeed::VpnRouting => "routes, or opens a tunnel on the host",
        HostNeed::Tunnel => "leads to targets that are set elsewhere at run time",
        HostNeed::CaptureScan => "captures, scans or wakes what is on the host's network",
        HostNeed::HostFirewall => "writes the host's firewall rules",
        HostNeed::HostMetrics => "measures the host's own interfaces and sockets",
        HostNeed::Vip => "moves a virtual address between hosts",
        HostNeed::MediaRange => "needs a range of over 100 ports for media",
        HostNeed::ClusterFabric => "is a node of a cluster that talks over many or fast links",
        HostNeed::RosDds => "finds its peers by DDS multicast",
        HostNeed::FieldbusRadio => "speaks on a bus that is bound to the host's network",
        HostNeed::NodeAgent => "runs containers or pods whose ports are the host's",
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::{app_with, hold, verdict};

    #[test]
    fn what_an_image_is_for_keeps_it() {
        hold(&[
            ("image: ghcr.io/home-assistant/home-assistant:stable", "keep 8123/tcp host-need"),
            ("image: redis", "migrate 6379/tcp"),
            ("image: cloudflare/cloudflared\ncommand: tunnel run\nenvironment: {TUNNEL_TOKEN: x}", "keep host-need"),
        ]);
        let ros = app_with("build: .\nexpose: [\"1\"]", &[("Dockerfile", "ARG DISTRO=humble\nFROM ros:${DISTRO}-base\n")]);
        assert_eq!(ros, "keep 1/tcp host-need");
        let colcon = app_with("build: .\ncommand: colcon build", &[("Dockerfile", "FROM ros:humble\n")]);
        assert_eq!(colcon, "migrate");
    }

    #[test]
    fn a_tunnel_is_let_go_when_its_target_is_visible() {
        let text = "services:\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n  \
                    app:\n    image: cloudflare/cloudflared\n    network_mode: host\n    command: tunnel --url http://localhost:3000\n";
        assert!(!verdict(&[("compose.yaml", text)], "app").starts_with("keep"));
    }
}
