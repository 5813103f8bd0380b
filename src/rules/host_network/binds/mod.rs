//! Does it listen beyond loopback and the host's own addresses?

pub(crate) mod ipv6;
pub(crate) mod loopback_bind;
pub(crate) mod open_listener;
