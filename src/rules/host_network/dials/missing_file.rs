//! Files that a service reads and that are not in the project.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::config_files;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "missing-file",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "a file that it reads is not in the project",
    page: include_str!("missing_file.md"),
};

/// Env files, and mounts that look like settings.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let absent = |path: &str| case.project.is_missing(path);
    let env_files =
        case.service.env_files.iter().filter(|file| absent(&file.path.value)).map(|file| (file.path.value.as_str(), file.path.at()));
    let mounts =
        case.service.mounts.iter().filter(|mount| mount.is_bind() && config_files::is_settings(&mount.source) && absent(&mount.source));
    let missing = env_files.chain(mounts.map(|mount| (mount.source.as_str(), mount.at)));
    missing.map(|(path, at)| Finding::holds_back(&RULE, format!("`{path}` is not there, and an address could be in it"), at)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::app_with;

    #[test]
    fn a_file_that_is_not_there_could_hold_an_address() {
        assert_eq!(app_with("image: redis\nenv_file: app.env", &[("app.env", "")]), "review 6379/tcp missing-file");
        assert_eq!(app_with("image: redis\nenv_file: app.env", &[("app.env", "A=b\n")]), "migrate 6379/tcp");
        assert_eq!(app_with("image: redis\nvolumes: [\"./a.conf:/etc/a.conf\"]", &[("a.conf", "")]), "review 6379/tcp missing-file");
    }
}
