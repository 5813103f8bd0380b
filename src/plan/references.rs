//! Addresses after the migration: peers by name, the host by its gateway.

use super::Request;
use super::draft::Draft;
use crate::compose::HostNetwork;
use crate::compose::address::LocalHost;
use crate::decide::Reason;
use crate::refer::{Field, Owner, Reference};

/// What a reference has to say afterwards.
enum Target {
    /// The name of a peer, and its port in the container.
    Peer(String, Option<u16>),
    /// The host, through its gateway.
    Gateway,
    /// Every address of the container.
    Everywhere,
}

/// Whether a service needs a name for the host once it has left.
pub(super) fn needs_gateway(request: &Request<'_>, index: usize) -> bool {
    let own = request.references.iter().filter(|reference| reference.from == index);
    own.into_iter().any(|reference| matches!(target(request, reference), Some(Target::Gateway)))
}

/// Rewrites a reference, if it has to change.
pub(super) fn rewrite(draft: &mut Draft<'_>, reference: &Reference) -> Result<(), Reason> {
    match target(&draft.request, reference) {
        None => Ok(()),
        Some(Target::Everywhere) => draft.replace(&reference.text, reference.host.clone(), "0.0.0.0"),
        Some(Target::Gateway) if reference.named == LocalHost::HostGateway => Ok(()),
        Some(Target::Gateway) => draft.replace(&reference.text, reference.host.clone(), "host.docker.internal"),
        Some(Target::Peer(name, port)) => peer(draft, reference, &name, port),
    }
}

fn target(request: &Request<'_>, reference: &Reference) -> Option<Target> {
    if matches!(reference.field, Field::Label(_)) {
        return None;
    }
    let leaves = request.leaves(reference.from);
    let on_bridge = !request.cases.contains_key(&reference.from);
    match &reference.owner {
        // Who stays on host networking reaches everybody where it did; who is on a bridge already loses who moves.
        Owner::Service { index, .. } if !(leaves || on_bridge && request.leaves(*index)) => None,
        Owner::Service { index, .. } if request.stays_on_host(*index) => Some(Target::Gateway),
        Owner::Service { index, port } => Some(Target::Peer(name_of(request, *index), *port)),
        Owner::Host(_) if leaves => Some(Target::Gateway),
        Owner::Bind if leaves && reference.named != LocalHost::Unspecified => Some(Target::Everywhere),
        _ => None,
    }
}

/// The name by which a service is reached: its own, or that of the service whose network it shares.
fn name_of(request: &Request<'_>, index: usize) -> String {
    match request.cases.get(&index).map(|(case, _)| &case.host) {
        Some(HostNetwork::Shared { with, .. }) => with.clone(),
        _ => request.name(index).to_owned(),
    }
}

/// The host becomes the peer's name; the port changes only where the container's is another one.
fn peer(draft: &mut Draft<'_>, reference: &Reference, name: &str, port: Option<u16>) -> Result<(), Reason> {
    let moved = port.filter(|port| reference.number.is_some_and(|number| number != *port));
    match (&reference.port, moved) {
        (_, None) => draft.replace(&reference.text, reference.host.clone(), name),
        (Some(written), Some(port)) => {
            draft.replace(&reference.text, reference.host.clone(), name)?;
            draft.replace(&written.text, written.range.clone(), &port.to_string())
        }
        (None, Some(port)) => draft.replace(&reference.text, reference.host.clone(), &format!("{name}:{port}")),
    }
}
