//! Does it reach all that it dials?

pub(crate) mod config_file;
pub(crate) mod hidden_address;
mod host_alias;
pub(crate) mod host_process;
pub(crate) mod known_peers;
pub(crate) mod missing_file;
pub(crate) mod peer_stays;
pub(crate) mod proxy_exception;
pub(crate) mod stored_address;
pub(crate) mod unclear_address;
