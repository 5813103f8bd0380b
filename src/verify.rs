//! Verified texts: what may be written.
//!
//! A [`Verified`] can be made in this module only, so nothing that was not checked can reach a diff or the disk.

use crate::source::FileId;

/// The new texts of the files of one project that change, all checked. Nothing changes by default.
#[derive(Debug, Default)]
pub struct Verified {
    changes: Vec<(FileId, String)>,
}

impl Verified {
    /// The files that change, each with its whole new text.
    pub fn changes(&self) -> impl Iterator<Item = (FileId, &str)> {
        self.changes.iter().map(|(file, after)| (*file, after.as_str()))
    }

    /// Takes texts as verified that a test made up.
    #[cfg(test)]
    pub(crate) fn assume(changes: Vec<(FileId, String)>) -> Self {
        Self { changes }
    }
}
