//! From parsed files to a [`Project`].

use super::loader::{Loader, Scope};
use super::model::model;
use super::read;
use super::service::{Definition, EnvFile, Reset, Service, ServiceId, Variable};
use super::tree::{Data, Field, Text, Value};
use super::{Input, Network, Project, comments, validate};
use crate::formats::env_file;
use crate::formats::interpolation::Env;
use crate::formats::mapped::Place;
use crate::source::{FileId, Location, SourceFile};
use crate::yaml::{Stream, SyntaxError};
use std::collections::BTreeMap;
use std::path::Path;

/// What Compose would stop at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// Which kind of fault it is.
    pub(crate) kind: RejectionKind,
    /// The place that a person has to mend.
    pub(crate) at: Location,
    /// What is wrong there.
    pub(crate) message: String,
}

/// The kinds of fault for which a project is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RejectionKind {
    /// The text is not YAML, or, when it is `unsupported`, YAML that Compose may read and this program does not.
    Syntax {
        /// Whether it is this reader that is too strict.
        unsupported: bool,
    },
    /// The text is YAML and no Compose file.
    NotCompose,
    /// It is a Compose file, and Compose does not accept it.
    Rejected,
}

/// Loads a project. Problems that Compose would stop at are returned as errors, and the project is marked with them.
pub(crate) fn load<'a>(input: Input<'a>) -> (Project<'a>, Vec<Rejection>) {
    let mut problems = Vec::new();
    let mut env = read_env(input, &mut problems);
    let mut loader = Loader::new(input);
    env.complete(project_name(input, &loader.streams).map(|name| ("COMPOSE_PROJECT_NAME", name)));
    let root = model(&mut loader, input.compose, Scope { directory: Path::new(""), env: &env }, &[]);
    let Loader { streams, broken, problems: found, definitions, resets, .. } = loader;
    problems.extend(found.into_iter().map(|(at, message)| error(at, message)));
    let comments = streams.iter().map(|(file, stream)| (*file, comments::comments(stream))).collect();
    let (found, networks, top_level) = (Vec::new(), Vec::new(), Vec::new());
    let mut project = Project { input, streams, env, services: found, networks, top_level, comments, rejected: true };
    if !broken.is_empty() {
        // Nobody knows what is in those, and what the others say may be due to that.
        return (project, broken.into_iter().map(|(file, error)| syntax(input.sources().get(file), &error)).collect());
    }
    if let Some(root) = root {
        let foreign = validate::not_compose(&root).map(|(at, message)| Rejection { kind: RejectionKind::NotCompose, at, message });
        problems.extend(foreign);
        problems.extend(validate::root(&root).into_iter().map(|(at, message)| error(at, message)));
        project.networks = read_networks(&root);
        project.top_level = root.fields().iter().filter(|field| !matches!(field.key.as_str(), "services" | "networks")).cloned().collect();
        project.services = services(&root, definitions, resets);
        for service in &mut project.services {
            service.mounts.extend(read::config_mounts(&service.value, &root));
            pass_through(service, &project.env);
            problems.extend(add_env_files(input, service, &project.env));
        }
        problems.extend(validate::references(&project).into_iter().map(|(at, message)| error(at, message)));
    }
    project.rejected = !problems.is_empty();
    (project, problems)
}

fn syntax(file: &SourceFile, error: &SyntaxError) -> Rejection {
    let kind = RejectionKind::Syntax { unsupported: error.unsupported };
    Rejection { kind, at: file.location(error.span), message: error.to_string() }
}

fn error(at: Location, message: String) -> Rejection {
    Rejection { kind: RejectionKind::Rejected, at, message }
}

fn services(root: &Value, mut definitions: BTreeMap<String, Vec<Definition>>, resets: Vec<Reset>) -> Vec<Service> {
    let fields = root.get("services").map(Value::fields).unwrap_or_default();
    let mut services: Vec<Service> = Vec::new();
    for field in fields.iter().filter(|field| matches!(field.value.data, Data::Map(_))) {
        let definitions = definitions.remove(&field.key).unwrap_or_default();
        let mut service = read::service(ServiceId::new(services.len()), &field.key, field.key_at, definitions, field.value.clone());
        let inside = |reset: &&Reset| service.definitions.iter().any(|definition| definition.body.contains(reset.entry));
        service.resets = resets.iter().filter(inside).cloned().collect();
        services.push(service);
    }
    services
}

