//! What the files say about each service, each fact with its place, and no opinion on what follows.
//!
//! The programs that it runs, the ports that it listens on, the addresses that it names, what its author says about it.

pub(crate) mod addresses;
pub(crate) mod candidates;
pub(crate) mod comments;
pub(crate) mod directives;
mod launches;
pub(crate) mod listeners;
pub(crate) mod no_listener;
mod puzzle;
pub(crate) mod running;
mod service_facts;

pub(crate) use launches::Launch;
pub(crate) use listeners::{
    Confidence, Evidence, Inference, InferredPort, SourceId, infer_all, is_listener_host, is_own_listener, lists_ports, stays_on_loopback,
};
pub(crate) use service_facts::{ServiceFacts, variable_name};
