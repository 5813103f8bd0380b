//! The texts of a project that were searched: each once, however many services read it.

use super::files::{in_content, in_file, is_read};
use super::found::Found;
use super::text::in_text;
use crate::compose::Project;
use crate::compose::tree::Text;
use crate::formats::mapped::Place;
use crate::source::{FileId, SourceFile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The texts that were searched.
#[derive(Debug, Default)]
pub(in crate::facts::addresses) struct Searched {
    /// Variables by where they are set; the variables in them may have another value for another service.
    texts: BTreeMap<(Place, Arc<str>), Vec<Found>>,
    files: BTreeMap<FileId, Vec<Found>>,
    /// The files whose content stands in the Compose file, by where it does.
    contents: BTreeMap<Place, Vec<Found>>,
}

impl Searched {
    /// The addresses in the value of a variable.
    pub(in crate::facts::addresses) fn text(&mut self, text: &Text) -> &[Found] {
        self.texts.entry((text.place, text.value.shared())).or_insert_with(|| in_text(text))
    }

    /// The addresses in a file that is at `target` in the container, unless nobody there reads it to find its peers.
    pub(in crate::facts::addresses) fn file(&mut self, project: &Project<'_>, target: &str, file: &SourceFile) -> &[Found] {
        if !is_read(project, target, file) {
            return &[];
        }
        self.files.entry(file.id).or_insert_with(|| in_file(file))
    }

    /// The addresses in a file whose content stands in the Compose file.
    pub(in crate::facts::addresses) fn content(&mut self, text: &Text) -> &[Found] {
        self.contents.entry(text.place).or_insert_with(|| in_content(text))
    }
}