fn read_networks(root: &Value) -> Vec<Network> {
    let text = |field: &Field, key: &str| field.value.get(key).and_then(Value::as_str).map(str::to_owned);
    let fields = root.get("networks").map(Value::fields).unwrap_or_default();
    fields
        .iter()
        .map(|field| {
            let external = field.value.get("external");
            Network {
                key: field.key.clone(),
                name: text(field, "name").or_else(|| external?.get("name")?.as_str().map(str::to_owned)),
                external: external.is_some_and(|value| !value.is_null() && value.as_str() != Some("false")),
                driver: text(field, "driver"),
                internal: text(field, "internal").as_deref() == Some("true"),
            }
        })
        .collect()
}

/// The variables of `.env`. The environment of whoever runs the program is left out, so that a run gives the same
/// result everywhere.
fn read_env(input: Input<'_>, problems: &mut Vec<Rejection>) -> Env {
    let Some(file) = input.env.map(|id| input.sources().get(id)) else { return Env::default() };
    match env_file::parse(file, &Env::default()) {
        Ok(lines) => lines.into_iter().filter_map(|line| Some((line.name, line.value?))).collect(),
        Err(failed) => {
            problems.push(error(file.location(failed.span), failed.to_string()));
            Env::default()
        }
    }
}

/// The name of the project, a variable that Compose sets itself: what the files say, or else the directory's name.
fn project_name(input: Input<'_>, streams: &BTreeMap<FileId, Stream<'_>>) -> Option<String> {
    let streams = input.compose.iter().filter_map(|file| streams.get(file));
    let mut said = streams.flat_map(|stream| &stream.documents).filter_map(|document| document.root.get("name")?.as_str());
    let directory = input.directory.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = said.next_back().map(str::to_owned).filter(|name| !name.contains('$')).or(directory)?.to_lowercase();
    let allowed: String = name.chars().filter(|char| char.is_ascii_alphanumeric() || "-_".contains(*char)).collect();
    Some(allowed.trim_start_matches(['-', '_']).to_owned()).filter(|name| !name.is_empty())
}

/// Gives variables that are only named the values that the project has for them.
fn pass_through(service: &mut Service, env: &Env) {
    for variable in service.environment.iter_mut().filter(|variable| variable.value.is_none()) {
        let Some(value) = env.get(&variable.name) else { continue };
        variable.value = value.places().next().map(|place| Text { raw: value.as_str().into(), place, value: value.clone() });
    }
}

/// Adds the variables of `env_file` that `environment` does not set; later files win over earlier ones. In their values
/// the project's variables can be used, and after those the service's own.
fn add_env_files(input: Input<'_>, service: &mut Service, env: &Env) -> Vec<Rejection> {
    let mut problems = Vec::new();
    if service.env_files.is_empty() {
        return problems;
    }
    let mut added: Vec<Variable> = Vec::new();
    let mut seen = env.clone();
    seen.complete(service.environment.iter().filter_map(|variable| Some((variable.name.as_str(), variable.value.as_ref()?.value.clone()))));
    for entry in &service.env_files {
        let Some(file) = input.content.file(Path::new(entry.path.value.as_str())) else { continue };
        match read_env_file(file, entry, &seen) {
            Ok(variables) => {
                added.retain(|old| !variables.iter().any(|new| new.name == old.name));
                added.extend(variables);
            }
            Err(problem) => problems.push(problem),
        }
    }
    added.retain(|variable| !service.environment.iter().any(|own| own.name == variable.name));
    service.environment.extend(added);
    problems
}

fn read_env_file(file: &SourceFile, entry: &EnvFile, env: &Env) -> Result<Vec<Variable>, Rejection> {
    let parse = if entry.raw { env_file::parse_raw } else { env_file::parse };
    let lines = parse(file, env).map_err(|failed| error(file.location(failed.span), failed.to_string()))?;
    let variable = |line: env_file::EnvLine| {
        let at = file.location(line.value_span);
        let text = Text { raw: line.value_span.of(&file.text).into(), place: Place::Bytes(at), value: line.value? };
        Some(Variable { name: line.name, value: Some(text), at, env_file: Some(file.id) })
    };
    let mut variables: Vec<Variable> = Vec::new();
    for variable in lines.into_iter().filter_map(variable) {
        variables.retain(|earlier| earlier.name != variable.name);
        variables.push(variable);
    }
    Ok(variables)
}
