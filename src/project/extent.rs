//! How far projects reach, and which of them are part of others.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// Which files a project turned out to be made of, by their real paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The files it is started from.
    pub(crate) starts: Vec<PathBuf>,
    /// Those, and the files that they include and extend.
    pub(crate) covers: Vec<PathBuf>,
}

impl Extent {
    /// Whether all files that `other` is started from are part of this project.
    fn includes(&self, other: &Self) -> bool {
        other.starts.iter().all(|path| self.covers.contains(path))
    }
}

/// How many Compose files there are in all.
pub(crate) fn count_files(extents: &[&Extent]) -> usize {
    extents.iter().flat_map(|extent| &extent.covers).collect::<HashSet<_>>().len()
}

/// Says of each project whether it is part of another. Of projects that are part of each other the first is not.
pub(crate) fn parts(extents: &[&Extent]) -> Vec<bool> {
    let mut covering: HashMap<&PathBuf, Vec<usize>> = HashMap::new();
    for (number, extent) in extents.iter().enumerate() {
        extent.covers.iter().for_each(|path| covering.entry(path).or_default().push(number));
    }
    let is_part = |number: usize| {
        let own = extents[number];
        let candidates = own.starts.first().and_then(|path| covering.get(path)).into_iter().flatten();
        candidates.filter(|other| **other != number).any(|other| {
            let whole = extents[*other];
            whole.includes(own) && (*other < number || !own.includes(whole))
        })
    };
    (0..extents.len()).map(is_part).collect()
}
