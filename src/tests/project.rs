//! Projects for tests: read from disk or made up, loaded, migrated, and looked at with other texts in their files.

use crate::check::{Migration, migrate};
use crate::compose::{self, Input, Project, Rejection};
use crate::diagnostic::{Finding, Outcome, ServiceReport};
use crate::facts::running::EngineFacts;
use crate::options::{self, Options};
use crate::project;
use crate::settings::Settings;
use crate::source::{FileId, Sources};
use crate::yaml;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The text of every file of a project.
pub(crate) type Texts = BTreeMap<FileId, String>;

/// A project: its files, and which of them are what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    directory: PathBuf,
    /// The Compose files it is started from.
    pub(crate) compose: Vec<FileId>,
    /// Those, and what they include and extend.
    pub(crate) parts: Vec<FileId>,
    env: Option<FileId>,
    missing: Vec<PathBuf>,
    beside: Option<PathBuf>,
    read_only: Vec<FileId>,
    paths: BTreeMap<FileId, PathBuf>,
    /// What is in its files.
    pub(crate) texts: Texts,
}

/// What came of a project.
#[derive(Debug)]
pub(crate) struct Run {
    /// The services on host networking.
    pub(crate) services: Vec<ServiceReport>,
    /// What is the matter with the files.
    pub(crate) diagnostics: Vec<Finding>,
    /// A Compose file is not YAML.
    pub(crate) unreadable: bool,
    /// The files as they are afterwards.
    pub(crate) after: Texts,
}

impl Given {
    /// The projects that are found under a path: all below a folder, the one of a file.
    pub(crate) fn find(path: &Path) -> Vec<Self> {
        Self::found(options::Input::Path(path.to_owned()))
    }

    /// The project of these files, later ones over earlier ones.
    pub(crate) fn of_files(files: &[PathBuf]) -> Vec<Self> {
        Self::found(options::Input::Files(files.to_vec()))
    }

    fn found(input: options::Input) -> Vec<Self> {
        let found = project::discover(&Options { inputs: vec![input], ..Options::default() });
        let given = |files: project::ProjectFiles| Self {
            read_only: files.sources.iter().filter(|file| !files.may_write(&file.path)).map(|file| file.id).collect(),
            paths: files.sources.iter().map(|file| (file.id, file.path.clone())).collect(),
            texts: files.sources.iter().map(|file| (file.id, file.text.clone())).collect(),
            directory: files.directory,
            compose: files.compose,
            parts: files.parts,
            env: files.env,
            missing: files.missing,
            beside: files.beside,
        };
        found.projects.into_iter().map(given).collect()
    }

    /// A project of these files, of which the first is its Compose file; one without text is looked for and not there.
    pub(crate) fn made(files: &[(&str, &str)]) -> Self {
        let mut sources = Sources::default();
        let mut given = Self { directory: PathBuf::from("/p"), ..Self::default() };
        for (name, text) in files {
            let path = given.directory.join(name);
            if text.is_empty() {
                given.missing.push(path);
                continue;
            }
            let id = sources.add(&path, *text);
            given.paths.insert(id, path);
            given.texts.insert(id, (*text).to_owned());
            if *name == ".env" {
                given.env = Some(id);
            }
        }
        given.compose = given.paths.keys().next().copied().into_iter().collect();
        given.parts.clone_from(&given.compose);
        given
    }

    /// The same project with other texts in its files.
    pub(crate) fn with(&self, texts: Texts) -> Self {
        Self { texts, ..self.clone() }
    }

    /// The same project with its Compose files changed.
    pub(crate) fn with_compose(&self, change: impl Fn(&str) -> String) -> Self {
        let changed = |(id, text): (&FileId, &String)| (*id, if self.parts.contains(id) { change(text) } else { text.clone() });
        self.with(self.texts.iter().map(changed).collect())
    }

    /// The text of the Compose file that it is made of, if there is only one.
    pub(crate) fn only_text(&self) -> Option<&str> {
        if let [id] = self.parts.as_slice() { Some(&self.texts[id]) } else { None }
    }

    /// The text of the file with that name.
    #[track_caller]
    pub(crate) fn text(&self, texts: &Texts, name: &str) -> String {
        let id = self.paths.iter().find(|(_, path)| path.ends_with(name)).map(|(id, _)| id).unwrap();
        texts[id].clone()
    }

    /// Looks at the project as it is loaded, with what Compose would stop at; `None` if a Compose file is not YAML.
    pub(crate) fn load<T>(&self, look: impl FnOnce(&Project<'_>, &[Rejection]) -> T) -> Option<T> {
        self.input(|input| {
            let (project, rejections) = compose::load(input);
            look(&project, &rejections)
        })
    }

    /// Migrates the project in memory.
    pub(crate) fn run(&self, settings: &Settings) -> Run {
        self.run_beside(None, false, settings)
    }

    /// The same with what an engine knows; `audit` compares its containers with the files.
    pub(crate) fn run_beside(&self, engine: Option<&EngineFacts>, audit: bool, settings: &Settings) -> Run {
        let migration = self.input(|input| migrate(input, engine, audit, settings));
        let unreadable = migration.is_none();
        let Migration { services, diagnostics, changes, .. } = migration.unwrap_or_default();
        let mut after = self.texts.clone();
        after.extend(changes.changes().map(|(id, text)| (id, text.to_owned())));
        Run { services, diagnostics, unreadable, after }
    }

    fn input<T>(&self, look: impl FnOnce(Input<'_>) -> T) -> Option<T> {
        let mut sources = Sources::default();
        for (id, text) in &self.texts {
            assert_eq!(sources.add(&self.paths[id], text.as_str()), *id, "files are numbered in order");
        }
        let parse = |id: &FileId| Some((*id, yaml::parse_leniently(sources.get(*id)).ok()?));
        let streams: BTreeMap<_, _> = self.parts.iter().map(parse).collect::<Option<_>>()?;
        Some(look(Input {
            directory: &self.directory,
            compose: &self.compose,
            env: self.env,
            sources: &sources,
            missing: &self.missing,
            beside: self.beside.as_deref(),
            read_only: &self.read_only,
            streams: &streams,
        }))
    }
}

impl Run {
    /// Nothing was found: neither a service on host networking nor anything wrong with the files.
    pub(crate) fn is_quiet(&self) -> bool {
        self.services.is_empty() && self.diagnostics.is_empty() && !self.unreadable
    }

    /// What became of each service: its name, the outcome, the ports.
    pub(crate) fn verdicts(&self) -> Vec<(String, Outcome, Vec<String>)> {
        self.services.iter().map(|report| (report.service.clone(), report.outcome, report.ports.clone())).collect()
    }
}
