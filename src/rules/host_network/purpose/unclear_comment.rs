//! What the author says beside host networking, and nobody understands.

use super::author::{self, Meaning};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "unclear-comment",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "a comment beside `network_mode` is not understood",
    page: include_str!("unclear_comment.md"),
};

/// A comment that says more than that there is host networking.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    author::first(case, Meaning::Unclear, |message, at| Finding::holds_back(&RULE, message, at))
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    #[test]
    fn what_is_not_understood_is_looked_at_first() {
        let commented = |comment: &str| {
            verdict(&[("compose.yaml", &format!("services:\n  app:\n    image: redis\n    {comment}\n    network_mode: host\n"))], "app")
        };
        assert_eq!(commented("# as agreed with the colleagues of team seven"), "review 6379/tcp unclear-comment");
        assert_eq!(commented("# optional"), "review 6379/tcp unclear-comment");
        assert_eq!(commented("# command: redis-server --port 6380"), "migrate 6379/tcp");
        assert_eq!(commented("# - \"6379:6379\""), "migrate 6379/tcp");
        assert_eq!(commented("# use the host's network directly"), "migrate 6379/tcp");
    }
}
