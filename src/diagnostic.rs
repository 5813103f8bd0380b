//! Diagnostics: what the program says about a place.
//!
//! All of it is data: formats (`report/`) turn it into bytes. Messages are lower case, without a full stop, with the
//! offending text in backticks, and never hold the value of a variable beyond the address or port in question:
//! environment files are full of secrets.

use crate::source::Location;
use std::path::PathBuf;

/// Something that is looked for, by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Kebab-case name, stable between releases.
    pub(crate) id: &'static str,
    /// One line: what it means.
    pub(crate) summary: &'static str,
    /// A page: why it matters and what to do.
    pub(crate) help: &'static str,
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
pub(crate) enum Severity {
    /// Why something was decided: evidence, a reason.
    Note,
    /// A change of behaviour, or something that was left and should be looked at.
    Warning,
    /// Something that could not be read, parsed, verified or written.
    Error,
}

/// A statement about a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Diagnostic {
    /// The rule that found it.
    pub(crate) rule: &'static Rule,
    /// How much it weighs.
    pub(crate) severity: Severity,
    /// What is the matter.
    pub(crate) message: String,
    /// The place it is about.
    pub(crate) primary: Location,
    /// Further places, each with what is to be seen there.
    pub(crate) related: Vec<(Location, String)>,
}

impl Diagnostic {
    /// A diagnostic without related places.
    pub(crate) fn new(rule: &'static Rule, severity: Severity, message: impl Into<String>, primary: Location) -> Self {
        Self { rule, severity, message: message.into(), primary, related: Vec::new() }
    }
}

/// What became of a service on host networking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
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
pub(crate) struct ServiceReport {
    /// Its name.
    pub(crate) service: String,
    /// The place that says `host`.
    pub(crate) at: Location,
    /// What became of it.
    pub(crate) outcome: Outcome,
    /// The ports it listens on, as Compose writes them: `3000/tcp`.
    pub(crate) ports: Vec<String>,
    /// Reasons and evidence, the main one first.
    pub(crate) because: Vec<Diagnostic>,
    /// What behaves differently after the edit.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// A statement about a file or directory that has no text to point at: it could not be read, searched or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileProblem {
    /// The file or directory.
    pub(crate) path: PathBuf,
    /// How much it weighs.
    pub(crate) severity: Severity,
    /// What is the matter, the path named in it.
    pub(crate) message: String,
}

impl FileProblem {
    /// An error about `path`.
    pub(crate) fn error(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), severity: Severity::Error, message: message.into() }
    }

    /// A warning about `path`.
    pub(crate) fn warning(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), severity: Severity::Warning, message: message.into() }
    }
}
