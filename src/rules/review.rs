//! Consequences that the files cannot settle: the edit is known, and somebody should look before it is made.

use super::rules::{
    ADVERTISED, CONFIG_FILE, HIDDEN_ADDRESS, HOST_PROCESS, IDENTITY, IPV6, LOOPBACK_BIND, MISSING_FILE, PEER_STAYS, PRIVILEGED,
    PUBLIC_EDGE, REACHABILITY, REFUSED, SHARED_VALUE, SWARM, UNCLEAR_ADDRESS, WEAK_PORT,
};
use super::{Case, Check, author, hidden, loopback, own_name};
use crate::diagnostic::{Finding, Rule};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::{Field, Owner, Reference};
use crate::knowledge::images::{Caveat, Role};
use crate::source::Location;

pub(super) const CHECKS: &[(&[&Rule], Check)] = &[
    (&[&REACHABILITY], author::reachability),
    (&[&PUBLIC_EDGE], public_edge),
    (&[&HOST_PROCESS, &UNCLEAR_ADDRESS, &CONFIG_FILE, &LOOPBACK_BIND], addresses),
    (&[&UNCLEAR_ADDRESS], own_name::dialled),
    (&[&HIDDEN_ADDRESS], hidden::addresses),
    (&[&LOOPBACK_BIND], loopback::binds),
    (&[&MISSING_FILE], missing_file),
    (&[&IPV6], ipv6),
    (&[&IDENTITY], identity),
    (&[&ADVERTISED], advertised),
    (&[&PRIVILEGED], privileged),
    (&[&SWARM], swarm),
    (&[&WEAK_PORT], weak_port),
    (&[&PEER_STAYS, &SHARED_VALUE, &REFUSED], |_| Vec::new()),
];

/// Ports that are served to other machines: mail, DNS, the web.
const PUBLIC_PORTS: [u16; 9] = [25, 53, 80, 443, 465, 587, 853, 993, 995];

fn public_edge(case: &Case<'_>) -> Vec<Finding> {
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
            &PUBLIC_EDGE,
            format!("image `{}` serves {what} on other machines; {hint}", known.name),
            case.subject.at(),
        )];
    }
    if let (Some(name), false) = (proxy_name(case), case.inference.ports.is_empty()) {
        let message = format!("by its name, `{name}`, it is the proxy that clients on other machines dial; {hint}");
        return vec![Finding::holds_back(&PUBLIC_EDGE, message, case.service.at)];
    }
    let public = case.inference.ports.iter().filter(|inferred| PUBLIC_PORTS.contains(&inferred.port.number));
    let listed = public.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?.at)));
    listed
        .map(|(port, at)| Finding::holds_back(&PUBLIC_EDGE, format!("listens on {port}, which other machines dial; {hint}"), at))
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

fn addresses(case: &Case<'_>) -> Vec<Finding> {
    case.references.iter().filter_map(|reference| address(case, reference)).collect()
}

fn address(case: &Case<'_>, reference: &Reference) -> Option<Finding> {
    let said = reference.said();
    let (rule, message) = match (&reference.owner, &reference.field) {
        (Owner::Service { id, .. }, Field::File) => {
            (&CONFIG_FILE, format!("this file says `{said}`, which is `{}`", case.project[*id].name))
        }
        (Owner::Host(_), Field::File) => (&CONFIG_FILE, format!("this file says `{said}`, where no service of the project listens")),
        (Owner::Service { .. } | Owner::Host(_), Field::Label(name)) => (&CONFIG_FILE, format!("label `{name}` says `{said}`")),
        (Owner::Host(_), _) => (&HOST_PROCESS, format!("dials `{said}`, where no service of the project listens")),
        (Owner::Unknown(why), _) => (&UNCLEAR_ADDRESS, format!("names `{said}`, and {why}")),
        (Owner::Bind, _) if reference.named != LocalHost::Unspecified => (&LOOPBACK_BIND, format!("listens on `{said}` only")),
        _ => return None,
    };
    Some(Finding::holds_back(rule, message, reference.at))
}

/// Endings of files that hold settings.
const SETTINGS: [&str; 12] = [".cfg", ".cnf", ".conf", ".config", ".env", ".ini", ".json", ".properties", ".toml", ".xml", ".yaml", ".yml"];

fn missing_file(case: &Case<'_>) -> Vec<Finding> {
    let absent = |path: &str| case.project.is_missing(path);
    let env_files =
        case.service.env_files.iter().filter(|file| absent(&file.path.value)).map(|file| (file.path.value.as_str(), file.path.at()));
    let settings = |path: &str| SETTINGS.iter().any(|end| path.to_ascii_lowercase().ends_with(end)) || path.ends_with("Caddyfile");
    let mounts = case.service.mounts.iter().filter(|mount| mount.is_bind() && settings(&mount.source) && absent(&mount.source));
    let missing = env_files.chain(mounts.map(|mount| (mount.source.as_str(), mount.at)));
    missing
        .map(|(path, at)| Finding::holds_back(&MISSING_FILE, format!("`{path}` is not there, and an address could be in it"), at))
        .collect()
}

