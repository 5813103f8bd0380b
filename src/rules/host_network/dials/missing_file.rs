//! Files that a service reads and that are not in the project.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "missing-file",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "a file that it reads is not in the project",
    page: include_str!("missing_file.md"),
};

/// Endings of files that hold settings.
const SETTINGS: [&str; 12] = [".cfg", ".cnf", ".conf", ".config", ".env", ".ini", ".json", ".properties", ".toml", ".xml", ".yaml", ".yml"];

pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let absent = |path: &str| case.project.is_missing(path);
    let env_files =
        case.service.env_files.iter().filter(|file| absent(&file.path.value)).map(|file| (file.path.value.as_str(), file.path.at()));
    let settings = |path: &str| SETTINGS.iter().any(|end| path.to_ascii_lowercase().ends_with(end)) || path.ends_with("Caddyfile");
    let mounts = case.service.mounts.iter().filter(|mount| mount.is_bind() && settings(&mount.source) && absent(&mount.source));
    let missing = env_files.chain(mounts.map(|mount| (mount.source.as_str(), mount.at)));
    missing.map(|(path, at)| Finding::holds_back(&RULE, format!("`{path}` is not there, and an address could be in it"), at)).collect()
}
