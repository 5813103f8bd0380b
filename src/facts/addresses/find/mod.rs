//! Addresses of the host in the texts that a service reads, each with all that its surroundings say.
//!
//! What is found depends on the text alone and not on who reads it, so a text that several services read is searched
//! once. What an address is for, and whose it is, is told later.

pub(crate) mod commands;
mod files;
mod found;
mod searched;
mod text;

pub(super) use files::contents;
pub(crate) use found::{Around, Found, FoundPort};
pub(super) use searched::Searched;
pub(super) use text::in_text;
