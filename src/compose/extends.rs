//! `extends`: a service that takes over what another one says (Compose spec, 05-services).
//!
//! It is resolved document by document, before files are merged, as Compose does: a service extends one of its own file
//! (with what that includes) or one of a file that it names, and that file's services are taken as they stand there.

use super::loader::{Loader, Scope};
use super::merge;
use super::tree::{Data, Field, Problem, Value};
use crate::source::{FileId, Location};

/// The document with `extends` of all its services resolved.
pub(super) fn resolve(loader: &mut Loader<'_>, root: Value, file: FileId, scope: Scope<'_>) -> Value {
    let mut resolved = root.clone();
    let Data::Map(fields) = &mut resolved.data else { return resolved };
    let Some(services) = fields.iter_mut().find(|field| field.key == "services") else { return resolved };
    let Data::Map(services) = &mut services.value.data else { return resolved };
    for service in services.iter_mut().filter(|service| service.value.get("extends").is_some()) {
        match extended(loader, &root, file, scope, &service.key, &mut Vec::new()) {
            Ok(value) => service.value = value,
            Err(problem) => loader.reject(problem),
        }
    }
    resolved
}

/// The services that lead to the one that is looked at.
type Chain = Vec<(FileId, String)>;

/// The service `name` of the document `root` of `file`, with all that it extends.
fn extended(
    loader: &mut Loader<'_>,
    root: &Value,
    file: FileId,
    scope: Scope<'_>,
    name: &str,
    chain: &mut Chain,
) -> Result<Value, Problem> {
    let service = named(root, name).cloned().unwrap_or_else(|| Value::null(root.at));
    let Some(extends) = service.field("extends").cloned() else { return Ok(service) };
    let link = (file, name.to_owned());
    if chain.contains(&link) {
        return Err((extends.entry, format!("service `{name}` extends itself")));
    }
    chain.push(link);
    let mut base = base(loader, root, file, scope, &extends, chain)?;
    chain.pop();
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
fn base(
    loader: &mut Loader<'_>,
    root: &Value,
    file: FileId,
    scope: Scope<'_>,
    extends: &Field,
    chain: &mut Chain,
) -> Result<Value, Problem> {
    let Some(wanted) = extends.value.as_str().or_else(|| extends.value.get("service")?.as_str()) else {
        return Err((extends.entry, "`extends` does not name a service".to_owned()));
    };
    let undefined = || (extends.entry, format!("it extends service `{wanted}`, which is not defined there"));
    let Some(path) = extends.value.get("file").filter(|path| !path.is_null()) else {
        named(root, wanted).ok_or_else(undefined)?;
        return extended(loader, root, file, scope, wanted, chain);
    };
    let other = loader.find(path, scope.directory)?;
    let directory = loader.directory_of(path, scope.directory);
    let scope = Scope { directory: &directory, env: scope.env };
    let root = loader.alone(other, scope)?;
    named(&root, wanted).ok_or_else(undefined)?;
    extended(loader, &root, other, scope, wanted, chain)
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
