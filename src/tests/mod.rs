//! Tests that look at the inside of the program.

mod differential;
mod engine_facts;
mod judgement;
mod laws;
pub(crate) mod project;
mod reachability;
mod references;
mod yaml_edit;
mod yaml_properties;
mod yaml_suite;
