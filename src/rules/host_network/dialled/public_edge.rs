//! Services that clients on other machines dial.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::{Caveat, Role};
use crate::knowledge::{labels, protocols, variables, words};
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "public-edge",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dialled),
    summary: "clients outside this machine dial it",
    page: include_str!("public_edge.md"),
};

/// The strongest sign that other machines dial it, unless a proxy does so for them.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    if is_fronted(case) || case.inference.ports.is_empty() {
        return Vec::new();
    }
    let help = || format!("to publish it: `--host-ip {}=0.0.0.0`", case.service.name);
    let sign = by_image(case).or_else(|| by_name(case)).or_else(|| by_port(case));
    sign.map(|(message, at)| Finding::holds_back(&RULE, message, at).help(help())).into_iter().collect()
}

/// Images that are known to serve other machines.
fn by_image(case: &Case<'_>) -> Option<(String, Location)> {
    let known = case.subject.known.as_ref()?;
    let has = |caveat: Caveat| known.caveats.contains(&caveat);
    let is_peer = known.role == Role::P2p || has(Caveat::P2p);
    let is_public = is_peer || known.role == Role::Proxy || has(Caveat::PublicEdge);
    let whom = if is_peer { "peers" } else { "clients" };
    is_public.then(|| (format!("image `{}` serves {whom} on other machines", known.name), case.subject.at()))
}

fn by_name(case: &Case<'_>) -> Option<(String, Location)> {
    let name = proxy_name(case)?;
    Some((format!("by its name, `{name}`, it is the proxy that clients on other machines dial"), case.service.at))
}

fn by_port(case: &Case<'_>) -> Option<(String, Location)> {
    let mut public = case.inference.ports.iter().filter(|inferred| protocols::is_public(inferred.port.number));
    public.find_map(|inferred| Some((format!("listens on {}, which other machines dial", inferred.port), inferred.evidence.first()?.at)))
}

/// The name of a service whose image nobody knows, when it calls it a proxy.
fn proxy_name<'a>(case: &'a Case<'_>) -> Option<&'a str> {
    let unknown = case.subject.beyond_stores().is_none_or(|known| known.ports.is_empty());
    let name = case.service.name.as_str();
    let is_proxy = name.split(|char: char| !char.is_ascii_alphabetic()).any(words::is_proxy);
    (unknown && is_proxy).then_some(name)
}

/// Whether its labels hand it to a proxy, which is what other machines dial.
fn is_fronted(case: &Case<'_>) -> bool {
    let is_proxy = case.subject.known.as_ref().is_some_and(|known| known.role == Role::Proxy);
    let by_label = || case.service.labels.iter().any(|label| labels::is_fronted(&label.name));
    let by_variable = || case.service.environment.iter().any(|variable| variables::is_fronted(&variable.name));
    !is_proxy && (by_label() || by_variable())
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn what_other_machines_dial_is_looked_at_first() {
        hold(&[
            ("image: example/app\nexpose: [\"443\"]", "review 443/tcp public-edge"),
            ("image: example/app\nexpose: [\"4430\"]", "migrate 4430/tcp"),
            ("image: example/app\nexpose: [\"80\"]\nlabels: {traefik.http.routers.app.rule: Host(`a.example`)}", "migrate 80/tcp"),
            ("image: caddy", "review 80/tcp 443/tcp 443/udp public-edge"),
        ]);
    }
}
