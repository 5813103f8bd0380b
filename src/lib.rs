//! Takes Docker Compose projects off `network_mode: host`.
//!
//! # Bird's-eye view
//!
//! Text flows one way through a row of pure functions. Files are read at the front and written at the back, and nowhere in
//! between. In the order in which text flows; a module uses only those above it:
//!
//! | module | what it holds |
//! |---|---|
//! | `source`, `edit` | files, spans of bytes, lines and columns; disjoint replacements of bytes |
//! | `port`, `settings` | ports and mappings; what the user states and wants |
//! | `yaml` | trees with spans, and edits of single nodes; knows nothing of Compose |
//! | `knowledge` | what is known of images, programs and names: the tables in `data/` |
//! | `formats` | env files, Dockerfiles, shell commands, variables |
//! | `files` | where texts come from: the disk or memory, read when somebody asks |
//! | `compose` | services, ports, environments, with the place that says each value |
//! | `diagnostic`, `options` | rules, findings, what became of a service; what the program was asked |
//! | `project` | which files belong together, and which projects can matter |
//! | `facts` | what the files say: launches, listeners, addresses, comments; no opinions |
//! | `rules` | one rule for each reason, and the proof that a migration is |
//! | `fix` | who leaves together, and the edits of the text |
//! | `verify` | the last gate |
//! | `check` | one project, through all of the above |
//! | `report` | formats |
//! | `engine`, `write` | asks the docker CLI; writes all files of a project or none |
//! | `cli`, `run` | the program |
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
//! let sources = compose_fix::Sources::default();
//! sources.add("compose.yaml", "services:\n  web:\n    image: example/web # ours\n    network_mode: host\n    expose: [3000]\n");
//! let report = compose_fix::check(&sources, &compose_fix::Settings::default());
//! let after = report.changes().into_values().next().ok_or("nothing changes")?;
//! assert!(after.starts_with("services:\n  web:\n    image: example/web # ours\n    ports:\n      - \"127.0.0.1:3000:3000\"\n"));
//! # Ok::<(), &str>(())
//! ```
//!
//! # Limitations
//!
//! Addresses inside of images, in files that are not mounted from the project, or set at run time are not seen. Variables
//! come from `.env` files and defaults, never from the process's environment. Swarm stacks are held back. Compose v1 files
//! and templates are reported and left alone.

mod check;
#[cfg(feature = "cli")]
mod cli;
mod compose;
mod diagnostic;
mod edit;
#[cfg(feature = "cli")]
mod engine;
mod facts;
mod files;
mod fix;
mod formats;
mod knowledge;
#[cfg(feature = "cli")]
mod options;
mod port;
mod project;
#[cfg(feature = "cli")]
mod report;
mod rules;
#[cfg(feature = "cli")]
mod run;
mod settings;
mod source;
mod verify;
#[cfg(feature = "cli")]
mod write;
mod yaml;

#[cfg(test)]
mod tests;

pub use check::{Report, check};
pub use port::{Port, Protocol};
#[cfg(feature = "cli")]
pub use run::main;
pub use settings::{Settings, StatedPorts};
pub use source::{FileId, Sources};
