//! Takes Docker Compose projects off `network_mode: host`.
//!
//! # Bird's-eye view
//!
//! Text flows one way through a row of pure functions. Files are read at the front and written at the back, and nowhere
//! in between. A project's files are found and read ([`discover`]), parsed into trees that know their bytes ([`yaml`]) and
//! read as a Compose project ([`compose`]). Evidence is collected for the ports that each service listens on ([`infer`])
//! and for the addresses that it dials ([`refer`]). Rules turn evidence into verdicts ([`decide`]), verdicts become edits
//! of the text ([`plan`]), and the edited text is read again and held against what was announced ([`verify`]). Only a
//! [`verify::Verified`] text can be shown or written.
//!
//! # Map
//!
//! In the order in which text flows; a module uses only those above it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`source`] | files, spans of bytes, lines and columns |
//! | [`edit`] | disjoint replacements of bytes |
//! | [`diagnostic`] | rules, reasons, what became of a service |
//! | [`yaml`] | trees with spans, and edits of single nodes; knows nothing of Compose |
//! | [`compose`] | services, ports, environments, with the place that says each value |
//! | [`options`] | what the user asked for |
//! | [`infer`] | ports, each with its evidence |
//! | [`refer`] | addresses, each with its owner |
//! | [`decide`] | verdicts, one rule for each reason |
//! | [`plan`] | edits, and what they mean |
//! | [`verify`] | the last gate |
//! | [`audit`] | whether mappings and the listeners of running containers meet |
//! | [`mod@migrate`] | one project, through all of the above |
//! | [`report`] | diff and text for people |
//! | [`discover`] | which files belong together; reads |
//! | [`engine`] | asks the docker CLI about images and running containers |
//! | [`write`](mod@write) | all files of a project or none; writes |
//! | [`cli`], [`run`] | the program |
//!
//! # Invariants
//!
//! 1. The text at a scalar's span decodes to its value; spans nest.
//! 2. Without a finding every byte stays. Running twice is running once.
//! 3. What the edited text says differs from what the old one said exactly as announced.
//! 4. Every comment stays.
//! 5. Line endings, a missing last newline, text before and services beside an edit do not change the edit.
//! 6. No text makes the program panic or write invalid YAML.
//! 7. What Compose accepted before, it accepts afterwards.
//!
//! `verify` enforces 2 to 4 at run time; the tests hold all of them against every case and example.
//!
//! # Example
//!
//! ```
//! use compose_fix::compose::Input;
//! use compose_fix::migrate::migrate;
//! use compose_fix::options::Options;
//! use compose_fix::source::Sources;
//! use compose_fix::yaml;
//! use std::collections::BTreeMap;
//! use std::path::Path;
//!
//! let mut sources = Sources::default();
//! let file = sources.add(
//!     "compose.yaml",
//!     "\
//! services:
//!   web:
//!     image: example/web # ours
//!     network_mode: host
//!     expose:
//!       - 3000
//! ",
//! );
//! let streams = BTreeMap::from([(file, yaml::parse(sources.get(file))?)]);
//! let input = Input { directory: Path::new(""), compose: &[file], env: None, sources: &sources, missing: &[], read_only: &[], beside: None, streams: &streams };
//! let migration = migrate(input, None, &Options::default());
//! let (_, after) = migration.changes.changes().next().ok_or("nothing changes")?;
//! assert_eq!(
//!     after,
//!     "\
//! services:
//!   web:
//!     image: example/web # ours
//!     ports:
//!       - \"127.0.0.1:3000:3000\"
//!     networks:
//!       - app-net
//!     expose:
//!       - 3000
//! networks:
//!   app-net:
//!     driver: bridge
//! "
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limitations
//!
//! Addresses inside of images, in files that are not mounted from the project, or set at run time are not seen. Variables
//! come from `.env` files and defaults, never from the process's environment. Swarm stacks are held back. Compose v1 files
//! and templates are reported and left alone.

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
