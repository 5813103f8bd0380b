//! Projects, from their files to their reports.
//!
//! One project goes through all stages at once (`examine`, `migrate`, `settle`); only what came of it meets the others
//! (`result`). Nothing here knows the command line, and nothing is written.

mod examine;
mod migrate;
mod result;
mod settle;
#[cfg(test)]
mod tests;

use crate::files::Memory;
use crate::project::{self, Input, Prefilter};
use crate::settings::Settings;
use crate::source::Sources;
use std::path::PathBuf;

#[cfg(feature = "cli")]
pub(crate) use examine::Engine;
pub(crate) use examine::{NoEngine, Shared, examine};
#[cfg(test)]
pub(crate) use migrate::{Migration, migrate, proposed};
pub use result::{ProjectReport, Report};

/// Migrates what can be migrated of the projects among `sources`. Which files make a project is told as in a directory: by
/// the names that Compose looks for, and by what they include, extend and read. No other file is looked at.
pub fn check(sources: &Sources, settings: &Settings) -> Report {
    let system = Memory::new(sources);
    let inputs = [Input::Path(PathBuf::from("."))];
    let roots = project::roots(&system, &inputs);
    let prefilter = Prefilter::new(settings, false);
    let shared = Shared { system: &system, roots: &roots, env_file: None, prefilter: &prefilter, settings, audit: false };
    let (seeds, problems) = project::survey(&system, &inputs, None, &prefilter);
    let examined = seeds.iter().map(|seed| examine(seed, shared, &NoEngine)).collect();
    Report::new(&system, &inputs, settings, problems, examined)
}
