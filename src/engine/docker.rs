//! The docker CLI: what is called, and the parts of its answers that are used.

use crate::compose::image::ImageName;
use crate::facts::running::image_key;
use crate::port::{Port, Protocol};
use crate::project::Seed;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A container, as `docker inspect` describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ContainerRecord {
    pub(super) id: String,
    /// The id of its image.
    pub(super) image: String,
    pub(super) state: State,
    config: Config,
    host_config: HostConfig,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct State {
    /// The number of its first process on the engine's machine.
    pub(super) pid: i32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Config {
    labels: Option<BTreeMap<String, String>>,
    exposed_ports: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HostConfig {
    network_mode: String,
}

/// An image, as `docker image inspect` describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ImageRecord {
    pub(super) id: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
    #[serde(default)]
    config: Option<Config>,
}

impl ContainerRecord {
    /// Whether it is on host networking, also by a container among `all` whose network it shares.
    pub(super) fn on_host(&self, all: &[ContainerRecord]) -> bool {
        match self.host_config.network_mode.split_once(':') {
            Some(("container", id)) => all.iter().any(|other| other.id == id && other.host_config.network_mode == "host"),
            _ => self.host_config.network_mode == "host",
        }
    }

    /// The service of its project.
    pub(super) fn service(&self) -> &str {
        self.label("service").unwrap_or_default()
    }

    /// The hash of the service's definition that it was made from.
    pub(super) fn config_hash(&self) -> Option<&str> {
        self.label("config-hash")
    }

    /// The Compose files that were named when it was made.
    pub(super) fn config_files(&self) -> Vec<PathBuf> {
        let directory = Path::new(self.label("project.working_dir").unwrap_or_default());
        self.label("project.config_files").into_iter().flat_map(|list| list.split(',')).map(|path| directory.join(path)).collect()
    }

    fn label(&self, name: &str) -> Option<&str> {
        self.config.labels.as_ref()?.get(&format!("com.docker.compose.{name}")).map(String::as_str)
    }
}

impl ImageRecord {
    /// The ports that it exposes.
    pub(super) fn exposed(&self) -> Vec<Port> {
        let ports = self.config.iter().filter_map(|config| config.exposed_ports.as_ref()).flat_map(BTreeMap::keys);
        ports.filter_map(|port| exposed_port(port)).collect()
    }
}

/// Reads `8080/tcp`.
fn exposed_port(text: &str) -> Option<Port> {
    let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    Some(Port { number: number.parse().ok()?, protocol: Protocol::parse(protocol).ok()? })
}

/// The exposed ports of images by every name that they have.
pub(super) fn by_name(images: &[ImageRecord]) -> BTreeMap<String, Vec<Port>> {
    let mut found = BTreeMap::new();
    for image in images {
        for name in image.repo_tags.iter().chain(&image.repo_digests).flatten() {
            found.insert(image_key(&ImageName::parse(name)), image.exposed());
        }
    }
    found
}

/// # Errors
/// Why the engine that the CLI talks to is not one of this machine.
pub(super) fn is_local() -> Result<(), String> {
    let host = run("docker", &["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"])?;
    let host = host.trim();
    if host.starts_with("unix://") || host.starts_with("npipe://") {
        return Ok(());
    }
    // An address may hold a user's name and more.
    let scheme = host.split("://").next().unwrap_or_default();
    Err(format!("the Docker engine in use is another machine's ({scheme}), and says nothing about this one"))
}

/// The running containers of all Compose projects.
pub(super) fn containers() -> Result<Vec<ContainerRecord>, String> {
    let ids = run("docker", &["ps", "--quiet", "--no-trunc", "--filter", "label=com.docker.compose.project"])?;
    inspect(&["inspect", "--type", "container"], &ids)
}

/// The images of this machine.
pub(super) fn images() -> Result<Vec<ImageRecord>, String> {
    let ids = run("docker", &["image", "ls", "--quiet", "--no-trunc"])?;
    inspect(&["image", "inspect"], &ids)
}

/// Inspects all of `ids`, a line each. What is gone by now is left out.
fn inspect<T: for<'a> Deserialize<'a>>(command: &[&str], ids: &str) -> Result<Vec<T>, String> {
    let ids: BTreeSet<&str> = ids.lines().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let arguments: Vec<&str> = command.iter().copied().chain(ids).collect();
    // One that is gone makes the status a failure, and the others are there all the same.
    let output = Command::new("docker").args(arguments).output().map_err(|error| cannot_run("docker", &error))?;
    serde_json::from_slice(&output.stdout).map_err(|_| "`docker inspect` says something unknown".to_owned())
}

/// Docker Compose, as a plugin of the CLI or as a program.
#[derive(Debug)]
pub(super) struct Compose {
    words: &'static [&'static str],
}

/// The Docker Compose of this machine.
pub(super) fn compose() -> Option<Compose> {
    let words: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];
    let answers =
        |words: &&&'static [&'static str]| Compose { words }.command().arg("version").output().is_ok_and(|out| out.status.success());
    words.iter().find(answers).map(|words| Compose { words })
}

