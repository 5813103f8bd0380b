//! Texts that are not YAML: env files, Dockerfiles, shell commands, and the variables in all of them.
//!
//! Each reader turns a text into values that know their bytes. What the values mean to a project is decided elsewhere.

pub(crate) mod dockerfile;
pub(crate) mod env_file;
pub(crate) mod interpolation;
pub(crate) mod mapped;
pub(crate) mod shell;
