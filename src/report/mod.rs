//! Reports: what a run found out, and the formats that turn it into bytes.
//!
//! A format reads the [`Report`] and nothing else: no file is opened and nothing is decided here, so that all formats
//! tell the same story.

pub(crate) mod diff;
pub(crate) mod page;
pub(crate) mod text;

use crate::diagnostic::{FileProblem, Finding, Outcome, ServiceReport, Severity};
use crate::source::Sources;
use crate::verify::Verified;

/// All that a run found out.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The projects, in the order in which they were found.
    pub(crate) projects: Vec<ProjectReport>,
    /// What is the matter with files and directories beyond their text.
    pub(crate) problems: Vec<FileProblem>,
    /// How many Compose files were looked at.
    pub(crate) files: usize,
}

/// All that a run found out about one project.
#[derive(Debug, Default)]
pub(crate) struct ProjectReport {
    /// The files that were read.
    pub(crate) sources: Sources,
    /// The names of all services.
    pub(crate) names: Vec<String>,
    /// The services on host networking.
    pub(crate) services: Vec<ServiceReport>,
    /// What is the matter with its files.
    pub(crate) diagnostics: Vec<Finding>,
    /// The files that change.
    pub(crate) changes: Verified,
}

impl Report {
    /// How many services came to that outcome.
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.projects.iter().flat_map(|project| &project.services).filter(|service| service.outcome == outcome).count()
    }

    /// How many errors there are: whatever could not be read, parsed, verified or written.
    pub(crate) fn errors(&self) -> usize {
        let problems = self.problems.iter().map(|problem| problem.severity);
        let diagnostics = self.projects.iter().flat_map(|project| &project.diagnostics).map(|diagnostic| diagnostic.severity);
        problems.chain(diagnostics).filter(|&severity| severity == Severity::Error).count()
    }

    /// Whether a file changes.
    pub(crate) fn has_changes(&self) -> bool {
        self.projects.iter().any(|project| project.changes.changes().next().is_some())
    }
}
