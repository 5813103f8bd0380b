//! Addresses after the migration: peers by name, the host by its gateway.

use super::draft::{Draft, Refused, refusal};
use super::request::Request;
use crate::compose::{ServiceId, namespace};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::{Owner, PortText, Reference, Target, target};
use crate::formats::mapped::Place;

/// Whether a service needs a name for the host once it has left: for itself, or for one that shares its network.
pub(super) fn needs_gateway(request: &Request<'_>, index: ServiceId) -> bool {
    let own = request.references.iter().filter(|reference| namespace(request.project, reference.from) == index);
    own.into_iter().any(|reference| match target_of(request, reference) {
        Target::Gateway => true,
        _ => dials_gateway_by_name(request, reference),
    })
}

/// The leaving service because of which a reference changes, if it does: the one that dials, or, where that is on a bridge,
/// the one that it dials.
pub(super) fn concerns(request: &Request<'_>, reference: &Reference) -> Option<ServiceId> {
    if target_of(request, reference) == Target::Unchanged {
        return None;
    }
    let owner = if let Owner::Service { id, .. } = reference.owner { Some(id) } else { None };
    [Some(reference.from), owner].into_iter().flatten().find(|id| request.leaves(*id))
}

/// Rewrites a reference, if it has to change.
pub(super) fn rewrite(draft: &mut Draft<'_>, reference: &Reference) -> Result<(), Refused> {
    match target_of(&draft.request, reference) {
        Target::Unchanged => Ok(()),
        Target::Everywhere => draft.replace(host(reference)?, "0.0.0.0"),
        Target::Gateway => draft.replace(host(reference)?, "host.docker.internal"),
        Target::Peer { id, port } => {
            let name = draft.request.name(namespace(draft.request.project, id)).to_owned();
            let on_host = draft.request.cases.contains_key(&id);
            peer(draft, reference, &name, port, on_host)
        }
    }
}

fn target_of(request: &Request<'_>, reference: &Reference) -> Target {
    target(reference, &request.cases.keys().copied().collect(), &request.selection.leaving)
}

/// `host.docker.internal` itself, which a service on a bridge knows only when it is told.
fn dials_gateway_by_name(request: &Request<'_>, reference: &Reference) -> bool {
    let by_name = reference.named == LocalHost::HostGateway && reference.written.ends_with("internal");
    let stays = match reference.owner {
        Owner::Host(_) => true,
        Owner::Service { id, .. } => request.stays_on_host(id),
        _ => false,
    };
    by_name && stays && request.leaves(reference.from)
}

/// The host becomes the peer's name. The port changes where the container's is another one, and where it is the variable
/// of a published port, which may become another one.
fn peer(draft: &mut Draft<'_>, reference: &Reference, name: &str, port: Option<u16>, on_host: bool) -> Result<(), Refused> {
    let published = matches!(reference.port, PortText::At(slot) if slot.variable) && !on_host;
    let moved = port.filter(|port| published || reference.number.is_some_and(|number| number != *port));
    let host = host(reference)?;
    match (reference.port, moved) {
        (_, None) => draft.replace(host, name),
        (PortText::At(written), Some(port)) => {
            draft.replace(host, name)?;
            draft.replace(written.place, &port.to_string())
        }
        (PortText::Unwritten, Some(port)) => draft.replace(host, &format!("{name}:{port}")),
        (PortText::Elsewhere, Some(_)) => Err(refusal(reference.at, "its port is put together from several texts")),
    }
}

/// Where the host is written.
fn host(reference: &Reference) -> Result<Place, Refused> {
    reference.host.ok_or_else(|| refusal(reference.at, "the address is put together from several texts"))
}
