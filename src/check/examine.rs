//! One project, from the files that it is started from to what a report needs of it.
//!
//! Projects know nothing of each other here, so that they can be looked at side by side. What they share stands in [`Shared`].

use super::migrate::{Migration, migrate};
use super::result::{Examined, ProjectReport};
use crate::compose::{self, Input, Project};
use crate::facts::running::EngineFacts;
use crate::files::{Content, FileSystem};
use crate::project::{self, Extent, First, Prefilter, Seed};
use crate::settings::Settings;
use crate::source::{FileId, Sources};
use crate::verify::Verified;
use std::path::{Path, PathBuf};

/// What all projects of a run share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared<'a> {
    /// Where files come from.
    pub(crate) system: &'a dyn FileSystem,
    /// The paths at or below which files may be written.
    pub(crate) roots: &'a [PathBuf],
    /// Read instead of the `.env` of each project.
    pub(crate) env_file: Option<&'a Path>,
    /// Tells which projects can matter.
    pub(crate) prefilter: &'a Prefilter,
    /// What the user states and wants.
    pub(crate) settings: &'a Settings,
    /// Whether mappings are held against the listeners of running containers.
    pub(crate) audit: bool,
}

/// Who can say more about a project than its files do.
pub(crate) trait Engine {
    /// What is known about its containers and images.
    fn facts(&self, seed: &Seed) -> Option<EngineFacts>;

    /// What speaks against its files with these changes made, `env_file` read instead of its `.env`.
    fn objection(&self, seed: &Seed, sources: &Sources, changes: &Verified, env_file: Option<&Path>) -> Option<String>;
}

/// Nobody who could.
#[derive(Debug)]
pub(crate) struct NoEngine;

impl Engine for NoEngine {
    fn facts(&self, _: &Seed) -> Option<EngineFacts> {
        None
    }

    fn objection(&self, _: &Seed, _: &Sources, _: &Verified, _: Option<&Path>) -> Option<String> {
        None
    }
}

/// Takes one project from its files to its report.
pub(crate) fn examine(seed: &Seed, shared: Shared<'_>, engine: &dyn Engine) -> Examined {
    let examined = match seed.at_first_sight(shared.system, shared.prefilter) {
        First::Nothing => Examined::default(),
        First::Unreadable(problems) => Examined { problems, ..Examined::default() },
        First::Done(extent) => Examined { extent: Some(extent), ..Examined::default() },
        First::Open => open(seed, shared, engine),
    };
    Examined { input: seed.input, ..examined }
}

fn open(seed: &Seed, shared: Shared<'_>, engine: &dyn Engine) -> Examined {
    let sources = Sources::default();
    let content = Content::new(shared.system, &seed.directory, &sources);
    let opened = match project::open(seed, &content, shared.env_file) {
        Ok(opened) => opened,
        Err(problems) => return Examined { problems, ..Examined::default() },
    };
    let input = Input {
        directory: &seed.directory,
        compose: &opened.compose,
        env: opened.env,
        beside: opened.beside.as_deref(),
        content: &content,
        roots: shared.roots,
    };
    let (project, rejections) = compose::load(input);
    let is_compose = |file: &FileId| project::names_services(sources.get(*file), project.stream(*file));
    if !seed.is_certain() && !opened.compose.iter().any(is_compose) {
        return Examined::default();
    }
    let real = |file: &FileId| shared.system.real(&sources.get(*file).path);
    let extent =
        Extent { starts: opened.compose.iter().map(real).collect(), covers: parts(&project, &opened.compose).iter().map(real).collect() };
    let Migration { names, services, findings, fixes, changes } =
        migrate(&project, rejections, engine.facts(seed).as_ref(), shared.audit, shared.settings);
    let mut report = ProjectReport { sources, compose: opened.compose, names, services, findings, fixes, changes };
    if let Some(said) = engine.objection(seed, &report.sources, &report.changes, shared.env_file) {
        report.refuse(&said);
    }
    report.slim();
    Examined { extent: Some(extent), report: Some(report), ..Examined::default() }
}

/// The Compose files of a project, also those that cannot be parsed.
fn parts(project: &Project<'_>, starts: &[FileId]) -> Vec<FileId> {
    let further = project.streams.keys().filter(|file| !starts.contains(file));
    starts.iter().chain(further).copied().collect()
}
