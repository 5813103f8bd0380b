//! Addresses of the host at which no service of the project listens.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::{Field, Owner, Reference};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "host-process",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "it dials a process on the host",
    page: include_str!("host_process.md"),
};

/// Addresses in the service's own settings; those in files and labels are for `config-file`.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let dials =
        |reference: &&&Reference| matches!(reference.owner, Owner::Host(_)) && !matches!(reference.field, Field::File | Field::Label(_));
    let message = |reference: &Reference| format!("dials `{}`, where no service of the project listens", reference.said());
    case.references.iter().filter(dials).map(|reference| Finding::holds_back(&RULE, message(reference), reference.at)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn a_process_on_the_host_is_looked_at_first() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 1, API_URL: \"http://localhost:9999\"}", "review 1/tcp host-process"),
            ("image: example/app\nenvironment: {PORT: 1, API_URL: \"http://localhost:1\"}", "migrate 1/tcp"),
            ("image: example/app\nenvironment: {PORT: 1, API_URL: \"http://api.example:9999\"}", "migrate 1/tcp"),
        ]);
    }
}
