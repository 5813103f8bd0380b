//! `include`: another project as part of this one (Compose spec, 14-include).
//!
//! What is included is loaded with its own directory and its own variables, and then put under what this project says
//! itself. Only files are: a URL or a git repository is not fetched.

use super::loader::{Loader, Scope};
use super::merge;
use super::tree::{Data, Problem, Value};
use crate::formats::env_file;
use crate::formats::interpolation::Env;
use crate::source::{FileId, normalise};
use std::path::PathBuf;

/// What an item of `include` says.
#[derive(Debug)]
pub(super) struct Included<'a> {
    /// `path`: the first file, and those that override it.
    pub(super) paths: Vec<&'a Value>,
    /// `env_file`, where it is said.
    pub(super) env_files: Vec<&'a Value>,
    /// `project_directory`.
    pub(super) directory: Option<&'a str>,
}

impl<'a> Included<'a> {
    /// Reads an item in short or long syntax.
    pub(super) fn read(item: &'a Value) -> Self {
        let texts = |key: &str| match item.get(key) {
            Some(value) if value.as_text().is_some() => vec![value],
            Some(value) => value.items().iter().collect(),
            None => Vec::new(),
        };
        let paths = if item.as_text().is_some() { vec![item] } else { texts("path") };
        let directory = item.get("project_directory").and_then(Value::as_str).filter(|path| !path.is_empty());
        Self { paths, env_files: texts("env_file"), directory }
    }

    /// The directory that paths in the included files are relative to.
    pub(super) fn directory(&self, scope: &std::path::Path) -> PathBuf {
        let first = || self.paths.first().and_then(|path| path.as_str()).map(PathBuf::from);
        let own = self.directory.map(PathBuf::from).or_else(|| Some(first()?.parent()?.to_owned()));
        normalise(&scope.join(own.unwrap_or_default()))
    }

    /// The paths of the files with its variables; `.env` need not be there.
    pub(super) fn env_paths(&self, scope: &std::path::Path) -> Vec<PathBuf> {
        if self.env_files.is_empty() {
            return vec![self.directory(scope).join(".env")];
        }
        let named = self.env_files.iter().filter_map(|path| path.as_str()).filter(|path| *path != "/dev/null");
        named.map(|path| normalise(&scope.join(path))).collect()
    }
}

/// The kinds of things that are taken from an included project.
const KINDS: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

/// The document with everything that it includes. `open` holds the files that include it.
pub(super) fn resolve(loader: &mut Loader<'_>, root: &mut Value, scope: Scope<'_>, open: &[FileId]) {
    let Some(include) = root.get("include").cloned() else { return };
    for item in include.items() {
        let taken = load(loader, &Included::read(item), item, scope, open).and_then(|included| import(root, included));
        if let Err(problem) = taken {
            loader.reject(problem);
        }
    }
}

fn load(loader: &mut Loader<'_>, included: &Included<'_>, item: &Value, scope: Scope<'_>, open: &[FileId]) -> Result<Value, Problem> {
    let files = included.paths.iter().map(|path| loader.find(path, scope.directory)).collect::<Result<Vec<_>, _>>()?;
    if files.first().is_some_and(|first| open.contains(first)) {
        return Err((item.at, "a file that includes itself".to_owned()));
    }
    for path in &included.env_files {
        if path.as_str() != Some("/dev/null") {
            loader.find(path, scope.directory)?;
        }
    }
    let directory = included.directory(scope.directory);
    let env = variables(loader, included, scope);
    Ok(loader.model(&files, Scope { directory: &directory, env: &env }, open).unwrap_or_else(|| Value::null(item.at)))
}

/// The variables that an included project sees: its own, and before those the ones of the project that includes it.
fn variables(loader: &mut Loader<'_>, included: &Included<'_>, scope: Scope<'_>) -> Env {
    let mut own = Env::default();
    for path in included.env_paths(scope.directory) {
        let Some(file) = loader.variables(&path) else { continue };
        match env_file::parse(&file.text, scope.env) {
            Ok(lines) => {
                for (name, value) in lines.into_iter().filter_map(|line| Some((line.name, line.value?))) {
                    own.insert(name, value);
                }
            }
            Err(failed) => loader.reject((file.location(failed.span), failed.to_string())),
        }
    }
    let mut env = scope.env.clone();
    env.complete(own.iter().map(|(name, value)| (name, value.to_owned())));
    env
}

/// Takes over what is included, under what the project says itself.
fn import(root: &mut Value, included: Value) -> Result<(), Problem> {
    let Data::Map(included) = included.data else { return Ok(()) };
    let Data::Map(own) = &mut root.data else { return Ok(()) };
    for kind in included.into_iter().filter(|field| KINDS.contains(&field.key.as_str())) {
        match own.iter_mut().find(|field| field.key == kind.key) {
            None => own.push(kind),
            Some(field) => add(&kind.key, &mut field.value, kind.value)?,
        }
    }
    Ok(())
}

fn add(kind: &str, own: &mut Value, included: Value) -> Result<(), Problem> {
    let Data::Map(more) = included.data else { return Ok(()) };
    if own.is_null() {
        own.data = Data::Map(Vec::new());
    }
    let Data::Map(fields) = &mut own.data else { return Ok(()) };
    for mut resource in more {
        match fields.iter_mut().find(|field| field.key == resource.key) {
            None => fields.push(resource),
            Some(field) => {
                merge::take_out(&mut resource.value, &field.value);
                field.value = merge::resources(kind, resource.value, field.value.clone())?;
            }
        }
    }
    Ok(())
}
