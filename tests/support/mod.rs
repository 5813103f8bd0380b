//! What tests have in common: files and folders, the small projects, runs of the program, the real Compose.
//!
//! Every test program takes this in as a module and uses its part of it; the tests inside the crate take the same files.

#![allow(dead_code, reason = "each test program uses a part")]

pub(crate) mod compose;
pub(crate) mod diff;
pub(crate) mod files;
pub(crate) mod program;
pub(crate) mod projects;
