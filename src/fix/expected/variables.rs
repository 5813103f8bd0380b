//! The lines of an env file with the announced changes made, to compare with those of the edited file.
//!
//! Values are compared as they are written, quotes apart: what variables in them stand for is for their readers, and
//! changes with the line that sets those.

use crate::compose::Project;
use crate::edit::EditSet;
use crate::formats::env_file::{self, EnvLine, Quoting};
use crate::formats::interpolation::Env;
use crate::source::{Location, SourceFile, Span};
use std::collections::BTreeMap;

/// What an env file says in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The name of the variable.
    pub(crate) name: String,
    /// The value as written, without its quotes.
    pub(crate) written: String,
    /// How it is quoted.
    pub(crate) quoting: Quoting,
}

/// What an env file says, line by line.
pub(crate) fn assignments(file: &SourceFile) -> Option<Vec<Assignment>> {
    let written = |line: &EnvLine| line.value_span.of(&file.text).to_owned();
    let assignment = |line: EnvLine| Assignment { written: written(&line), name: line.name, quoting: line.quoting };
    Some(lines(file)?.into_iter().map(assignment).collect())
}

/// The variable whose value holds the bytes at `at`, and where in the value, as it is written, they stand; none in a file
/// that is no env file of the project, and none in a line that a later one for the same name makes void.
pub(crate) fn variable_at(project: &Project<'_>, at: Location) -> Option<(String, Span)> {
    if !project.is_env_file(at.file) {
        return None;
    }
    let lines = lines(project.sources().get(at.file))?;
    let line = lines.iter().find(|line| line.value_span.contains(at.span))?;
    let counts = lines.iter().rfind(|other| other.name == line.name)? == line;
    let start = line.value_span.start;
    counts.then(|| (line.name.clone(), Span::new(at.span.start - start, at.span.end - start)))
}

/// What the file says with `changes` made: bytes of written values, by the name of their variable. Of several lines for
/// one name the last counts, and it is the one that changes.
///
/// # Errors
/// The name that no line has.
pub(super) fn changed(mut before: Vec<Assignment>, changes: &BTreeMap<String, EditSet>) -> Result<Vec<Assignment>, String> {
    for (name, edits) in changes {
        let line = before.iter_mut().rfind(|line| line.name == *name).ok_or_else(|| name.clone())?;
        line.written = edits.apply(&line.written);
    }
    Ok(before)
}

/// The lines of an env file: as Compose reads them, or, where that fails, as they are read for `format: raw`.
fn lines(file: &SourceFile) -> Option<Vec<EnvLine>> {
    let env = Env::default();
    env_file::parse(file, &env).or_else(|_| env_file::parse_raw(file, &env)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;
    use crate::source::Sources;

    fn said(text: &str) -> Vec<Assignment> {
        let sources = Sources::default();
        let id = sources.add(".env", text);
        assignments(sources.get(id)).unwrap()
    }

    #[test]
    fn the_line_that_counts_changes_and_no_other() {
        let mut edits = EditSet::default();
        edits.extend([Edit::replace(Span::new(7, 16), "db")]).unwrap();
        let changes = BTreeMap::from([("URL".to_owned(), edits)]);
        let before = "URL=old\n# c\nexport URL=\"http://localhost:1\" # x\nB=$URL\n";
        let after = changed(said(before), &changes).unwrap();
        assert_eq!(after, said("URL=old\nURL=\"http://db:1\"\nB=$URL\n"));
        for other in ["URL=\"http://db:1\"\nURL=old\nB=$URL\n", "URL=old\nURL='http://db:1'\nB=$URL\n", "URL=old\nURL=\"http://db:1\"\n"] {
            assert_ne!(after, said(other), "{other}");
        }
        assert_eq!(changed(said("A=1\n"), &changes), Err("URL".to_owned()));
    }
}
