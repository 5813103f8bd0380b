//! Asks the Docker engine of this machine, by its command line.
//!
//! The CLI knows contexts, `DOCKER_HOST` and credentials; none of that is repeated here, and there is no daemon API code.
//! Only the engine of this machine is asked: sockets are read here, and another machine's would be taken for ours. An
//! engine that does not answer is a line for the person and stops nothing. What follows from the facts is said in
//! `facts` and `rules`.

mod accept;
mod docker;
mod sockets;

use crate::check;
use crate::facts::running::{Container, EngineFacts};
use crate::port::Port;
use crate::project::Seed;
use crate::source::Sources;
use crate::verify::Verified;
use docker::{Compose, ContainerRecord, ImageRecord};
use sockets::Sockets;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the engine said.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    /// Why it could not be asked, or not about everything: a line each.
    pub(crate) problems: Vec<String>,
    /// What it knows, if it was asked and answered.
    known: Option<Known>,
    compose: Option<Compose>,
}

/// What an engine knows, whatever the project.
#[derive(Debug)]
struct Known {
    containers: Vec<ContainerRecord>,
    images: Vec<ImageRecord>,
    by_name: Arc<BTreeMap<String, Vec<Port>>>,
    sockets: Sockets,
}

/// Asks the engine, if that is wanted. Never fails: what cannot be found out is a problem of the answer.
pub(crate) fn ask(wanted: bool) -> Engine {
    if !wanted {
        return Engine::default();
    }
    let compose = docker::compose();
    let mut problems: Vec<String> =
        compose.is_none().then(|| "there is no Docker Compose to check the result with".to_owned()).into_iter().collect();
    let known = known(&mut problems).map_err(|problem| problems.push(format!("{problem}; going on without it"))).ok();
    Engine { problems, known, compose }
}

impl check::Engine for Engine {
    /// What it knows about a project; nothing when it was not asked or did not answer.
    fn facts(&self, seed: &Seed) -> Option<EngineFacts> {
        let known = self.known.as_ref()?;
        let mine: Vec<&ContainerRecord> = known.containers.iter().filter(|record| belongs_to(record, seed)).collect();
        let hashes = self.compose.as_ref().filter(|_| !mine.is_empty()).and_then(|compose| compose.hashes(seed));
        let container = |record: &&ContainerRecord| {
            let on_host = record.on_host(&known.containers);
            Container {
                service: record.service().to_owned(),
                on_host,
                // Without Compose there is nobody to tell, and most containers are what their files say.
                current: hashes.as_ref().is_none_or(|hashes| hashes.get(record.service()).map(String::as_str) == record.config_hash()),
                exposed: known.images.iter().find(|image| image.id == record.image).map(|image| image.exposed()).unwrap_or_default(),
                listeners: if on_host { known.sockets.of_container(&record.id) } else { sockets::of_namespace(record) },
            }
        };
        Some(EngineFacts { images: Arc::clone(&known.by_name), containers: mine.iter().map(container).collect() })
    }

    /// Asks Docker Compose, as far as it can be asked. What it did not accept before need not be accepted now.
    fn objection(&self, seed: &Seed, sources: &Sources, changes: &Verified, env_file: Option<&Path>) -> Option<String> {
        let compose = self.compose.as_ref().filter(|_| changes.changes().next().is_some())?;
        accept::accepts(compose, seed, sources, changes, env_file).err()
    }
}

fn known(problems: &mut Vec<String>) -> Result<Known, String> {
    docker::is_local()?;
    let containers = docker::containers()?;
    let images = docker::images()?;
    let by_name = Arc::new(docker::by_name(&images));
    let on_host = containers.iter().any(|record| record.on_host(&containers));
    let sockets = if on_host { sockets::read(&containers) } else { Ok(Sockets::default()) };
    let sockets = sockets.unwrap_or_else(|problem| {
        problems.push(format!("the sockets of running containers cannot be seen: {problem}"));
        Sockets::default()
    });
    Ok(Known { containers, images, by_name, sockets })
}

/// Whether a container was started from the files of that project. Its labels list the files that were named, which do not
/// include those that they include.
fn belongs_to(record: &ContainerRecord, seed: &Seed) -> bool {
    let real = |path: PathBuf| path.canonicalize().unwrap_or(path);
    let mine: Vec<PathBuf> = seed.compose.iter().map(|path| real(path.clone())).collect();
    record.config_files().into_iter().any(|path| mine.contains(&real(path)))
}
