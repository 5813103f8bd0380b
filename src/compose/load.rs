//! From parsed files to a [`Project`].

use super::interpolate::Env;
use super::service::{self, Definition, EnvFile, Service, Variable};
use super::tree::{self, Data, Field, Place, Text, Value};
use super::{Input, Network, Project, env_file, validate};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::source::{FileId, Location, SourceFile};
use std::collections::BTreeMap;

/// The rule of everything that Compose itself rejects.
pub static REJECTED: Rule = Rule {
    id: "rejected",
    summary: "Compose does not accept this file",
    help: "`docker compose config` fails on the project for the reason given. Nothing in a project that Compose does \
           not accept is edited, because there is no telling what the edit would mean. Mend the place and run again.",
};

/// Loads a project. Problems that Compose would stop at are returned as errors, and the project is marked with them.
pub fn load<'a>(input: Input<'a>) -> (Project<'a>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let (env, env_places) = read_env(input, &mut problems);
    let mut root: Option<Merged> = None;
    for file in input.compose {
        let Some(stream) = input.streams.get(file) else { continue };
        problems.extend(stream.duplicate_keys.iter().map(|key| error(stream.source.location(key.span), key.message.clone())));
        for document in &stream.documents {
            match tree::build(stream, document, &env) {
                Ok(value) => root.get_or_insert_default().add(*file, value),
                Err((at, message)) => problems.push(error(at, message)),
            }
        }
    }
    let merged = root.unwrap_or_default();
    let mut project = Project { input, env, env_places, services: Vec::new(), networks: Vec::new(), configs: Vec::new(), rejected: false };
    if let Some(root) = &merged.root {
        problems.extend(validate::root(root).into_iter().map(|(at, message)| error(at, message)));
        project.networks = read_networks(root);
        project.configs = root.get("configs").map(Value::fields).unwrap_or_default().to_vec();
        project.services = merged.services(root, &project.env);
        for service in &mut project.services {
            service.mounts.extend(service::config_mounts(&service.value, root));
            problems.extend(add_env_files(input, service));
        }
        problems.extend(validate::references(&project).into_iter().map(|(at, message)| error(at, message)));
    }
    project.rejected = !problems.is_empty();
    (project, problems)
}

fn error(at: Location, message: String) -> Diagnostic {
    Diagnostic::new(&REJECTED, Severity::Error, message, at)
}

/// The merged root of all documents, and the places that define each service.
#[derive(Default)]
struct Merged {
    root: Option<Value>,
    definitions: BTreeMap<String, Vec<Definition>>,
}

impl Merged {
    fn add(&mut self, _file: FileId, value: Value) {
        for field in value.get("services").map(Value::fields).unwrap_or_default() {
            let definition = Definition { entry: field.entry, body: field.value.at };
            self.definitions.entry(field.key.clone()).or_default().push(definition);
        }
        self.root = Some(value);
    }

    fn services(&self, root: &Value, env: &Env) -> Vec<Service> {
        let fields = root.get("services").map(Value::fields).unwrap_or_default();
        let read = |field: &Field| {
            let definitions = self.definitions.get(&field.key).cloned().unwrap_or_default();
            service::read(&field.key, field.key_at, definitions, field.value.clone(), env)
        };
        fields.iter().filter(|field| matches!(field.value.data, Data::Map(_))).map(read).collect()
    }
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
                at: field.entry,
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
fn read_env(input: Input<'_>, problems: &mut Vec<Diagnostic>) -> (Env, BTreeMap<String, Location>) {
    let (mut env, mut places) = (Env::default(), BTreeMap::new());
    let Some(file) = input.env.map(|id| input.sources.get(id)) else { return (env, places) };
    match env_file::parse(&file.text, &Env::default()) {
        Ok(lines) => {
            for line in lines {
                let Some(value) = line.value else { continue };
                places.insert(line.name.clone(), file.location(line.value_span));
                env.insert(line.name, value);
            }
        }
        Err(failed) => problems.push(error(file.location(failed.span), failed.to_string())),
    }
    (env, places)
}

/// Adds the variables of `env_file` that `environment` does not set; later files win over earlier ones.
fn add_env_files(input: Input<'_>, service: &mut Service) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut added: Vec<Variable> = Vec::new();
    for entry in &service.env_files {
        let path = crate::source::normalise(&input.directory.join(&entry.path.value));
        let Some(file) = input.sources.find(&path) else { continue };
        match read_env_file(file, entry) {
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

fn read_env_file(file: &SourceFile, entry: &EnvFile) -> Result<Vec<Variable>, Diagnostic> {
    let parse = if entry.raw { env_file::parse_raw } else { env_file::parse };
    let lines = parse(&file.text, &Env::default()).map_err(|failed| error(file.location(failed.span), failed.to_string()))?;
    let variable = |line: env_file::EnvLine| {
        let at = file.location(line.value_span);
        let raw = line.value_span.of(&file.text).to_owned();
        let text = Text { raw, value: line.value?, missing: Vec::new(), place: Place::Bytes(at), plain: false };
        Some(Variable { name: line.name, value: Some(text), at, env_file: Some(file.id) })
    };
    Ok(lines.into_iter().filter_map(variable).collect())
}
