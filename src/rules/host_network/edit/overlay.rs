//! Files that are one layer of a project.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "overlay",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "it is one layer of a service that other files define",
    page: include_str!("overlay.md"),
};

/// The base file that is missing.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    if !is_layer(case) {
        return Vec::new();
    }
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let base = case.project.beside().map_or_else(|| "BASE".to_owned(), name);
    let this = name(&case.project.sources().get(case.service.at.file).path);
    let help = format!("run with its base file too: `-f {base} -f {this}`");
    vec![Finding::asks(&RULE, "has neither `image` nor `build` here", case.service.at).help(help)]
}

/// Whether other files have to say what the service is.
pub(crate) fn is_layer(case: &Case<'_>) -> bool {
    !["image", "build", "extends", "provider"].into_iter().any(|key| case.service.get(key).is_some())
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn a_layer_needs_its_base() {
        hold(&[("expose: [\"1\"]", "ask 1/tcp overlay"), ("build: .\nexpose: [\"1\"]", "review 1/tcp missing-file")]);
    }
}
