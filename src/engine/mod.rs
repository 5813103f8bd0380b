//! Asks the Docker engine of this machine, by its command line.
//!
//! The CLI knows contexts, `DOCKER_HOST` and credentials; none of that is repeated here, and there is no daemon API code.
//! Only the engine of this machine is asked: sockets are read here, and another machine's would be taken for ours. An
//! engine that does not answer is a line for the person and stops nothing. What follows from the facts is decided in
//! `infer` and `audit`.

mod accept;
mod docker;
mod sockets;

use crate::facts::running::{Container, EngineFacts};
use crate::project::ProjectFiles;
use crate::verify::Verified;
use docker::{Compose, ContainerRecord};
use sockets::Sockets;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the engine said about the projects of a run.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    /// Its facts about each project, in the order of the projects; none when it was not asked or did not answer.
    pub(crate) facts: Vec<Option<EngineFacts>>,
    /// Why it could not be asked, or not about everything: a line each.
    pub(crate) problems: Vec<String>,
    compose: Option<Compose>,
}

/// Asks about `projects`, if that is wanted. Never fails: what cannot be found out is a problem of the answer.
pub(crate) fn ask(wanted: bool, projects: &[ProjectFiles]) -> Engine {
    let nothing = || projects.iter().map(|_| None).collect();
    if !wanted {
        return Engine { facts: nothing(), ..Engine::default() };
    }
    let compose = docker::compose();
    let mut problems: Vec<String> =
        compose.is_none().then(|| "there is no Docker Compose to check the result with".to_owned()).into_iter().collect();
    let facts = match facts(projects, compose.as_ref(), &mut problems) {
        Ok(facts) => facts.into_iter().map(Some).collect(),
        Err(problem) => {
            problems.push(format!("{problem}; going on without it"));
            nothing()
        }
    };
    Engine { facts, problems, compose }
}

impl Engine {
    /// Whether Docker Compose accepts the project with its changes, as far as it can be asked. What it did not accept
    /// before need not be accepted now.
    ///
    /// # Errors
    /// What it says against the result.
    pub(crate) fn accepts(&self, files: &ProjectFiles, changes: &Verified, env_file: Option<&Path>) -> Result<(), String> {
        match &self.compose {
            Some(compose) if changes.changes().next().is_some() => accept::accepts(compose, files, changes, env_file),
            _ => Ok(()),
        }
    }
}

fn facts(projects: &[ProjectFiles], compose: Option<&Compose>, problems: &mut Vec<String>) -> Result<Vec<EngineFacts>, String> {
    docker::is_local()?;
    let records = docker::containers()?;
    let images = docker::images()?;
    let by_name = Arc::new(docker::by_name(&images));
    let sockets = if records.iter().any(|record| record.on_host(&records)) { sockets::read(&records) } else { Ok(Sockets::default()) };
    let sockets = sockets.unwrap_or_else(|problem| {
        problems.push(format!("the sockets of running containers cannot be seen: {problem}"));
        Sockets::default()
    });
    let project = |files: &ProjectFiles| {
        let mine: Vec<&ContainerRecord> = records.iter().filter(|record| belongs_to(record, files)).collect();
        let hashes = compose.filter(|_| !mine.is_empty()).and_then(|compose| compose.hashes(files));
        let container = |record: &&ContainerRecord| {
            let on_host = record.on_host(&records);
            Container {
                service: record.service().to_owned(),
                on_host,
                // Without Compose there is nobody to tell, and most containers are what their files say.
                current: hashes.as_ref().is_none_or(|hashes| hashes.get(record.service()).map(String::as_str) == record.config_hash()),
                exposed: images.iter().find(|image| image.id == record.image).map(|image| image.exposed()).unwrap_or_default(),
                listeners: if on_host { sockets.of_container(&record.id) } else { sockets::of_namespace(record) },
            }
        };
        EngineFacts { images: Arc::clone(&by_name), containers: mine.iter().map(container).collect() }
    };
    Ok(projects.iter().map(project).collect())
}

/// Whether a container was started from the files of that project. Its labels list the files that were named, which do not
/// include those that they include.
fn belongs_to(record: &ContainerRecord, files: &ProjectFiles) -> bool {
    let real = |path: PathBuf| path.canonicalize().unwrap_or(path);
    let mine: Vec<PathBuf> = files.compose.iter().map(|id| real(files.sources.get(*id).path.clone())).collect();
    record.config_files().into_iter().any(|path| mine.contains(&real(path)))
}
