//! `# compose-fix: …` comments: what the user says in the file itself.
//!
//! A directive stands on the line that says host networking or on the service's key, or directly above either.

use super::comments::{Nearness, comments_of};
use crate::compose::comments::Comment;
use crate::compose::{Project, host_network};
use crate::port::{self, Port};
use crate::source::Location;
use std::net::IpAddr;

/// What a directive asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// `keep -- reason`
    Keep,
    /// `migrate -- reason`
    Migrate,
    /// `ports 8080 9000/udp`
    Ports(Vec<Port>),
    /// `host-ip 0.0.0.0`
    HostIp(IpAddr),
}

/// A directive that belongs to a service.
#[derive(Debug, Clone)]
pub(crate) struct Directive {
    /// The service.
    pub(crate) service: String,
    /// What it asks for.
    pub(crate) ask: Ask,
    /// What stands behind `--`.
    pub(crate) reason: Option<String>,
    /// The comment.
    pub(crate) at: Location,
}

/// All directives of a project, and the place of each comment that looks like one and is not.
pub(crate) fn directives(project: &Project<'_>) -> (Vec<Directive>, Vec<Location>) {
    let mut found = Vec::new();
    let mut used: Vec<Location> = Vec::new();
    for service in &project.services {
        let Some(host) = host_network(project, service) else { continue };
        for (comment, nearness) in comments_of(project, service, host.at()) {
            let Some(text) = body(comment) else { continue };
            if !matches!(nearness, Nearness::Beside | Nearness::Head) {
                continue;
            }
            if let Some((ask, reason)) = parse(text) {
                used.push(comment.at);
                found.push(Directive { service: service.name.clone(), ask, reason, at: comment.at });
            }
        }
    }
    let all = project.input.compose.iter().filter_map(|file| project.comments.get(file)).flatten();
    let unused = all.filter(|comment| body(comment).is_some() && !used.contains(&comment.at));
    (found, unused.map(|comment| comment.at).collect())
}

fn body(comment: &Comment) -> Option<&str> {
    comment.text.rsplit_once("compose-fix:").filter(|(before, _)| before.is_empty() || before.ends_with(' ')).map(|(_, rest)| rest.trim())
}

fn parse(text: &str) -> Option<(Ask, Option<String>)> {
    let (ask, reason) = match text.split_once("--") {
        Some((ask, reason)) => (ask.trim(), Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        None => (text, None),
    };
    let (verb, rest) = ask.split_once(char::is_whitespace).unwrap_or((ask, ""));
    let ask = match (verb, rest.trim()) {
        ("keep", "") => Ask::Keep,
        ("migrate", "") => Ask::Migrate,
        ("ports", list) if !list.is_empty() => Ask::Ports(ports(list)?),
        ("host-ip", ip) => Ask::HostIp(ip.parse().ok()?),
        _ => return None,
    };
    Some((ask, reason))
}

/// As many as are published port by port.
const MAX_PORTS: usize = 50;

fn ports(list: &str) -> Option<Vec<Port>> {
    let words = list.split([' ', ',']).filter(|word| !word.is_empty());
    let parsed: Option<Vec<Vec<Port>>> = words.map(|word| port::parse_expose(word).ok()?.expand(MAX_PORTS)).collect();
    parsed.map(|ports| ports.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_a_verb_and_its_words() {
        assert_eq!(parse("keep -- mDNS"), Some((Ask::Keep, Some("mDNS".to_owned()))));
        assert_eq!(parse("host-ip 0.0.0.0"), Some((Ask::HostIp(IpAddr::from([0, 0, 0, 0])), None)));
        assert!(matches!(parse("ports 8080 9000/udp"), Some((Ask::Ports(ports), None)) if ports.len() == 2));
        assert_eq!(parse("keep it"), None);
        assert_eq!(parse("ports"), None);
        assert_eq!(parse("ports eighty"), None);
    }
}