impl Compose {
    /// The one that those words call.
    #[cfg(test)]
    pub(super) fn called(words: &'static [&'static str]) -> Self {
        Self { words }
    }

    /// Its name for a person.
    fn name(&self) -> String {
        self.words.iter().take(2).copied().collect::<Vec<_>>().join(" ")
    }

    fn command(&self) -> Command {
        let mut words = self.words.iter();
        let mut command = Command::new(words.next().copied().unwrap_or_default());
        command.args(words);
        command
    }

    /// `config` of a project of these files.
    pub(super) fn config(
        &self,
        directory: &Path,
        files: &[PathBuf],
        env_file: Option<&Path>,
        arguments: &[&str],
    ) -> Result<String, String> {
        let mut command = self.command();
        // A directory without a name stands for the current one.
        command.arg("--project-directory").arg(if directory.as_os_str().is_empty() { Path::new(".") } else { directory });
        for file in files {
            command.arg("--file").arg(file);
        }
        if let Some(file) = env_file {
            command.arg("--env-file").arg(file);
        }
        command.args(["--profile", "*", "config"]).args(arguments);
        finish(&self.name(), command)
    }

    /// The hash of each service's definition as the files stand now.
    pub(super) fn hashes(&self, seed: &Seed) -> Option<BTreeMap<String, String>> {
        let said = self.config(&seed.directory, &seed.compose, None, &["--hash", "*"]).ok()?;
        Some(said.lines().filter_map(|line| line.split_once(' ')).map(|(service, hash)| (service.to_owned(), hash.to_owned())).collect())
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    command.args(arguments);
    finish(program, command)
}

/// Runs a command and returns what it prints, or the last line of its complaint.
fn finish(name: &str, mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| cannot_run(name, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it fails and does not say why");
    Err(format!("`{name}` says: {}", last.trim()))
}

fn cannot_run(program: &str, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no `{program}` here"),
        _ => format!("`{program}` cannot be run: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTAINERS: &str = r#"[
      {"Id": "aa", "Image": "sha256:1", "State": {"Pid": 7, "Status": "running"}, "HostConfig": {"NetworkMode": "host"},
       "Config": {"Env": ["A=b"], "ExposedPorts": {"6379/tcp": {}}, "Labels": {
         "com.docker.compose.service": "cache", "com.docker.compose.config-hash": "0c",
         "com.docker.compose.project.working_dir": "/srv/shop",
         "com.docker.compose.project.config_files": "/srv/shop/compose.yaml,over.yaml"}}},
      {"Id": "bb", "Image": "sha256:2", "State": {"Pid": 8}, "HostConfig": {"NetworkMode": "container:aa"}, "Config": {"Labels": null}},
      {"Id": "cc", "Image": "sha256:2", "State": {"Pid": 9}, "HostConfig": {"NetworkMode": "shop_default"}, "Config": {}}]"#;

    #[test]
    fn a_container_tells_its_service_its_files_and_its_network() {
        let records: Vec<ContainerRecord> = serde_json::from_str(CONTAINERS).unwrap();
        assert_eq!((records[0].service(), records[0].config_hash(), records[0].state.pid), ("cache", Some("0c"), 7));
        assert_eq!(records[0].config_files(), [PathBuf::from("/srv/shop/compose.yaml"), "/srv/shop/over.yaml".into()]);
        assert_eq!(records.iter().map(|record| record.on_host(&records)).collect::<Vec<_>>(), [true, true, false]);
        assert!(records[1].config_files().is_empty());
    }

    #[test]
    fn images_are_found_by_all_their_names_with_or_without_ports() {
        let images: Vec<ImageRecord> = serde_json::from_str(
            r#"[{"Id": "sha256:1", "RepoTags": ["redis:7", "acme/cache:1"], "RepoDigests": ["redis@sha256:0a"],
                 "Config": {"ExposedPorts": {"6379/tcp": {}, "53/udp": {}}}},
                {"Id": "sha256:2", "RepoTags": ["plain:1"], "RepoDigests": null, "Config": {"Cmd": null}},
                {"Id": "sha256:3", "RepoTags": null, "Config": null}]"#,
        )
        .unwrap();
        let named = by_name(&images);
        let exposed = vec![Port::udp(53), Port::tcp(6379)];
        for name in ["redis:7", "docker.io/library/redis:7", "acme/cache:1", "redis@sha256:0a"] {
            assert_eq!(named[&image_key(&ImageName::parse(name))], exposed, "{name}");
        }
        assert_eq!((named.len(), named["docker.io/plain:1"].len()), (4, 0));
    }

    #[test]
    fn a_program_that_is_not_there_is_called_missing() {
        assert_eq!(run("compose-fix-no-such-program", &[]), Err("there is no `compose-fix-no-such-program` here".to_owned()));
    }
}
