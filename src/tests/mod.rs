//! Tests that take whole projects through the inside of the program, and what they and others have in common.

mod judgement;
mod laws;
pub(crate) mod project;
mod reachability;
mod running;
#[path = "../../tests/support/mod.rs"]
pub(crate) mod support;
pub(crate) mod verdict;
