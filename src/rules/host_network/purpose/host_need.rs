//! What an image is documented to need of the host's network.

use crate::compose::Service;
use crate::compose::service::Variable;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::{names_host, names_service};
use crate::knowledge::images::{HostNeed, KnownImage, Similar};
use crate::knowledge::{variables, words};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "host-need",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "its job is with the host's network",
    page: include_str!("host_need.md"),
};

/// The need that is documented, unless the project shows that it is not there; or the signs of one.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let need = |known: &KnownImage| known.host_need.filter(|need| !is_void(case, *need));
    let known = case.subject.known.as_ref();
    let documented = || known.and_then(|known| Some(format!("image `{}` {}", known.name, says(known, need(known)?))));
    let of_similar = || {
        let Similar(like) = case.subject.similar.as_ref()?;
        Some(format!("by its name it is a build of `{}`, which {}", like.name, says(like, need(like)?)))
    };
    let kept = documented().or_else(of_similar).map(|message| Finding::keeps(&RULE, message, case.subject.at()));
    let kept = kept.or_else(|| by_variable(case));
    let suspected = || known.and_then(never_bridged).map(|message| Finding::holds_back(&RULE, message, case.subject.at()));
    kept.or_else(suspected).into_iter().collect()
}

/// Whether the project shows that there is no such need.
fn is_void(case: &Case<'_>, need: HostNeed) -> bool {
    match need {
        HostNeed::RosDds => case.inference.silence.is_some(), // A build job in a ROS image speaks to nobody.
        HostNeed::Tunnel => shows_targets(case),
        _ => false,
    }
}

/// What an image does with the host's network, and what is left without it.
fn says(known: &KnownImage, need: HostNeed) -> String {
    let bridged = known.bridged.filter(|stores| stores.by > 0);
    let by = bridged.map_or(String::new(), |stores| match stores.of {
        1 => ", and an app store runs it there".to_owned(),
        of => format!(", and {} of {of} app stores run it there", stores.by),
    });
    let rest = if known.does_without_host() { format!("; on a bridge it loses that and works otherwise{by}") } else { String::new() };
    format!("{}{rest}", sentence(need))
}

/// A variable that turns on, or sets, what a bridge does not carry.
fn by_variable(case: &Case<'_>) -> Option<Finding> {
    let is_off = |variable: &Variable| variable.text().is_empty() || words::is_off(variable.text());
    let found = case.service.environment.iter().find(|variable| variables::is_of_discovery(&variable.name) && !is_off(variable))?;
    Some(Finding::keeps(&RULE, format!("`{}` sets what a bridge does not carry", found.name), found.at))
}

/// App stores have no reason of their own to run an image on the host's network.
fn never_bridged(known: &KnownImage) -> Option<String> {
    let stores = known.bridged.filter(|stores| known.host_need.is_none() && stores.by == 0)?;
    let who = if stores.of == 1 {
        "the app store that ships it runs".to_owned()
    } else {
        format!("all {} app stores that ship it run", stores.of)
    };
    Some(format!("{who} image `{}` on the host's network", known.name))
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
    use super::says;
    use crate::knowledge::images;
    use crate::tests::verdict::{app_with, hold, verdict};

    #[test]
    fn what_an_image_is_for_keeps_it() {
        hold(&[
            ("image: ghcr.io/home-assistant/home-assistant:stable", "keep 8123/tcp host-need"),
            ("image: redis", "migrate 6379/tcp"),
            ("image: redis\nenvironment: {WOL_BROADCAST: 192.168.1.255}", "keep 6379/tcp host-need"),
            ("image: redis\nenvironment: [ENABLE_UPNP=false, DISABLE_MDNS=true]", "migrate 6379/tcp"),
            ("image: ryansch/unifi-rpi", "keep 3478/udp 8080/tcp 8443/tcp host-need"),
            ("image: cloudflare/cloudflared\ncommand: tunnel run\nenvironment: {TUNNEL_TOKEN: x}", "keep host-need"),
        ]);
        let ros = app_with("build: .\nexpose: [\"1\"]", &[("Dockerfile", "ARG DISTRO=humble\nFROM ros:${DISTRO}-base\n")]);
        assert_eq!(ros, "keep 1/tcp host-need");
        let colcon = app_with("build: .\ncommand: colcon build", &[("Dockerfile", "FROM ros:humble\n")]);
        assert_eq!(colcon, "migrate");
    }

    #[test]
    fn what_is_lost_is_said_with_how_many_stores_do_without() {
        let of = |name: &str| images::find(&[name], None).unwrap();
        let says = |name: &str| says(&of(name), of(name).host_need.unwrap());
        assert_eq!(
            says("linuxserver/jellyfin"),
            "finds devices, or is found, by multicast or broadcast; on a bridge it loses that and works otherwise, \
             and 9 of 9 app stores run it there"
        );
        assert_eq!(says("linuxserver/wireguard"), "routes, or opens a tunnel on the host");
    }

    #[test]
    fn an_image_that_stores_never_bridge_is_looked_at_first() {
        assert_eq!(app_with("image: nickheyer/discopanel", &[]), "review 8080/tcp host-need");
        assert_eq!(app_with("image: 2fauth/2fauth", &[]), "migrate 8000/tcp");
    }

    #[test]
    fn a_tunnel_is_let_go_when_its_target_is_visible() {
        let text = "services:\n  web:\n    image: example/web\n    network_mode: host\n    expose: [\"3000\"]\n  \
                    app:\n    image: cloudflare/cloudflared\n    network_mode: host\n    command: tunnel --url http://localhost:3000\n";
        assert!(!verdict(&[("compose.yaml", text)], "app").starts_with("keep"));
    }
}
