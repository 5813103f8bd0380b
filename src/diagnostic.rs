//! Diagnostics: what the program says about a place.
//!
//! All of it is data: formats (`report/`) turn it into bytes. Messages are lower case, without a full stop, with the
//! offending text in backticks, and never hold the value of a variable beyond the address or port in question:
//! environment files are full of secrets.

use crate::source::Location;
use std::path::PathBuf;

/// Something that is looked for, by name.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case name, stable between releases.
    pub id: &'static str,
    /// One line: what it means.
    pub summary: &'static str,
    /// A page: why it matters and what to do.
    pub help: &'static str,
}

/// Defines rules as statics: `NAME, "id", "summary", "help";`.
macro_rules! rules {
    ($($name:ident, $id:literal, $summary:literal, $help:literal;)*) => {
        $(pub(crate) static $name: crate::diagnostic::Rule = crate::diagnostic::Rule { id: $id, summary: $summary, help: $help };)*
    };
}
pub(crate) use rules;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Why something was decided: evidence, a reason.
    Note,
    /// A change of behaviour, or something that was left and should be looked at.
    Warning,
    /// Something that could not be read, parsed, verified or written.
    Error,
}

/// A statement about a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// What is the matter.
    pub message: String,
    /// The place it is about.
    pub primary: Location,
    /// Further places, each with what is to be seen there.
    pub related: Vec<(Location, String)>,
}

impl Diagnostic {
    /// A diagnostic without related places.
    pub fn new(rule: &'static Rule, severity: Severity, message: impl Into<String>, primary: Location) -> Self {
        Self { rule, severity, message: message.into(), primary, related: Vec::new() }
    }
}

/// What became of a service on host networking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Its edits are among the changes.
    Migrated,
    /// Its edits are known, and held back because they can break something the files cannot settle.
    HeldBack,
    /// A fact is missing, usually the port.
    Asks,
    /// It stays on host networking, which is what it is for.
    Kept,
    /// Its edits are known, and could not be verified or written; an error says why.
    Failed,
}

/// What a run found out about one service on host networking.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceReport {
    /// Its name.
    pub service: String,
    /// The place that says `host`.
    pub at: Location,
    /// What became of it.
    pub outcome: Outcome,
    /// The ports it listens on, as Compose writes them: `3000/tcp`.
    pub ports: Vec<String>,
    /// Reasons and evidence, the main one first.
    pub because: Vec<Diagnostic>,
    /// What behaves differently after the edit.
    pub warnings: Vec<Diagnostic>,
}

/// A statement about a file or directory that has no text to point at: it could not be read, searched or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The file or directory.
    pub path: PathBuf,
    /// How much it weighs.
    pub severity: Severity,
    /// What is the matter, the path named in it.
    pub message: String,
}

impl FileProblem {
    /// An error about `path`.
    pub fn error(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), severity: Severity::Error, message: message.into() }
    }

    /// A warning about `path`.
    pub fn warning(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), severity: Severity::Warning, message: message.into() }
    }
}
