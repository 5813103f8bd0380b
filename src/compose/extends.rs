//! `extends`: a service that takes over what another one says (Compose spec, 05-services).
//!
//! It is resolved document by document, before files are merged, as Compose does: a service extends one of its own file
//! (with what that includes) or one of a file that it names, and that file's services are taken as they stand there.

use super::loader::{Loader, Scope};
use super::merge;
use super::tree::{Data, Field, Problem, Value};
use crate::formats::interpolation::Env;
use crate::source::{FileId, Location};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The document with `extends` of all its services resolved.
pub(super) fn resolve(loader: &mut Loader<'_>, root: Value, file: FileId, scope: Scope<'_>) -> Value {
    let mut resolved = root.clone();
    let Data::Map(fields) = &mut resolved.data else { return resolved };
    let Some(services) = fields.iter_mut().find(|field| field.key == "services") else { return resolved };
    let Data::Map(services) = &mut services.value.data else { return resolved };
    let root = Root { file, directory: scope.directory.to_owned(), value: root };
    let mut resolver = Resolver { loader, env: scope.env, roots: vec![root], known: BTreeMap::new(), chain: Vec::new() };
    for service in services.iter_mut().filter(|service| service.value.get("extends").is_some()) {
        match resolver.service(0, &service.key) {
            Ok(value) => service.value = value,
            Err(problem) => resolver.loader.reject(problem),
        }
    }
    resolved
}

/// A tree whose services are extended: the document, or another file as it stands.
struct Root {
    file: FileId,
    /// What paths in it are relative to.
    directory: PathBuf,
    value: Value,
}

/// Resolves services, each of a tree once.
struct Resolver<'l, 'a, 'e> {
    loader: &'l mut Loader<'a>,
    env: &'e Env,
    roots: Vec<Root>,
    known: BTreeMap<(usize, String), Result<Value, Problem>>,
    /// The services that lead to the one that is looked at.
    chain: Vec<(FileId, String)>,
}

impl Resolver<'_, '_, '_> {
    /// A service of a tree, with all that it extends.
    fn service(&mut self, root: usize, name: &str) -> Result<Value, Problem> {
        let key = (root, name.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let value = self.extended(root, name);
        self.known.insert(key, value.clone());
        value
    }

    fn extended(&mut self, root: usize, name: &str) -> Result<Value, Problem> {
        let Root { file, value: tree, .. } = &self.roots[root];
        let service = named(tree, name).cloned().unwrap_or_else(|| Value::null(tree.at));
        let Some(extends) = service.field("extends").cloned() else { return Ok(service) };
        let link = (*file, name.to_owned());
        if self.chain.contains(&link) {
            return Err((extends.entry, format!("service `{name}` extends itself")));
        }
        self.chain.push(link);
        let base = self.base(root, &extends);
        self.chain.pop();
        let mut base = base?;
        if base.is_null() {
            return Ok(service);
        }
        mark(&mut base, extends.entry);
        merge::take_out(&mut base, &service);
        let mut merged = merge::services(base, service)?;
        if let Data::Map(fields) = &mut merged.data {
            fields.retain(|field| field.key != "extends");
        }
        Ok(merged)
    }

    /// The service that `extends` names, with all that it extends itself.
    fn base(&mut self, root: usize, extends: &Field) -> Result<Value, Problem> {
        let Some(wanted) = extends.value.as_str().or_else(|| extends.value.get("service")?.as_str()) else {
            return Err((extends.entry, "`extends` does not name a service".to_owned()));
        };
        let other = match extends.value.get("file").filter(|path| !path.is_null()) {
            Some(path) => {
                let directory = self.roots[root].directory.clone();
                let file = self.loader.find(path, &directory)?;
                self.root(file, &self.loader.directory_of(path, &directory))?
            }
            None => root,
        };
        if named(&self.roots[other].value, wanted).is_none() {
            return Err((extends.entry, format!("it extends service `{wanted}`, which is not defined there")));
        }
        self.service(other, wanted)
    }

    /// The tree of a file as it stands.
    fn root(&mut self, file: FileId, directory: &Path) -> Result<usize, Problem> {
        let is_it = |root: &Root| root.file == file && root.directory == directory;
        if let Some(known) = self.roots.iter().skip(1).position(is_it) {
            return Ok(known + 1);
        }
        let value = self.loader.alone(file, Scope { directory, env: self.env })?;
        self.roots.push(Root { file, directory: directory.to_owned(), value });
        Ok(self.roots.len() - 1)
    }
}

fn named<'a>(root: &'a Value, name: &str) -> Option<&'a Value> {
    root.get("services")?.get(name)
}

/// Notes on every field of a service that it came through `extends`.
fn mark(service: &mut Value, extends: Location) {
    let Data::Map(fields) = &mut service.data else { return };
    for field in fields {
        field.extended_through.insert(0, extends);
        field.layers.iter_mut().for_each(|layer| layer.extended_through.insert(0, extends));
    }
}
