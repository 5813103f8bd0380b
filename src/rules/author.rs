//! What authors say in comments about host networking.
//!
//! A comment counts when it gives a reason. Restating the setting is none, nor is a line that was commented out.
//! Reasons fall into two groups: what only the host's network has (keep), and reaching something at `localhost`, which is
//! what the edit deals with (review).

use super::Case;
use super::rules::{AUTHOR, REACHABILITY};
use crate::compose::comments::Comment;
use crate::diagnostic::Finding;
use crate::facts::comments::{Nearness, comments_of};
use crate::source::Location;

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

/// Words that say it is about reaching something at the host's own address.
const REACH: [&str; 15] = [
    "127.0.0.1",
    "access existing",
    "access external",
    "access host",
    "access local",
    "access to host",
    "access your",
    "connect to host",
    "localhost",
    "proxied",
    "proxies",
    "proxy to",
    "reach",
    "reachable",
    "reaches",
];

/// Ways to name host networking.
const NAMES: [&str; 12] = [
    "host net",
    "host-net",
    "hostnet",
    "host mode",
    "host stack",
    "network_mode",
    "network mode",
    "network: host",
    "net=host",
    "network=host",
    "network host",
    "network stack",
];

/// Ways to name the network that a service would be on otherwise.
const BRIDGES: [&str; 7] = ["bridge", "bridges", "docker nat", "iptables", "masquerade", "nat", "veth"];

/// Words that say it does not work.
const BROKEN: [&str; 11] =
    ["break", "breaks", "broken", "bug", "bugs", "can't", "cannot", "doesn't work", "does not work", "fails", "not supported"];

/// A reason that keeps the service.
pub(super) fn keep(case: &Case<'_>) -> Vec<Finding> {
    said(
        case,
        |message, at| Finding::keeps(&AUTHOR, message, at),
        |text, beside| {
            let reach = contains_any(text, &REACH);
            let speaks = beside || names_host(text);
            is_broken(text) || speaks && (has_term(text) || is_necessary(text) && !reach)
        },
    )
}

/// A reason that the edit deals with.
pub(super) fn reachability(case: &Case<'_>) -> Vec<Finding> {
    said(
        case,
        |message, at| Finding::holds_back(&REACHABILITY, message, at),
        |text, beside| (beside || names_host(text)) && contains_any(text, &REACH),
    )
}

fn said(case: &Case<'_>, finding: fn(String, Location) -> Finding, counts: fn(&str, bool) -> bool) -> Vec<Finding> {
    let comments = comments_of(case.project, case.service, case.host.at());
    let reason = comments.into_iter().find(|(comment, nearness)| {
        let text = comment.text.to_lowercase();
        let beside = *nearness == Nearness::Beside;
        let elsewhere = *nearness == Nearness::FileHeader && names_others_only(case, &text);
        is_prose(comment) && !elsewhere && counts(&text, beside)
    });
    let quote = |(comment, _): (&Comment, Nearness)| finding(format!("the author says: `{}`", shorten(&comment.text)), comment.at);
    reason.map(quote).into_iter().collect()
}

/// Whether the header of a file speaks of services of the project by name, and this is none of them.
fn names_others_only(case: &Case<'_>, text: &str) -> bool {
    let names = |service: &crate::compose::Service| contains_word(text, &service.name.to_lowercase());
    !names(case.service) && case.project.services.iter().any(names)
}

fn is_necessary(text: &str) -> bool {
    contains_any(text, &NECESSITY) && !contains_any(text, &NEEDLESS)
}

/// Whether it says that the alternative does not work on that host.
fn is_broken(text: &str) -> bool {
    let of_networks = contains_any(text, &["docker", "network", "networking", "networks"]) || names_host(text);
    of_networks && contains_any(text, &BRIDGES) && contains_any(text, &BROKEN)
}

fn names_host(text: &str) -> bool {
    contains_any(text, &NAMES)
}

/// A line of YAML that was commented out is not prose, and neither is a directive of this program.
fn is_prose(comment: &Comment) -> bool {
    let text = comment.text.as_str();
    let first = text.split(char::is_whitespace).next().unwrap_or_default();
    let is_entry =
        first.ends_with(':') && first.len() > 1 && first.trim_end_matches(':').chars().all(|char| char.is_ascii_lowercase() || char == '_');
    !is_entry && !text.starts_with("- ") && !text.contains("compose-fix:")
}

fn has_term(text: &str) -> bool {
    // "Listens on all interfaces" says what host networking does, not what it is for.
    let rest = text.replace("all interfaces", "");
    TERMS.iter().any(|term| contains_word(&rest, term))
}

fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| contains_word(text, word))
}

/// Whether `word` stands in `text` with no letter or digit next to it, unless it ends in one that goes on: "host net(work)".
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let open = word.ends_with("net") || word.ends_with("discover");
        !before.is_some_and(char::is_alphanumeric) && (open || !after.is_some_and(char::is_alphanumeric))
    })
}

/// The longest quote that a report prints, in characters.
const QUOTE: usize = 120;

fn shorten(text: &str) -> String {
    if text.chars().count() <= QUOTE {
        return text.to_owned();
    }
    text.chars().take(QUOTE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_whole_words() {
        assert!(has_term("needed for mdns/ssdp"));
        assert!(!has_term("harp and gossip"));
        assert!(names_host("use host networking to reach it"));
    }
}
