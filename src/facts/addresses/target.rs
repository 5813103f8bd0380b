//! What a reference has to say once certain services have left.
//!
//! The rule stands alone because two stages need it: whoever chooses the services that leave, to see whether all readers
//! of one text want the same, and whoever edits.

use super::reference::{Field, Owner, Reference};
use crate::compose::ServiceId;
use crate::facts::addresses::mention::LocalHost;
use std::collections::BTreeSet;

/// What a reference has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// What it says.
    Unchanged,
    /// The name of a peer, and its port in the container.
    Peer {
        /// The peer.
        id: ServiceId,
        /// Its port, when it is known.
        port: Option<u16>,
    },
    /// The host, through its gateway.
    Gateway,
    /// Every address of the container.
    Everywhere,
}

/// What `reference` has to say when the services `leaving` leave; `on_host` are those on host networking before.
pub(crate) fn target(reference: &Reference, on_host: &BTreeSet<ServiceId>, leaving: &BTreeSet<ServiceId>) -> Target {
    if matches!(reference.field, Field::Label(_)) || reference.named == LocalHost::Lan && reference.owner != Owner::Bind {
        return Target::Unchanged;
    }
    let leaves = leaving.contains(&reference.from);
    let on_bridge = !on_host.contains(&reference.from);
    match &reference.owner {
        // Who stays on host networking reaches everybody where it did; who is on a bridge already loses who moves.
        Owner::Service { id, .. } if !(leaves || on_bridge && leaving.contains(id)) => Target::Unchanged,
        Owner::Service { id, .. } if on_host.contains(id) && !leaving.contains(id) => gateway(reference),
        Owner::Service { id, port } => Target::Peer { id: *id, port: *port },
        Owner::Host(_) if leaves => gateway(reference),
        // By the gateway it would come back through the mapping, which is on loopback.
        Owner::Itself if leaves && reference.named == LocalHost::HostGateway => Target::Peer { id: reference.from, port: None },
        Owner::Bind if leaves && reference.named != LocalHost::Unspecified => Target::Everywhere,
        _ => Target::Unchanged,
    }
}

/// An address that names the gateway already is right as it is.
fn gateway(reference: &Reference) -> Target {
    if reference.named == LocalHost::HostGateway { Target::Unchanged } else { Target::Gateway }
}
