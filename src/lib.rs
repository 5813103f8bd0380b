//! Takes Docker Compose projects off `network_mode: host`.

pub mod compose;
pub mod edit;
pub mod source;
pub mod yaml;
