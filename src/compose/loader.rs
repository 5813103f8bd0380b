//! The documents of single files, as trees, and what loading them brings to light on the way.
//!
//! How documents are put together is said in `model`; here are the files, found and read one at a time. Paths in the trees
//! are relative to the project's directory, whichever file they stand in.

use super::service::{Definition, Reset};
use super::tree::{self, Problem, Value};
use super::{Input, merge, relocate};
use crate::formats::interpolation::Env;
use crate::source::{FileId, SourceFile, normalise};
use crate::yaml::{self, Stream, SyntaxError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a file is read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// What paths in it are relative to, from the project's directory.
    pub(super) directory: &'a Path,
    /// The variables that are put in.
    pub(super) env: &'a Env,
}

/// Reads the files of a project. What is wrong with them is gathered on the way.
pub(super) struct Loader<'a> {
    input: Input<'a>,
    /// The parsed Compose files.
    pub(super) streams: BTreeMap<FileId, Stream<'a>>,
    /// Those that cannot be parsed.
    pub(super) broken: BTreeMap<FileId, SyntaxError>,
    /// What Compose would stop at.
    pub(super) problems: Vec<Problem>,
    /// The places that define each service.
    pub(super) definitions: BTreeMap<String, Vec<Definition>>,
    /// What later files take out of services.
    pub(super) resets: Vec<Reset>,
}

/// How files that are not in the file system are named.
const REMOTE: [&str; 4] = ["://", "git@", "github.com/", "oci:"];
/// A project of more Compose files is not followed further.
const MAX_FILES: usize = 256;

impl<'a> Loader<'a> {
    /// Nothing read yet.
    pub(super) fn new(input: Input<'a>) -> Self {
        let (streams, broken, definitions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut loader = Self { input, streams, broken, problems: Vec::new(), definitions, resets: Vec::new() };
        input.compose.iter().for_each(|file| loader.parse(*file));
        loader
    }

    /// Notes what Compose would stop at, once.
    pub(super) fn reject(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// A file as it stands, for services in it to be extended.
    ///
    /// # Errors
    /// Its documents do not go together.
    pub(super) fn alone(&mut self, file: FileId, scope: Scope<'_>) -> Result<Value, Problem> {
        let mut documents = self.documents(file, scope).into_iter();
        let location = self.input.sources().get(file).location(crate::source::Span::at(0));
        let first = documents.next().unwrap_or_else(|| Value::null(location));
        documents.try_fold(first, merge::files)
    }

    /// The trees of a file's documents.
    pub(super) fn documents(&mut self, file: FileId, scope: Scope<'_>) -> Vec<Value> {
        self.parse(file);
        let Some(stream) = self.streams.get(&file) else { return Vec::new() };
        let twice = stream.duplicate_keys.iter().map(|key| (stream.source.location(key.span), key.message.clone()));
        let (mut roots, mut problems) = (Vec::new(), twice.collect::<Vec<_>>());
        for document in &stream.documents {
            match tree::build(stream, document, scope.env) {
                Ok(mut root) => {
                    relocate::root(&mut root, scope.directory);
                    roots.push(root);
                }
                Err(problem) => problems.push(problem),
            }
        }
        problems.into_iter().for_each(|problem| self.reject(problem));
        roots
    }

    /// Parses a file, unless that was done.
    fn parse(&mut self, file: FileId) {
        if self.streams.contains_key(&file) || self.broken.contains_key(&file) {
            return;
        }
        match yaml::parse_leniently(self.input.sources().get(file)) {
            Ok(stream) => drop(self.streams.insert(file, stream)),
            Err(error) => drop(self.broken.insert(file, error)),
        }
    }

    /// Notes which places of a file define services.
    pub(super) fn note_definitions(&mut self, file: FileId, document: &Value) {
        let services = document.get("services").map(Value::fields).unwrap_or_default();
        for field in services.iter().filter(|field| field.entry.file == file) {
            let definition = Definition { entry: field.entry, body: field.value.at };
            self.definitions.entry(field.key.clone()).or_default().push(definition);
        }
    }

    /// The Compose file that `path` names.
    ///
    /// # Errors
    /// It is not there, is not a file of YAML, or is not in the file system at all.
    pub(super) fn find(&self, path: &Value, directory: &Path) -> Result<FileId, Problem> {
        let Some(name) = path.as_str() else { return Err((path.at, "the path of a file is missing".to_owned())) };
        if REMOTE.iter().any(|mark| name.contains(mark)) {
            return Err((path.at, format!("`{name}` is not a local file; it is not fetched")));
        }
        let found = self.input.content.compose_file(&normalise(&directory.join(name)));
        let found = found.map(|file| file.id).ok_or_else(|| (path.at, format!("`{name}` cannot be found or read")))?;
        match self.streams.contains_key(&found) || self.streams.len() < MAX_FILES {
            true => Ok(found),
            false => Err((path.at, format!("`{name}` is not followed: the project has more than {MAX_FILES} files"))),
        }
    }

    /// The file of variables with a path from the project's directory.
    pub(super) fn variables(&self, path: &Path) -> Option<&'a SourceFile> {
        self.input.content.file(path)
    }

    /// The directory that a file lies in, from the project's directory.
    pub(super) fn directory_of(&self, path: &Value, directory: &Path) -> PathBuf {
        let path = normalise(&directory.join(path.as_str().unwrap_or_default()));
        path.parent().map(Path::to_owned).unwrap_or_default()
    }
}
