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
//! | `diagnostic` | rules, findings, proofs; what became of a service |
//! | `project` | which files belong together, and which projects can matter |
//! | `facts` | what the files say: launches, listeners, addresses, comments; no opinions |
//! | `rules` | one rule for each reason, and the proof that a migration is |
//! | `fix` | who leaves together, and the edits of the text |
//! | `verify` | the last gate |
//! | `check` | one project, through all of the above |
//! | `options` | what the program was asked |
//! | `report` | formats: one file each |
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
//! 8. Afterwards a project publishes no port on an address of the host that was not asked for, unless it did so before.
//!
//! `verify` holds 2 to 4, 7 and 8 at run time, as far as the program's own model of Compose goes: an edit that breaks one is
//! taken back. The tests hold all of them against every case and example.
//!
//! # Examples
//!
//! [`check`] takes texts and tells which of them change:
//!
//! ```
//! let sources = compose_fix::Sources::default();
//! sources.add("compose.yaml", "services:\n  cache:\n    image: redis # ours\n    network_mode: host\n    restart: always\n");
//! let report = compose_fix::check(&sources, &compose_fix::Settings::default());
//! let after = report.changes().into_values().next().ok_or("nothing changes")?;
//! assert!(after.starts_with("services:\n  cache:\n    image: redis # ours\n    ports:\n      - \"127.0.0.1:6379:6379\"\n"));
//! # Ok::<(), &str>(())
//! ```
//!
//! What speaks for each migration and against it is in the [`Report`] too: of every service the six [`Obligation`]s, how they
//! stand, and the [`Finding`]s that put them there, each with its [`Rule`] and its place.
//!
//! ```
//! use compose_fix::{Obligation, Outcome, Settings, Sources, Verdict, check};
//!
//! let sources = Sources::default();
//! sources.add("compose.yaml", "services:\n  cache:\n    image: redis\n    network_mode: host\n    privileged: true\n");
//! let report = check(&sources, &Settings::default());
//! let project = &report.projects[0];
//! let service = &project.services[0];
//! assert_eq!((service.outcome, service.proof.verdict()), (Outcome::HeldBack, Verdict::Review));
//!
//! let mut lines = Vec::new();
//! for obligation in Obligation::ALL {
//!     for finding in service.proof.status(obligation).findings() {
//!         let file = project.sources.get(finding.at.file);
//!         let line = file.line_column(finding.at.span.start).line;
//!         lines.push(format!("{}:{line}: {}: {}", file.path.display(), obligation.name(), finding.message));
//!     }
//! }
//! assert_eq!(lines[0], "compose.yaml:3: listens: image `redis` listens on 6379/tcp by default");
//! assert_eq!(lines[4], "compose.yaml:5: purpose: `privileged: true`");
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

pub use check::{ProjectReport, Report, check};
pub use compose::ServiceId;
pub use diagnostic::{
    Family, FileProblem, Finding, FixId, Ground, Obligation, Outcome, Proof, Rule, ServiceReport, Severity, Status, Verdict,
};
pub use edit::{Edit, EditSet};
pub use fix::{Applicability, Fix};
pub use port::{Port, Protocol};
pub use rules::RULES;
#[cfg(feature = "cli")]
pub use run::main;
pub use settings::{Settings, StatedPorts};
pub use source::{FileId, LineColumn, Location, SourceFile, Sources, Span};
