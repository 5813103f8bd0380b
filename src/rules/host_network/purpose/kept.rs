//! What the user keeps.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::{Case, Wish};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "kept",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the user says so",
    page: include_str!("kept.md"),
};

/// The wish to keep it.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    match &case.wish {
        Wish::Keep { because, at } => vec![Finding::keeps(&RULE, because, *at)],
        Wish::Migrate | Wish::Nothing => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    #[test]
    fn what_the_user_keeps_stays_and_nothing_else_is_said_of_it() {
        let text = "services:\n  app:\n    image: redis\n    # compose-fix: keep -- LAN only\n    network_mode: host\n    pid: host\n";
        assert_eq!(verdict(&[("compose.yaml", text)], "app"), "keep 6379/tcp kept");
    }
}
