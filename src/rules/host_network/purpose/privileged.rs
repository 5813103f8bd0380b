//! Privileged containers.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "privileged",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "it is privileged",
    page: include_str!("privileged.md"),
};

/// The key itself: what it is used for, no file says.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let field = case.service.field("privileged").filter(|field| field.value.as_str() == Some("true"));
    field.map(|field| Finding::holds_back(&RULE, "`privileged: true`", field.entry)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn a_privileged_service_is_looked_at_first() {
        hold(&[
            ("image: example/app\nexpose: [\"1\"]\nprivileged: true", "review 1/tcp privileged"),
            ("image: example/app\nexpose: [\"1\"]\nprivileged: false", "migrate 1/tcp"),
        ]);
    }
}
