//! What a run found out, put together from its projects.
//!
//! Only here do projects meet: one may be part of another, two may want the same file to be different, and a name that the user
//! says must be known to one of them.

use crate::compose::ServiceId;
use crate::diagnostic::{FileProblem, Finding, Outcome, ServiceReport, Severity};
use crate::files::FileSystem;
use crate::fix::Fix;
use crate::project::{self, Extent, Input};
use crate::rules::project::not_accepted;
use crate::settings::Settings;
use crate::source::{FileId, Location, SourceFile, Sources, Span};
use crate::verify::Verified;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What became of a seed.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// Which input it comes from.
    pub(crate) input: usize,
    /// The files of the project; none when it is no project, or cannot be read.
    pub(crate) extent: Option<Extent>,
    /// The files that cannot be read.
    pub(crate) problems: Vec<FileProblem>,
    /// What was found out, unless it cannot matter.
    pub(crate) report: Option<ProjectReport>,
}

/// All that a run found out.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The projects of which something is to be said, in the order in which they were found.
    pub projects: Vec<ProjectReport>,
    /// What is the matter with files and directories beyond their text.
    pub problems: Vec<FileProblem>,
    /// How many Compose files were looked at.
    pub files: usize,
}

/// All that a run found out about one project. Places and names in it are those of this project.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ProjectReport {
    /// The files that were read. Those that nothing in the report points at have no text any more.
    pub sources: Sources,
    /// The Compose files that it is started from; later ones override earlier ones.
    pub compose: Vec<FileId>,
    /// The services on host networking.
    pub services: Vec<ServiceReport>,
    /// What is the matter with its files, and with the mappings of running containers when an engine was asked.
    pub findings: Vec<Finding>,
    /// What changes, for each unit of services that leave together. None of it is made unless all of a unit is.
    pub fixes: Vec<Fix>,
    /// The names of all services.
    pub(crate) names: Vec<String>,
    /// The files that change.
    pub(crate) changes: Verified,
}

impl Report {
    /// Puts together what became of the projects that `inputs` stand for. `problems` are what could not be searched.
    pub(crate) fn new(
        system: &dyn FileSystem,
        inputs: &[Input],
        settings: &Settings,
        mut problems: Vec<FileProblem>,
        examined: Vec<Examined>,
    ) -> Self {
        let fruitful = |examined: &&Examined| examined.extent.is_some() || !examined.problems.is_empty();
        let fruitful: BTreeSet<usize> = examined.iter().filter(fruitful).map(|examined| examined.input).collect();
        let extents: Vec<&Extent> = examined.iter().filter_map(|examined| examined.extent.as_ref()).collect();
        let (files, mut parts) = (project::count_files(&extents), project::parts(&extents).into_iter());
        let mut projects = Vec::new();
        for examined in examined {
            problems.extend(examined.problems);
            let is_part = examined.extent.is_some() && parts.next() == Some(true);
            projects.extend(examined.report.filter(|_| !is_part));
        }
        problems.extend(project::fruitless(system, inputs, &fruitful));
        let mut report = Self { projects, problems, files };
        report.withhold_for_unknown_names(settings);
        report.withhold_contradictions();
        report
    }

    /// The files that change, by path, each with its whole new text.
    pub fn changes(&self) -> BTreeMap<&Path, &str> {
        let changes = self.projects.iter().flat_map(ProjectReport::changes);
        changes.map(|(before, after)| (before.path.as_path(), after)).collect()
    }

    /// How many services came to that outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.projects.iter().flat_map(|project| &project.services).filter(|service| service.outcome == outcome).count()
    }

    /// How many errors there are: whatever could not be read, parsed, verified or written.
    pub fn errors(&self) -> usize {
        let problems = self.problems.iter().map(|problem| problem.severity);
        let findings = self.projects.iter().flat_map(|project| &project.findings).map(|finding| finding.severity);
        problems.chain(findings).filter(|&severity| severity == Severity::Error).count()
    }

    /// A name that no project knows is mistyped: what it was to keep or to state would be done the wrong way.
    fn withhold_for_unknown_names(&mut self, settings: &Settings) {
        let is_known = |name: &str| self.projects.iter().any(|project| project.names.iter().any(|known| known == name));
        let unknown: Vec<_> = settings.named_services().filter(|(_, name)| !is_known(name)).collect();
        for (option, name) in &unknown {
            self.problems.push(FileProblem::error("", format!("`{option}` names `{name}`, and there is no such service")));
        }
        if !unknown.is_empty() {
            self.projects.iter_mut().for_each(ProjectReport::withhold);
        }
    }

    /// Two projects may share a file, and must then agree on its new text: otherwise the later one is withheld.
    fn withhold_contradictions(&mut self) {
        let mut settled: BTreeMap<PathBuf, String> = BTreeMap::new();
        for project in &mut self.projects {
            let changes: Vec<_> = project.changes().map(|(before, after)| (before.path.clone(), after.to_owned())).collect();
            let contradicted = changes.iter().find(|(path, after)| settled.get(path).is_some_and(|other| other != after));
            match contradicted {
                Some((path, _)) => {
                    let message = format!("another project changes `{}` in another way; name one project at a time", path.display());
                    self.problems.push(FileProblem::error(path, message));
                    project.withhold();
                }
                None => settled.extend(changes),
            }
        }
    }
}

impl ProjectReport {
    /// The files that change, each with its whole new text. That is what all fixes together come to.
    pub fn changes(&self) -> impl Iterator<Item = (&SourceFile, &str)> {
        self.changes.changes().map(|(file, after)| (self.sources.get(file), after))
    }

    /// The name of a service.
    pub fn name(&self, service: ServiceId) -> &str {
        &self.names[service.index()]
    }

    /// Takes the changes back, since Docker Compose does not accept them.
    pub(super) fn refuse(&mut self, said: &str) {
        let at = self.compose.first().map(|file| self.sources.get(*file).location(Span::at(0)));
        self.findings.extend(at.map(|at| not_accepted::finding(said, at)));
        self.withhold();
    }

    /// Takes the changes back, and says so of each service.
    pub(crate) fn withhold(&mut self) {
        (self.changes, self.fixes) = (Verified::default(), Vec::new());
        for service in &mut self.services {
            service.fixed_by(None);
            if service.outcome == Outcome::Migrated {
                service.outcome = Outcome::Failed;
            }
        }
    }

    /// Forgets all texts but those that the report points at.
    pub(super) fn slim(&mut self) {
        let findings = self.services.iter().flat_map(ServiceReport::findings).chain(&self.findings);
        let places = findings.flat_map(|said| said.related.iter().map(|(at, _)| *at).chain([said.at]));
        let places = places.chain(self.services.iter().map(|service| service.at)).map(|at: Location| at.file);
        let changed = self.changes.changes().map(|(file, _)| file);
        let named: BTreeSet<FileId> = places.chain(changed).chain(self.compose.iter().copied()).collect();
        self.sources = std::mem::take(&mut self.sources).only(&named);
    }
}
