//! Services that clients on other machines dial.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::{Caveat, Role};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "public-edge",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dialled),
    summary: "clients outside this machine dial it",
    page: include_str!("public_edge.md"),
};

/// Ports that are served to other machines: mail, DNS, the web.
const PUBLIC_PORTS: [u16; 9] = [25, 53, 80, 443, 465, 587, 853, 993, 995];

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    if is_fronted(case) {
        return Vec::new();
    }
    let hint = format!("to publish it: `--host-ip {}=0.0.0.0`", case.service.name);
    let known = case.subject.known.as_ref().filter(|known| {
        matches!(known.role, Role::Proxy | Role::P2p)
            || known.caveats.iter().any(|caveat| matches!(caveat, Caveat::PublicEdge | Caveat::P2p))
    });
    if let (Some(known), false) = (known, case.inference.ports.is_empty()) {
        let what = if known.role == Role::P2p || known.caveats.contains(&Caveat::P2p) { "peers" } else { "clients" };
        return vec![Finding::holds_back(
            &RULE,
            format!("image `{}` serves {what} on other machines; {hint}", known.name),
            case.subject.at(),
        )];
    }
    if let (Some(name), false) = (proxy_name(case), case.inference.ports.is_empty()) {
        let message = format!("by its name, `{name}`, it is the proxy that clients on other machines dial; {hint}");
        return vec![Finding::holds_back(&RULE, message, case.service.at)];
    }
    let public = case.inference.ports.iter().filter(|inferred| PUBLIC_PORTS.contains(&inferred.port.number));
    let listed = public.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?.at)));
    listed
        .map(|(port, at)| Finding::holds_back(&RULE, format!("listens on {port}, which other machines dial; {hint}"), at))
        .take(1)
        .collect()
}

/// Words that call a service a proxy.
const PROXY_WORDS: [&str; 12] =
    ["balancer", "caddy", "envoy", "haproxy", "ingress", "lb", "loadbalancer", "nginx", "openresty", "pingora", "proxy", "traefik"];

/// The name of a service whose image nobody knows, when it calls it a proxy.
fn proxy_name<'a>(case: &'a Case<'_>) -> Option<&'a str> {
    let unknown = case.subject.known.as_ref().is_none_or(|known| known.ports.is_empty());
    let name = case.service.name.as_str();
    let lower = name.to_ascii_lowercase();
    let is_proxy = lower.split(|char: char| !char.is_ascii_alphabetic()).any(|word| PROXY_WORDS.contains(&word));
    (unknown && is_proxy).then_some(name)
}

/// Whether its labels hand it to a proxy, which is what other machines dial.
fn is_fronted(case: &Case<'_>) -> bool {
    let is_proxy = case.subject.known.as_ref().is_some_and(|known| known.role == Role::Proxy);
    let label = |name: &str| name.starts_with("traefik.http.") || name.starts_with("caddy");
    let variable = |name: &str| matches!(name, "VIRTUAL_HOST" | "LETSENCRYPT_HOST");
    !is_proxy && (case.service.labels.iter().any(|it| label(&it.name)) || case.service.environment.iter().any(|it| variable(&it.name)))
}
