//! Files that a service reads and that are not in the project.

use crate::compose::service::Mount;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::config_files;
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "missing-file",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "a file that it reads is not in the project",
    page: include_str!("missing_file.md"),
};

/// Env files, mounts that look like settings, settings that the command names, and the Dockerfile.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let env_files = case.service.env_files.iter().map(|file| (file.path.value.to_string(), file.path.at()));
    let mounts = case.service.mounts.iter().filter(|mount| mount.is_bind() && config_files::is_settings(&mount.source));
    let mounts = mounts.map(|mount| (mount.source.clone(), mount.at));
    let unseen = env_files.chain(mounts).filter(|(path, _)| case.project.is_unseen(path));
    let absent = named(case).into_iter().chain(dockerfile(case)).filter(|(path, _)| case.project.is_missing(path));
    let missing = unseen.chain(absent);
    missing.map(|(path, at)| Finding::holds_back(&RULE, format!("`{path}` is not there, and an address could be in it"), at)).collect()
}

/// The files of settings that the command names in what the service mounts.
fn named(case: &Case<'_>) -> Vec<(String, Location)> {
    let words = case.service.command_lines().flat_map(|line| line.texts.iter()).flat_map(|text| {
        let words = text.value.split([' ', '=', '"', '\'']).filter(|word| config_files::is_settings(word));
        words.map(|word| (word.to_owned(), text.at())).collect::<Vec<_>>()
    });
    words.filter_map(|(path, at)| Some((on_host(case, &path)?, at))).collect()
}

/// The path on the host that a path in the container stands for.
fn on_host(case: &Case<'_>, path: &str) -> Option<String> {
    let below = |mount: &Mount| {
        let rest = path.strip_prefix(mount.target.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then(|| (mount.target.len(), format!("{}{rest}", mount.source.trim_end_matches('/'))))
    };
    let mounts = case.service.mounts.iter().filter(|mount| mount.is_bind()).filter_map(below);
    mounts.max_by_key(|(length, _)| *length).map(|(_, path)| path)
}

/// The Dockerfile that the service is built from.
fn dockerfile(case: &Case<'_>) -> Option<(String, Location)> {
    let build = case.service.build.as_ref()?;
    let is_inline = case.service.get("build").is_some_and(|build| build.get("dockerfile_inline").is_some());
    let is_local = !is_inline && !build.context.contains("://") && case.service.image.is_none();
    is_local.then(|| (build.dockerfile_path(), case.service.field("build").map_or(case.service.at, |field| field.entry)))
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
