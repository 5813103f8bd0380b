//! `include`: another project as part of this one (Compose spec, 14-include).
//!
//! What an item of it says, and how what was included is put under what the project says itself. The included project is
//! loaded in `model`.

use super::merge;
use super::tree::{Data, Problem, Value};
use crate::source::normalise;
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

/// Takes over what is included, under what the project says itself.
///
/// # Errors
/// Both say something that cannot be put together.
pub(super) fn import(root: &mut Value, included: Value) -> Result<(), Problem> {
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
