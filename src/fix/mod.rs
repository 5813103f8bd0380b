//! From verdicts to edits: what has to change, in which file, for the chosen services to leave host networking together.
//!
//! A project is planned as a whole, because an address in one service is right only for a certain set of services that
//! leave. What comes out are fixes, one for each unit of services whose edits stand or fall together. A fix says what it
//! means to change ([`Expected`]), and `verify` holds the result against that. Nothing here reads the disk, and nothing is
//! decided: an edit that the text does not allow is refused, and whoever asked chooses again without that service.

mod addresses;
mod draft;
pub(crate) mod expected;
mod extended;
mod host_site;
mod merge_key;
mod networks;
mod overlay;
mod plan;
mod ports;
mod request;
mod selection;
mod units;

pub(crate) use host_site::GATEWAY;
pub(crate) use plan::Plan;
pub use plan::{Applicability, Fix};
pub(crate) use request::Request;
pub(crate) use selection::{Selection, leaving};

/// Plans the migration of the selected services.
pub(crate) fn plan(request: Request<'_>) -> Plan {
    let networks = networks::join(&request);
    let mut draft = draft::Draft::new(request, units::partition(&request, &networks));
    for id in &request.selection.leaving {
        let gateway = request.in_network_of(*id).any(|member| addresses::needs_gateway(&request, member));
        draft.edit_for(*id, |draft| host_site::leave(draft, *id, &networks, gateway));
    }
    for reference in request.references {
        if let Some(id) = addresses::concerns(&request, reference) {
            draft.edit_for(id, |draft| addresses::rewrite(draft, reference));
        }
    }
    for id in networks.of_new() {
        draft.edit_for(id, |draft| networks::declare(draft, id, &networks));
    }
    draft.finish()
}
