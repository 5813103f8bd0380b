//! Reports: what a run found out, and the formats that turn it into bytes.
//!
//! A format reads the [`Report`] and nothing else: no file is opened and nothing is decided here, so that all formats
//! tell the same story.

pub mod diff;
pub mod page;
pub mod text;

use crate::diagnostic::{Diagnostic, FileProblem, Outcome, ServiceReport, Severity};
use crate::source::Sources;
use crate::verify::Verified;

/// All that a run found out.
#[derive(Debug, Default)]
pub struct Report {
    /// The projects, in the order in which they were found.
    pub projects: Vec<ProjectReport>,
    /// What is the matter with files and directories beyond their text.
    pub problems: Vec<FileProblem>,
    /// How many Compose files were looked at.
    pub files: usize,
}

/// All that a run found out about one project.
#[derive(Debug, Default)]
pub struct ProjectReport {
    /// The files that were read.
    pub sources: Sources,
    /// The names of all services.
    pub names: Vec<String>,
    /// The services on host networking.
    pub services: Vec<ServiceReport>,
    /// What is the matter with its files.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that change.
    pub changes: Verified,
}

impl Report {
    /// How many services came to that outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.projects.iter().flat_map(|project| &project.services).filter(|service| service.outcome == outcome).count()
    }

    /// How many errors there are: whatever could not be read, parsed, verified or written.
    pub fn errors(&self) -> usize {
        let problems = self.problems.iter().map(|problem| problem.severity);
        let diagnostics = self.projects.iter().flat_map(|project| &project.diagnostics).map(|diagnostic| diagnostic.severity);
        problems.chain(diagnostics).filter(|&severity| severity == Severity::Error).count()
    }

    /// Whether a file changes.
    pub fn has_changes(&self) -> bool {
        self.projects.iter().any(|project| project.changes.changes().next().is_some())
    }
}
