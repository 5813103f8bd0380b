//! Projects for tests: read from disk or made up, loaded, migrated, and looked at with other texts in their files.

use crate::check::{Migration, migrate};
use crate::compose::{self, Input, Project, Rejection, RejectionKind};
use crate::diagnostic::{Finding, Outcome, ServiceReport};
use crate::facts::running::EngineFacts;
use crate::files::{Content, Disk, Memory};
use crate::project::{self, Opened, Prefilter, Seed};
use crate::settings::Settings;
use crate::source::{FileId, Sources};
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
    beside: Option<PathBuf>,
    roots: Vec<PathBuf>,
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
    pub(crate) findings: Vec<Finding>,
    /// A Compose file is not YAML.
    pub(crate) unreadable: bool,
    /// The files as they are afterwards.
    pub(crate) after: Texts,
}

impl Given {
    /// The projects that are found under a path: all below a folder, the one of a file.
    pub(crate) fn find(path: &Path) -> Vec<Self> {
        Self::found(project::Input::Path(path.to_owned()))
    }

    /// The project of these files, later ones over earlier ones.
    pub(crate) fn of_files(files: &[PathBuf]) -> Vec<Self> {
        Self::found(project::Input::Files(files.to_vec()))
    }

    fn found(input: project::Input) -> Vec<Self> {
        let (disk, inputs) = (Disk::default(), [input]);
        let (seeds, _) = project::survey(&disk, &inputs, None, &Prefilter::new(&Settings::default(), true));
        seeds.iter().filter_map(|seed| Self::opened(&disk, seed, project::roots(&disk, &inputs))).collect()
    }

    /// A project with all that a run reads of it.
    fn opened(disk: &Disk, seed: &Seed, roots: Vec<PathBuf>) -> Option<Self> {
        let sources = Sources::default();
        let content = Content::new(disk, &seed.directory, &sources);
        let Opened { compose, env, beside } = project::open(seed, &content, None).ok()?;
        let given = Self { directory: seed.directory.clone(), compose, env, beside, roots, ..Self::default() };
        let (project, rejections) = compose::load(given.input(&content));
        let further = project.streams.keys().filter(|file| !given.compose.contains(file));
        let parts = given.compose.iter().chain(further).copied().collect();
        migrate(&project, rejections, None, false, &Settings::default());
        let paths = sources.iter().map(|file| (file.id, file.path.clone())).collect();
        let texts = sources.iter().map(|file| (file.id, file.text.clone())).collect();
        Some(Self { parts, paths, texts, ..given.clone() })
    }

    /// A project of these files, of which the first is its Compose file; one without text is looked for and not there.
    pub(crate) fn made(files: &[(&str, &str)]) -> Self {
        let sources = Sources::default();
        let mut given = Self { directory: PathBuf::from("/p"), roots: vec![PathBuf::from("/p")], ..Self::default() };
        for (name, text) in files.iter().filter(|(_, text)| !text.is_empty()) {
            let path = given.directory.join(name);
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

    /// The path of one of its files.
    pub(crate) fn path(&self, id: FileId) -> &Path {
        &self.paths[&id]
    }

    /// Its name below `folder`: its Compose files.
    pub(crate) fn name(&self, folder: &Path) -> String {
        let below = |id: &FileId| self.paths[id].strip_prefix(folder).unwrap_or(&self.paths[id]).to_string_lossy().into_owned();
        self.compose.iter().map(below).collect::<Vec<_>>().join("+")
    }

    /// The text of the file with that name.
    #[track_caller]
    pub(crate) fn text(&self, texts: &Texts, name: &str) -> String {
        let id = self.paths.iter().find(|(_, path)| path.ends_with(name)).map(|(id, _)| id).unwrap();
        texts[id].clone()
    }

    /// Looks at the project as it is loaded, with what Compose would stop at; `None` if a Compose file is not YAML.
    pub(crate) fn load<T>(&self, look: impl FnOnce(&Project<'_>, &[Rejection]) -> T) -> Option<T> {
        self.loaded(|project, rejections| (!rejections.iter().any(is_syntax)).then(|| look(project, &rejections)))
    }

    fn loaded<T>(&self, look: impl FnOnce(&Project<'_>, Vec<Rejection>) -> T) -> T {
        let sources = Sources::default();
        for (id, text) in &self.texts {
            assert_eq!(sources.add(&self.paths[id], text.as_str()), *id, "files are numbered in order");
        }
        let memory = Memory::new(&sources);
        let content = Content::new(&memory, &self.directory, &sources);
        let (project, rejections) = compose::load(self.input(&content));
        look(&project, rejections)
    }

    /// Migrates the project in memory.
    pub(crate) fn run(&self, settings: &Settings) -> Run {
        self.run_beside(None, false, settings)
    }

    /// The same with what an engine knows; `audit` compares its containers with the files.
    pub(crate) fn run_beside(&self, engine: Option<&EngineFacts>, audit: bool, settings: &Settings) -> Run {
        let (unreadable, migration) =
            self.loaded(|project, rejections| (rejections.iter().any(is_syntax), migrate(project, rejections, engine, audit, settings)));
        let Migration { services, findings, changes, .. } = migration;
        let mut after = self.texts.clone();
        after.extend(changes.changes().map(|(id, text)| (id, text.to_owned())));
        Run { services, findings, unreadable, after }
    }

    fn input<'a>(&'a self, content: &'a Content<'a>) -> Input<'a> {
        let (directory, compose, beside) = (&self.directory, &self.compose, self.beside.as_deref());
        Input { directory, compose, env: self.env, beside, content, roots: &self.roots }
    }
}

fn is_syntax(rejection: &Rejection) -> bool {
    matches!(rejection.kind, RejectionKind::Syntax { .. })
}

impl Run {
    /// Nothing was found: neither a service on host networking nor anything wrong with the files.
    pub(crate) fn is_quiet(&self) -> bool {
        self.services.is_empty() && self.findings.is_empty() && !self.unreadable
    }

    /// What became of each service: its name, the outcome, the ports.
    pub(crate) fn verdicts(&self) -> Vec<(String, Outcome, Vec<String>)> {
        self.services
            .iter()
            .map(|report| (report.name.clone(), report.outcome, report.ports.iter().map(ToString::to_string).collect()))
            .collect()
    }
}
