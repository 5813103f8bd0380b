//! Can the text be edited, and do all files and services of the project agree with it?

pub(crate) mod overlay;
pub(crate) mod port_conflict;
pub(crate) mod refused_edit;
pub(crate) mod shared_value;
pub(crate) mod swarm;
