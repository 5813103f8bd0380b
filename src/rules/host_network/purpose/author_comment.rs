//! What only the host's network has, by the word of the author.

use super::author::{self, contains_any, contains_word, names_host};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "author-comment",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the author says why it is on host networking",
    page: include_str!("author_comment.md"),
};

/// Technical terms that name what a bridge does not carry. They mean the same in every language.
const TERMS: [&str; 53] = [
    "airplay",
    "arp",
    "avahi",
    "bluetooth",
    "bonjour",
    "broadcast",
    "broadcasts",
    "can bus",
    "chromecast",
    "client ip",
    "client ips",
    "dds",
    "dhcp",
    "discover",
    "discovery",
    "dlna",
    "homekit",
    "igmp",
    "interfaces",
    "ip forwarding",
    "jitter",
    "l2",
    "latency",
    "layer 2",
    "mdns",
    "multicast",
    "netbios",
    "nmap",
    "overhead",
    "performance",
    "raw socket",
    "raw sockets",
    "real client",
    "real ip",
    "real ips",
    "rtp",
    "sip",
    "socketcan",
    "source ip",
    "source ips",
    "ssdp",
    "tailscale",
    "throughput",
    "udp",
    "upnp",
    "vpn",
    "wake on lan",
    "wake-on-lan",
    "webrtc",
    "wireguard",
    "wol",
    "zeroconf",
    "zerotier",
];

/// Words that say host networking is necessary, or that the alternative fails.
const NECESSITY: [&str; 22] = [
    "allows direct",
    "allow direct",
    "because",
    "broken",
    "doesn't work",
    "does not work",
    "due to",
    "fails",
    "mandatory",
    "must",
    "necessary",
    "needed",
    "needs",
    "nötig",
    "notwendig",
    "otherwise",
    "problem",
    "require",
    "required",
    "requires",
    "so that",
    "without it",
];

/// Words that say something is not necessary, such as `ports` beside host networking.
const NEEDLESS: [&str; 10] = [
    "isn't needed",
    "no longer needed",
    "no need",
    "no port mapping",
    "no ports",
    "not necessary",
    "not needed",
    "not required",
    "unnecessary",
    "without ports",
];

/// Ways to name the network that a service would be on otherwise.
const BRIDGES: [&str; 7] = ["bridge", "bridges", "docker nat", "iptables", "masquerade", "nat", "veth"];

/// Words that say it does not work.
const BROKEN: [&str; 11] =
    ["break", "breaks", "broken", "bug", "bugs", "can't", "cannot", "doesn't work", "does not work", "fails", "not supported"];

/// A comment that gives a reason for what only the host's network has.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    author::first(
        case,
        |message, at| Finding::keeps(&RULE, message, at),
        |text, beside| {
            let speaks = beside || names_host(text);
            is_broken(text) || speaks && (has_term(text) || is_necessary(text) && !author::speaks_of_reach(text))
        },
    )
}

fn is_necessary(text: &str) -> bool {
    contains_any(text, &NECESSITY) && !contains_any(text, &NEEDLESS)
}

/// Whether it says that the alternative does not work on that host.
fn is_broken(text: &str) -> bool {
    let of_networks = contains_any(text, &["docker", "network", "networking", "networks"]) || names_host(text);
    of_networks && contains_any(text, &BRIDGES) && contains_any(text, &BROKEN)
}

fn has_term(text: &str) -> bool {
    // "Listens on all interfaces" says what host networking does, not what it is for.
    let rest = text.replace("all interfaces", "");
    TERMS.iter().any(|term| contains_word(&rest, term))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_whole_words() {
        assert!(has_term("needed for mdns/ssdp"));
        assert!(!has_term("harp and gossip"));
    }
}
