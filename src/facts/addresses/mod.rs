//! Who dials whom: the addresses of the host that services name, and whom each belongs to.
//!
//! Under host networking `localhost:5432` is a neighbour; after the migration it is nobody. Every such address is found
//! with its bytes (`find`), then told what it is for (`classify`), and then whose it is (`resolve`), in that order and each
//! once. What becomes of it is not decided here: that depends on which services leave together.

mod classify;
mod collect;
pub(crate) mod find;
mod lines;
pub(crate) mod mention;
mod names;
mod neighbours;
mod readers;
mod reference;
mod resolve;
mod target;

pub(crate) use collect::references;
pub(crate) use names::{names_host, names_service};
pub(crate) use reference::{Field, Owner, PortText, Reference};
pub(crate) use target::{Target, target};
