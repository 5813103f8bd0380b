//! What is known of images, programs and names, apart from any project.
//!
//! The facts are tables in `data/`, one kind a file, whose heads explain the columns; here they are loaded, when they are first asked for, and
//! looked up by key. Functions have the names of the questions that they answer. Nothing here has an opinion on what follows from a fact.

pub(crate) mod config_files;
pub(crate) mod config_keys;
pub(crate) mod flags;
pub(crate) mod host_access;
pub(crate) mod hosts;
pub(crate) mod images;
pub(crate) mod labels;
mod patterns;
pub(crate) mod phrases;
pub(crate) mod presumptions;
pub(crate) mod programs;
pub(crate) mod protocols;
pub(crate) mod registries;
pub(crate) mod setting;
mod table;
pub(crate) mod variables;
pub(crate) mod words;

#[cfg(test)]
mod tests;
