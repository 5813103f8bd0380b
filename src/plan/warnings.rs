//! What behaves differently after the migration, said in a line each.

use super::Request;
use crate::compose::port::Port;
use crate::diagnostic::{Diagnostic, Severity, rules};
use crate::refer::Owner;
use std::collections::BTreeMap;

rules! {
    LAN, "lan-loses", "other machines can no longer connect",
        "The port was open on every address of the host and is now mapped on one. That is the purpose of the migration; \
         `--host-ip SERVICE=0.0.0.0` publishes a port on purpose.";
    PUBLISHED, "published", "the port is published beyond this machine",
        "The mapping is on an address that other machines reach, and a mapped port passes the host's INPUT firewall rules.";
    DEAD_PORT, "dead-port", "a `ports` entry named a port that was never open",
        "Host networking ignores `ports`. Clients have been using the container's own port, and go on using it.";
    LEFT, "address-left", "an address of the host is left as it is",
        "The value is for a browser, another machine or the Docker daemon, which still reach the port there.";
}

/// The warnings for each leaving service.
pub(super) fn collect(request: &Request<'_>, mapped: &BTreeMap<usize, Vec<Port>>) -> BTreeMap<usize, Vec<Diagnostic>> {
    mapped.iter().map(|(index, ports)| (*index, of_service(request, *index, ports))).collect()
}

fn of_service(request: &Request<'_>, index: usize, ports: &[Port]) -> Vec<Diagnostic> {
    let Some((case, _)) = request.cases.get(&index) else { return Vec::new() };
    let mut found = Vec::new();
    if !ports.is_empty() {
        let ip = request.host_ip(&case.service.name);
        let (rule, message) = if ip.is_loopback() {
            (&LAN, format!("LAN clients lose {}", listed(ports)))
        } else {
            (&PUBLISHED, format!("{} published on {ip}, past the host's firewall rules", listed(ports)))
        };
        found.push(Diagnostic::new(rule, Severity::Warning, message, case.host.at()));
    }
    for entry in &case.service.ports {
        let Some(mapping) = entry.mapping else { continue };
        let dead: Vec<u16> =
            mapping.pairs().into_iter().filter(|(published, target)| published != target).map(|(published, _)| published).collect();
        if let Some(first) = dead.first() {
            let message = format!("`{mapping}` never opened :{first}; clients use :{}", mapping.target.range.start);
            found.push(Diagnostic::new(&DEAD_PORT, Severity::Warning, message, entry.at));
        }
    }
    for reference in request.references.iter().filter(|reference| reference.from == index && reference.owner == Owner::Left) {
        let port = reference.number.map(|number| format!(":{number}")).unwrap_or_default();
        let message = format!("`{}{port}` is left as it is, for clients outside", &reference.text.raw[reference.host.clone()]);
        found.push(Diagnostic::new(&LEFT, Severity::Note, message, reference.at()));
    }
    found
}

/// `:3000, :53/udp`
fn listed(ports: &[Port]) -> String {
    let one = |port: &Port| match port.protocol {
        crate::compose::port::Protocol::Tcp => format!(":{}", port.number),
        protocol => format!(":{}/{protocol}", port.number),
    };
    ports.iter().map(one).collect::<Vec<_>>().join(", ")
}
