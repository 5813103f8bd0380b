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
