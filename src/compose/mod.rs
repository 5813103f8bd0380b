//! The Compose specification as types: what the parts of a Compose file mean, without any rule about them.

pub mod address;
pub mod dockerfile;
pub mod env_file;
pub mod image;
pub mod interpolate;
pub mod port;
pub mod scheme;
pub mod shell;
