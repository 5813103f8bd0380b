//! Diagnostics: what the program says about a place, and the edits that would mend it.
//!
//! A [`Report`] is all that a run found out. It is data: formats (`report/`) turn it into bytes, and `write` takes the
//! verified texts from it. Messages are lower case, without a full stop, with the offending text in backticks, and never
//! hold the value of a variable beyond the address or port in question: environment files are full of secrets.

use crate::edit::EditSet;
use crate::source::{FileId, Location};
use std::collections::BTreeMap;

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

/// When a fix may be applied without asking; in order, so that `fix.applicability >= required` reads right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Never: it is shown only.
    DisplayOnly,
    /// With `--unsafe`: the edit is known, a consequence is not.
    Unsafe,
    /// By default: what worked goes on working.
    Safe,
}

/// Edits that belong together: all are made, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a line.
    pub title: String,
    /// When it may be applied.
    pub applicability: Applicability,
    /// The edits, by file.
    pub edits: BTreeMap<FileId, EditSet>,
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
