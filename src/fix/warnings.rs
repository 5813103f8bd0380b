//! What behaves differently after the migration, said in a line each.

use super::Request;
use crate::compose::tree::{Text, Value};
use crate::compose::{Service, ServiceId};
use crate::diagnostic::{Finding, Severity, rules};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::{Field, Owner, Reference};
use crate::port::Port;
use std::collections::BTreeMap;

rules! {
    LAN, "lan-loses", "other machines can no longer connect",
        "The port was open on every address of the host and is now mapped on one. That is the purpose of the migration; \
         `--host-ip SERVICE=0.0.0.0` publishes a port on purpose.";
    PUBLISHED, "published", "the port is published beyond this machine",
        "The mapping is on an address that other machines reach, and a mapped port passes the host's INPUT firewall rules.";
    DEAD_PORT, "dead-port", "a `ports` entry named a port that was never open",
        "Host networking ignores `ports`. Clients have been using the container's own port, and go on using it.";
    OWN_LOOPBACK, "own-loopback", "a name or a DNS server leads to the container itself",
        "`dns: 127.0.0.1` and `extra_hosts: [\"name:127.0.0.1\"]` meant the host. Name the host's gateway instead, `host-gateway`, if what \
         answers there listens beyond loopback; a service of the project needs no entry.";
    LEFT, "address-left", "an address of the host is left as it is",
        "The value is for a browser, another machine or the Docker daemon, which still reach the port there.";
}

/// The warnings for each leaving service.
pub(super) fn collect(request: &Request<'_>, mapped: &BTreeMap<ServiceId, Vec<Port>>) -> BTreeMap<ServiceId, Vec<Finding>> {
    mapped.iter().map(|(index, ports)| (*index, of_service(request, *index, ports))).collect()
}

fn of_service(request: &Request<'_>, index: ServiceId, ports: &[Port]) -> Vec<Finding> {
    let Some((case, _)) = request.cases.get(&index) else { return Vec::new() };
    let mut found = Vec::new();
    let ip = request.host_ip(&case.service.name);
    let open: Vec<Port> = ports.iter().copied().filter(|port| !is_on_loopback(request, index, *port)).collect();
    if ip.is_loopback() && !open.is_empty() {
        let message = format!("LAN clients lose {}", listed(&open));
        found.push(Finding::new(&LAN, Severity::Warning, message, case.host.at()));
    }
    if !ip.is_loopback() && !ports.is_empty() {
        let message = format!("{} published on {ip}, past the host's firewall rules", listed(ports));
        found.push(Finding::new(&PUBLISHED, Severity::Warning, message, case.host.at()));
    }
    for entry in &case.service.ports {
        let Some(mapping) = entry.mapping else { continue };
        let dead: Vec<u16> =
            mapping.pairs().into_iter().filter(|(published, target)| published != target).map(|(published, _)| published).collect();
        if let Some(first) = dead.first() {
            let message = format!("`{mapping}` never opened :{first}; clients use :{}", mapping.target.range.start);
            found.push(Finding::new(&DEAD_PORT, Severity::Warning, message, entry.at));
        }
    }
    found.extend(request.references.iter().filter(|reference| reference.from == index).filter_map(left));
    found.extend(own_resolution(case.service));
    found
}

/// Whether the service listens there on the loopback address, which other machines never reached.
fn is_on_loopback(request: &Request<'_>, index: ServiceId, port: Port) -> bool {
    let binds = request.references.iter().filter(|reference| reference.from == index && reference.owner == Owner::Bind);
    let loopback = |named: LocalHost| matches!(named, LocalHost::Localhost | LocalHost::Loopback4 | LocalHost::Loopback6);
    binds.into_iter().any(|bind| loopback(bind.named) && bind.number.is_none_or(|number| number == port.number))
}

/// An address of the host that stays in a value, with the reason.
fn left(reference: &Reference) -> Option<Finding> {
    let why = match (&reference.owner, &reference.field) {
        (_, Field::Label(_)) => "since labels are not edited".to_owned(),
        (Owner::Left, Field::Logging) => "for the Docker daemon, which dials it on the host".to_owned(),
        (Owner::Left, _) => "for clients outside".to_owned(),
        (Owner::Service { .. }, _) if reference.named == LocalHost::Lan => "since it may be another machine".to_owned(),
        (Owner::Unknown(why), _) => format!("since {why}"),
        _ => return None,
    };
    let message = format!("`{}` is left as it is, {why}", reference.said());
    Some(Finding::new(&LEFT, Severity::Note, message, reference.at))
}

/// `dns` and `extra_hosts` that lead to the loopback address: in a network of its own that is the container.
fn own_resolution(service: &Service) -> Vec<Finding> {
    let loopback = |text: &str| text.starts_with("127.") || text == "localhost" || text == "::1" || text == "[::1]";
    let dns = service.texts("dns").into_iter().filter(|text| loopback(&text.value)).map(|text| ("`dns`", text.at()));
    let hosts = service.get("extra_hosts").into_iter().flat_map(|hosts| {
        let short = hosts.items().iter().filter_map(Value::as_text).filter(|text| {
            let address = text.value.split_once(['=', ':']).map_or("", |(_, address)| address);
            loopback(address)
        });
        let long = hosts.fields().iter().filter(|host| host.value.as_str().is_some_and(loopback)).map(|host| host.entry);
        short.map(Text::at).chain(long).collect::<Vec<_>>()
    });
    let places = dns.chain(hosts.map(|at| ("`extra_hosts`", at)));
    let message = |key: &str| format!("{key} leads to 127.0.0.1, which is the container itself from now on");
    places.map(|(key, at)| Finding::new(&OWN_LOOPBACK, Severity::Warning, message(key), at)).collect()
}

/// `:3000, :53/udp`
fn listed(ports: &[Port]) -> String {
    let one = |port: &Port| match port.protocol {
        crate::port::Protocol::Tcp => format!(":{}", port.number),
        protocol => format!(":{}/{protocol}", port.number),
    };
    ports.iter().map(one).collect::<Vec<_>>().join(", ")
}
