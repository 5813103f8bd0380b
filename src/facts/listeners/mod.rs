//! Which ports does a service listen on?
//!
//! A port is never a bare number here: it is a number with the place that says so and the sentence that a person reads.
//! Each source of evidence is a file of its own and a line in `sources`, which also settles what they say together.

mod command;
mod commented_out;
mod dockerfile;
mod engine;
mod environment;
mod evidence;
mod expose;
mod healthcheck;
mod image;
mod labels;
mod mounted_config;
mod ports;
mod sources;
mod stated;

pub(crate) use command::stays_on_loopback;
pub(crate) use commented_out::lists_ports;
pub(crate) use environment::{is_listener_host, is_own_listener};
pub(crate) use evidence::{Confidence, Evidence, Inference, InferredPort, Silence, SourceId};
pub(crate) use sources::infer_all;
