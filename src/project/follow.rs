//! The Compose files that others name, and the ones that they name in turn.
//!
//! A file that includes or extends another one matters if that one does. Where the names are written plainly, the bytes of those
//! files are looked at in turn, so that nothing has to be parsed to know that none of them speaks of host networking.

use super::prefilter::{Prefilter, Signs};
use crate::files::{FileSystem, MAX_COMPOSE_BYTES};
use crate::source::normalise;
use std::path::{Path, PathBuf};

/// A project of more files is opened.
const MAX_FILES: usize = 256;

/// The files that those of a project name, and the ones that they name in turn, by their real paths; none if one of them may
/// matter. `named` are paths of files, `signs` what those that name them may speak of.
pub(super) fn follow(system: &dyn FileSystem, prefilter: &Prefilter, mut named: Vec<PathBuf>, mut signs: Signs) -> Option<Vec<PathBuf>> {
    if !named.is_empty() {
        // Variables that an included project brings along are not looked at.
        signs = signs.with(Signs::of_unseen_variables());
    }
    let mut next = 0;
    while let Some(path) = named.get(next).cloned() {
        let look = prefilter.look(&system.text(&path, MAX_COMPOSE_BYTES).ok()?);
        signs = signs.with(look.signs);
        for further in from(path.parent().unwrap_or(Path::new("")), look.named) {
            if !named.contains(&further) {
                named.push(further);
            }
        }
        if signs.matter() || named.len() > MAX_FILES {
            return None;
        }
        next += 1;
    }
    (!signs.matter()).then(|| named.iter().map(|path| system.real(path)).collect())
}

/// Paths that are written in files whose paths start in `directory`.
pub(super) fn from(directory: &Path, named: Vec<PathBuf>) -> impl Iterator<Item = PathBuf> {
    named.into_iter().map(|path| normalise(&directory.join(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Memory;
    use crate::settings::Settings;
    use crate::source::Sources;

    #[test]
    fn files_are_followed_until_one_may_matter() {
        let sources = Sources::default();
        sources.add("a/quiet.yaml", "services:\n  a:\n    extends:\n      file: ../b.yaml\n      service: b\n");
        sources.add("b.yaml", "services:\n  b:\n    image: b\n");
        sources.add("loud.yaml", "include:\n  - host.yaml\n");
        sources.add("host.yaml", "services:\n  b:\n    network_mode: host\n");
        sources.add("circle.yaml", "include:\n  - circle.yaml\n");
        sources.add("half.yaml", "networks:\n  a:\n    external: true\n    name: ${NETWORK}\n");
        let (memory, prefilter) = (Memory::new(&sources), Prefilter::new(&Settings::default(), false));
        let reached = |path: &str| follow(&memory, &prefilter, vec![path.into()], Signs::default()).map(|files| files.len());
        assert_eq!((reached("a/quiet.yaml"), reached("circle.yaml")), (Some(2), Some(1)));
        assert_eq!((reached("loud.yaml"), reached("gone.yaml"), reached("half.yaml")), (None, None, None));
    }
}
