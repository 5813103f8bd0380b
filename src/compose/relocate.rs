//! Paths in a file of another directory, made relative to the project's.
//!
//! Compose resolves the paths in an included or extended file from that file's own directory. Only the resolved text
//! changes; what is written, and where, stays known.

use super::tree::{Data, Value};
use crate::source::normalise;
use std::path::Path;

/// Makes the paths in a document relative to the project's directory, from which `directory` leads to the document's.
pub(super) fn root(root: &mut Value, directory: &Path) {
    if directory.as_os_str().is_empty() {
        return;
    }
    each_field(root, |key, value| match key {
        "services" => each_field(value, |_, service| of_service(service, directory)),
        "configs" | "secrets" => each_field(value, |_, file| at_key(file, "file", &|text| relocated(text, directory))),
        _ => {}
    });
}

fn of_service(service: &mut Value, directory: &Path) {
    let path = |text: &str| relocated(text, directory);
    each_field(service, |key, value| match key {
        "build" => {
            each_text(value, &path);
            at_key(value, "context", &path);
        }
        "env_file" | "label_file" => {
            each_text(value, &path);
            each_item(value, |item| at_key(item, "path", &path));
        }
        "volumes" => each_item(value, |item| {
            each_text(item, &|text| mount(text, directory));
            at_key(item, "source", &|text| if text.starts_with('.') { path(text) } else { text.to_owned() });
        }),
        _ => {}
    });
}

fn relocated(path: &str, directory: &Path) -> String {
    if path.is_empty() || path.starts_with(['/', '~']) || path.contains("://") || path.starts_with("git@") {
        return path.to_owned();
    }
    let moved = normalise(&directory.join(path));
    let moved = moved.to_string_lossy();
    // A mount has to start with a dot to be told from a volume's name.
    if moved.starts_with("..") || moved.starts_with('/') { moved.into_owned() } else { format!("./{moved}") }
}

fn mount(text: &str, directory: &Path) -> String {
    match text.split_once(':') {
        Some((source, rest)) if source.starts_with('.') => format!("{}:{rest}", relocated(source, directory)),
        _ => text.to_owned(),
    }
}

fn each_field(value: &mut Value, mut change: impl FnMut(&str, &mut Value)) {
    if let Data::Map(fields) = &mut value.data {
        fields.iter_mut().for_each(|field| change(&field.key, &mut field.value));
    }
}

fn each_item(value: &mut Value, change: impl FnMut(&mut Value)) {
    if let Data::List(items) = &mut value.data {
        items.iter_mut().for_each(change);
    }
}

fn at_key(value: &mut Value, key: &str, change: &dyn Fn(&str) -> String) {
    each_field(value, |name, value| {
        if name == key {
            each_text(value, change);
        }
    });
}

/// Changes a scalar, or the scalars of a list.
fn each_text(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match &mut value.data {
        Data::Scalar(text) => text.value = change(&text.value).into(),
        Data::List(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Data::Null | Data::Map(_) => {}
    }
}
