//! What does it listen on, all of it?

pub(crate) mod contradicted_port;
pub(crate) mod evidence;
pub(crate) mod further_listener;
pub(crate) mod no_port;
pub(crate) mod unknown_variable;
pub(crate) mod weak_port;
