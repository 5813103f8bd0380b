//! Addresses of the host in mounted files and in labels.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::{Field, Owner, Reference};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "config-file",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "a mounted file names an address of the host",
    page: include_str!("config_file.md"),
};

/// Addresses in files and labels, whoever answers there.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let found = case.references.iter().filter_map(|reference| Some((reference, message(case, reference)?)));
    found.map(|(reference, message)| Finding::holds_back(&RULE, message, reference.at)).collect()
}

fn message(case: &Case<'_>, reference: &Reference) -> Option<String> {
    let said = reference.said();
    Some(match (&reference.owner, &reference.field) {
        (Owner::Service { id, .. }, Field::File) => format!("this file says `{said}`, which is `{}`", case.project[*id].name),
        (Owner::Host(_), Field::File) => format!("this file says `{said}`, where no service of the project listens"),
        (Owner::Service { .. } | Owner::Host(_), Field::Label(name)) => format!("label `{name}` says `{said}`"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::app_with;

    #[test]
    fn a_mounted_file_that_names_the_host_is_looked_at_first() {
        let mounted =
            |text: &str| app_with("image: example/app\nexpose: [\"1\"]\nvolumes: [\"./a.conf:/etc/a.conf\"]", &[("a.conf", text)]);
        assert_eq!(mounted("upstream = http://localhost:9999\n"), "review 1/tcp config-file");
        assert_eq!(mounted("upstream = http://api.example:9999\n"), "migrate 1/tcp");
    }
}
