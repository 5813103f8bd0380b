//! The last gate: the edits of fixes are applied, read again and held against what the fixes announced.
//!
//! A [`Verified`] can be made in this module only, so nothing that was not checked can reach a diff or the disk. What
//! fails here is a mistake of this program, never of the user: the edits are withheld and the files stay as they are.
//! That a second run finds nothing more is asked of `check`, since the whole pipeline is needed for that.

mod files;
mod law;
mod model;
mod published;
#[cfg(test)]
mod tests;

use crate::compose::{self, Input, Project};
use crate::edit::EditSet;
use crate::fix::Fix;
use crate::fix::expected::Expected;
use crate::source::{FileId, Sources};
use std::collections::BTreeMap;

pub(crate) use law::{Law, Violation};

/// The new texts of the files of one project that change, all checked. Nothing changes by default.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    changes: Vec<(FileId, String)>,
}

impl Verified {
    /// The files that change, each with its whole new text.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (FileId, &str)> {
        self.changes.iter().map(|(file, after)| (*file, after.as_str()))
    }

    /// All files, those that change with their new texts. A file keeps its name.
    fn sources(&self, before: &Sources) -> Sources {
        let after = Sources::default();
        for file in before.iter() {
            let text = self.changes.iter().find(|(changed, _)| *changed == file.id).map_or(&file.text, |(_, text)| text);
            after.add(file.path.clone(), text.as_str());
        }
        after
    }

    /// Takes texts as verified that a test made up.
    #[cfg(test)]
    pub(crate) fn assume(changes: Vec<(FileId, String)>) -> Self {
        Self { changes }
    }
}

/// Makes the edits of some fixes of a project together and checks the result. `further` is asked about the project as it is
/// loaded afterwards, when all else holds.
///
/// # Errors
/// The first [`Law`] that does not hold.
pub(crate) fn verify(
    project: &Project<'_>,
    fixes: &[&Fix],
    further: &dyn Fn(&Project<'_>) -> Result<(), Violation>,
) -> Result<Verified, Violation> {
    let (edits, expected) = union(fixes)?;
    let sources = project.sources();
    let changed: BTreeMap<FileId, String> = edits.iter().map(|(file, edits)| (*file, edits.apply(&sources.get(*file).text))).collect();
    if !expected.files().iter().eq(changed.keys()) {
        return Err(Violation::new(Law::Values, "other files would change than was announced"));
    }
    for (file, edits) in &edits {
        files::bytes_stay(&sources.get(*file).text, edits, &changed[file])?;
    }
    let verified = Verified { changes: changed.into_iter().filter(|(file, after)| sources.get(*file).text != *after).collect() };
    let again = verified.sources(sources);
    let content = project.input.content.with_texts(&again);
    let (after, problems) = compose::load(Input { content: &content, ..project.input });
    for file in expected.files() {
        match project.stream(file) {
            Some(before) => files::yaml(before, after.stream(file), &expected)?,
            None => files::other(sources.get(file), again.get(file), &expected)?,
        }
    }
    if let Some(problem) = problems.first().filter(|_| !project.rejected) {
        return Err(Violation::new(Law::Acceptance, format!("Compose would reject the result: {}", problem.message)));
    }
    model::differs_as_announced(project, &after, &expected)?;
    published::is_as_announced(project, &after, &expected)?;
    further(&after)?;
    Ok(verified)
}

/// The edits of several fixes as those of one.
fn union(fixes: &[&Fix]) -> Result<(BTreeMap<FileId, EditSet>, Expected), Violation> {
    let (mut edits, mut expected) = (BTreeMap::<FileId, EditSet>::new(), Expected::default());
    for fix in fixes {
        let mut merged = fix.edits.iter().try_for_each(|(file, more)| edits.entry(*file).or_default().merge(more));
        merged = merged.and_then(|()| expected.merge(&fix.expected));
        merged.map_err(|overlap| Violation::new(Law::Bytes, overlap.to_string()))?;
    }
    Ok((edits, expected))
}