fn ipv6(case: &Case<'_>) -> Vec<Finding> {
    let line =
        case.service.command.as_ref().filter(|line| line.joined().split([' ', '=']).any(|word| word == "::" || word.starts_with("[::]")));
    let variable = case.service.environment.iter().find(|variable| variable.text() == "::" || variable.text().starts_with("[::]:"));
    let places = line.map(|line| line.at).into_iter().chain(variable.map(|variable| variable.at));
    places.map(|at| Finding::holds_back(&IPV6, "listens on IPv6, which a bridge network has only when told so", at)).take(1).collect()
}

fn identity(case: &Case<'_>) -> Vec<Finding> {
    if case.service.get("hostname").is_some() {
        return Vec::new();
    }
    let Some(known) = case.subject.known.as_ref() else { return Vec::new() };
    if case.has_caveat(Caveat::Identity) {
        let message = format!("image `{}` ties its data to the hostname: set `hostname:` first", known.name);
        return vec![Finding::holds_back(&IDENTITY, message, case.subject.at())];
    }
    let Some(at) = Some(()).filter(|()| case.has_caveat(Caveat::Cluster)).and_then(|()| cluster(case)) else { return Vec::new() };
    vec![Finding::holds_back(
        &IDENTITY,
        format!("a node of a `{}` cluster is known to the others by its hostname or address", known.name),
        at,
    )]
}

/// What shows that the service is one of several nodes: another service of the same image, or settings that name peers.
fn cluster(case: &Case<'_>) -> Option<Location> {
    let repository = |service: &crate::compose::Service| service.image.as_ref().map(|image| image.name.repository.clone());
    let own = repository(case.service)?;
    let twin = case.project.services.iter().find(|other| other.name != case.service.name && repository(other).as_ref() == Some(&own));
    let names = [
        "CLUSTER_INITIAL",
        "INITIAL_CLUSTER",
        "INITIAL_MASTER",
        "INITIAL_PRIMARY",
        "SEEDS",
        "SEED_HOSTS",
        "REPLICA_SET",
        "ZOO_SERVERS",
        "JOIN",
    ];
    let is_peer = |name: &str| names.iter().any(|part| name.to_ascii_uppercase().replace('.', "_").contains(part));
    let single = case.service.environment.iter().any(|variable| variable.text() == "single-node");
    let variable = case.service.environment.iter().find(|variable| is_peer(&variable.name) && !variable.text().is_empty());
    let flags = ["--initial-cluster", "--join", "--replSet", "--cluster_addr", "--routes"];
    let flag = case.service.command.iter().find(|line| flags.iter().any(|flag| line.joined().contains(flag)));
    let settings = variable.map(|variable| variable.at).or_else(|| flag.map(|line| line.at));
    settings.or_else(|| twin.map(|_| case.subject.at())).filter(|_| !single)
}

/// Parts of names of variables that tell others an address.
const ADVERTISING: [&str; 6] = ["ADVERTISED", "ADVERTISE_", "ANNOUNCE", "EUREKA_INSTANCE", "RELEASE_NODE", "ERLANG_NODE"];

fn advertised(case: &Case<'_>) -> Vec<Finding> {
    let caveat = case.subject.known.as_ref().filter(|_| case.has_caveat(Caveat::Advertised));
    let tells = |name: &str| ADVERTISING.iter().any(|part| name.to_ascii_uppercase().contains(part));
    let variable = case.service.environment.iter().find(|variable| tells(&variable.name));
    let flag =
        case.service.command.iter().find(|line| ["--replSet", "advertise", "announce"].iter().any(|flag| line.joined().contains(flag)));
    let place = variable.map(|variable| (format!("`{}` tells clients an address", variable.name), variable.at));
    let place = place.or_else(|| flag.map(|line| ("its command tells clients an address".to_owned(), line.at)));
    let place = place.or_else(|| caveat.map(|known| (format!("image `{}` tells clients an address", known.name), case.subject.at())));
    place.map(|(message, at)| Finding::holds_back(&ADVERTISED, message, at)).into_iter().collect()
}

fn privileged(case: &Case<'_>) -> Vec<Finding> {
    let field = case.service.field("privileged").filter(|field| field.value.as_str() == Some("true"));
    field.map(|field| Finding::holds_back(&PRIVILEGED, "`privileged: true`", field.entry)).into_iter().collect()
}

fn swarm(case: &Case<'_>) -> Vec<Finding> {
    let deploy = case.service.field("deploy");
    let key = |name: &str| deploy.and_then(|deploy| deploy.value.field(name));
    let global = key("mode").filter(|mode| mode.value.as_str() == Some("global"));
    let keys = global.into_iter().chain(key("placement")).map(|field| (format!("`deploy.{}` is for a swarm", field.key), field.entry));
    let many = case.service.replicas() != Some(1) && case.service.replicas() != Some(0) && !case.inference.ports.is_empty();
    let place = key("replicas").or_else(|| case.service.field("scale")).map_or(case.service.at, |field| field.entry);
    let replicas = many.then(|| ("several containers cannot share one port of the host".to_owned(), place));
    keys.chain(replicas).map(|(message, at)| Finding::holds_back(&SWARM, message, at)).collect()
}

fn weak_port(case: &Case<'_>) -> Vec<Finding> {
    let weak = case.inference.ports.iter().filter(|inferred| !inferred.is_strong());
    let placed = weak.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?)));
    placed
        .map(|(port, evidence)| Finding::holds_back(&WEAK_PORT, format!("only a hint for {port}: {}", evidence.because), evidence.at))
        .collect()
}
