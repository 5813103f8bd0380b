//! Settings that look as if they opened a further listener.
//!
//! A port that is found does not explain the others: each number in a setting that speaks of listening is a listener, or somebody
//! else's, or off. What is none of these as far as anybody can see is doubt.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::Owner;
use crate::facts::candidates::{Candidate, candidates};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "further-listener",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "a setting looks as if it opened another port",
    page: include_str!("further_listener.md"),
};

/// Each such setting of a program whose settings are not documented here.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let documented = case.subject.known.as_ref().is_some_and(|known| known.is_documented() && !known.ports.is_empty());
    if documented && !case.subject.is_own_program() || case.inference.ports.is_empty() {
        return Vec::new();
    }
    let own = candidates(&case.subject);
    let unexplained = own.into_iter().filter(|candidate| candidate.is_named && !is_explained(case, candidate.number));
    let message = |Candidate { name, number, .. }: &Candidate| format!("`{name}` looks like another listener, on {number}");
    unexplained.map(|candidate| Finding::holds_back(&RULE, message(&candidate), candidate.at)).collect()
}

/// Whether the port is one that is known, or that the service dials.
fn is_explained(case: &Case<'_>, number: u16) -> bool {
    let dialled =
        case.references.iter().any(|reference| reference.number == Some(number) && !matches!(reference.owner, Owner::Itself | Owner::Bind));
    dialled || case.inference.listens_on(number)
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn each_setting_that_speaks_of_listening_is_explained_or_doubt() {
        hold(&[
            ("image: example/app\nenvironment: {PORT: 3001, CWMP_PORT: 7547}", "review 3001/tcp further-listener"),
            ("image: example/app\nenvironment: {PORT: 3001, DB_PORT: 5432, SMTP_HOST: a.example.org, SMTP_PORT: 25}", "migrate 3001/tcp"),
            ("image: example/app\nenvironment: {LISTEN: \":6893\", ADMIN_ADDRESS: \"0.0.0.0:7001\"}", "review 6893/tcp further-listener"),
            ("image: example/app\ncommand: [run, --listen, \":7000\", --metrics-port, \"7002\"]", "review 7000/tcp further-listener"),
        ]);
    }
}
