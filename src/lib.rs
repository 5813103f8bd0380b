//! Takes Docker Compose projects off `network_mode: host`.

pub mod audit;
pub mod cli;
pub mod compose;
pub mod decide;
pub mod diagnostic;
pub mod discover;
pub mod edit;
pub mod engine;
pub mod infer;
pub mod migrate;
pub mod options;
pub mod plan;
pub mod refer;
pub mod report;
pub mod run;
pub mod source;
pub mod verify;
pub mod write;
pub mod yaml;
