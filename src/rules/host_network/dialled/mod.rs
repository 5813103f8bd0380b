//! Do all who dial it still reach it?

pub(crate) mod advertised_address;
pub(crate) mod identity;
pub(crate) mod known_callers;
pub(crate) mod public_edge;
