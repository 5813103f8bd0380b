//! Takes Docker Compose projects off `network_mode: host`.

pub mod compose;
pub mod decide;
pub mod diagnostic;
pub mod edit;
pub mod infer;
pub mod refer;
pub mod source;
pub mod yaml;
