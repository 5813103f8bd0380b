//! What only the host's network has, by the word of the author.

use super::author;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::phrases::{Said, Tells};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "author-comment",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "the author says why it is on host networking",
    page: include_str!("author_comment.md"),
};

/// A comment that gives a reason for what only the host's network has.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    author::first(
        case,
        |message, at| Finding::keeps(&RULE, message, at),
        |said, beside| {
            let speaks = beside || said.tells(Tells::Name);
            is_broken(said) || speaks && (said.tells(Tells::Term) || is_necessary(said) && !said.tells(Tells::Reach))
        },
    )
}

fn is_necessary(said: &Said) -> bool {
    said.tells(Tells::Necessity) && !said.tells(Tells::Needless)
}

/// Whether it says that the alternative does not work on that host.
fn is_broken(said: &Said) -> bool {
    let of_networks = said.tells(Tells::Network) || said.tells(Tells::Name);
    of_networks && said.tells(Tells::Bridge) && said.tells(Tells::Broken)
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    fn commented(comment: &str) -> String {
        verdict(&[("compose.yaml", &format!("services:\n  app:\n    image: redis\n    {comment}\n    network_mode: host\n"))], "app")
    }

    #[test]
    fn comments_that_give_a_reason_are_heard() {
        assert_eq!(commented("# needed for mDNS"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# nötig für Multicast"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# Docker's bridge is broken on this machine"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# to see real client IPs"), "keep 6379/tcp author-comment");
        assert_eq!(commented("# listens on all interfaces"), "migrate 6379/tcp");
        assert_eq!(commented("# host network"), "migrate 6379/tcp");
        assert_eq!(commented("# no ports needed with host networking"), "migrate 6379/tcp");
        assert_eq!(commented("# network_mode: bridge"), "migrate 6379/tcp");
    }
}
