//! From the files of a project to one tree, in the order in which Compose does it: each document with what it includes,
//! then with what its services extend, then over the documents and files before it.
//!
//! What is included is a project of its own, with its own directory and variables, and is loaded in the same way: both
//! stand here because each needs the other. Only files are included: a URL or a git repository is not fetched.

use super::include::{Included, import};
use super::loader::{Loader, Scope};
use super::tree::{Problem, Value};
use super::{extends, merge};
use crate::formats::env_file;
use crate::formats::interpolation::Env;
use crate::source::FileId;

/// The files as one tree, later ones over earlier ones. `open` holds the files that include them.
pub(super) fn model(loader: &mut Loader<'_>, files: &[FileId], scope: Scope<'_>, open: &[FileId]) -> Option<Value> {
    let mut model: Option<Value> = None;
    for file in files {
        let open = [open, &[*file]].concat();
        for mut document in loader.documents(*file, scope) {
            include(loader, &mut document, scope, &open);
            loader.note_definitions(*file, &document);
            if let Some(model) = &mut model {
                loader.resets.extend(merge::take_out(model, &document));
            }
            let document = merge::without_marks(extends::resolve(loader, document, *file, scope));
            model = match model.take().map(|model| merge::files(model, document.clone())) {
                Some(Err(problem)) => {
                    loader.reject(problem);
                    Some(document)
                }
                Some(Ok(merged)) => Some(merged),
                None => Some(document),
            };
        }
    }
    model
}

/// Adds everything that a document includes. `open` holds the files that include it.
fn include(loader: &mut Loader<'_>, root: &mut Value, scope: Scope<'_>, open: &[FileId]) {
    let Some(include) = root.get("include").cloned() else { return };
    for item in include.items() {
        let taken = included(loader, &Included::read(item), item, scope, open).and_then(|included| import(root, included));
        if let Err(problem) = taken {
            loader.reject(problem);
        }
    }
}

fn included(loader: &mut Loader<'_>, included: &Included<'_>, item: &Value, scope: Scope<'_>, open: &[FileId]) -> Result<Value, Problem> {
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
    Ok(model(loader, &files, Scope { directory: &directory, env: &env }, open).unwrap_or_else(|| Value::null(item.at)))
}

/// The variables that an included project sees: its own, and before those the ones of the project that includes it.
fn variables(loader: &mut Loader<'_>, included: &Included<'_>, scope: Scope<'_>) -> Env {
    let mut own = Env::default();
    for path in included.env_paths(scope.directory) {
        let Some(file) = loader.variables(&path) else { continue };
        match env_file::parse(file, scope.env) {
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
