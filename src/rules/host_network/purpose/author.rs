//! What authors say in comments about host networking.
//!
//! A comment counts when it gives a reason. Restating the setting is none, nor is a line that was commented out. Which
//! reasons count for what is for the rules beside this file.

use crate::compose::comments::Comment;
use crate::diagnostic::Finding;
use crate::facts::comments::{Nearness, comments_of};
use crate::rules::case::Case;
use crate::source::Location;

/// Words that say it is about reaching something at the host's own address.
const REACH: [&str; 15] = [
    "127.0.0.1",
    "access existing",
    "access external",
    "access host",
    "access local",
    "access to host",
    "access your",
    "connect to host",
    "localhost",
    "proxied",
    "proxies",
    "proxy to",
    "reach",
    "reachable",
    "reaches",
];

/// Ways to name host networking.
const NAMES: [&str; 12] = [
    "host net",
    "host-net",
    "hostnet",
    "host mode",
    "host stack",
    "network_mode",
    "network mode",
    "network: host",
    "net=host",
    "network=host",
    "network host",
    "network stack",
];

/// The first comment that counts, as a finding. What `counts` is given is the text in lower case, and whether the comment stands
/// beside the line that says host networking.
pub(super) fn first(case: &Case<'_>, finding: fn(String, Location) -> Finding, counts: fn(&str, bool) -> bool) -> Vec<Finding> {
    let comments = comments_of(case.project, case.service, case.host.at());
    let reason = comments.into_iter().find(|(comment, nearness)| {
        let text = comment.text.to_lowercase();
        let beside = *nearness == Nearness::Beside;
        let elsewhere = *nearness == Nearness::FileHeader && names_others_only(case, &text);
        is_prose(comment) && !elsewhere && counts(&text, beside)
    });
    let quote = |(comment, _): (&Comment, Nearness)| finding(format!("the author says: `{}`", shorten(&comment.text)), comment.at);
    reason.map(quote).into_iter().collect()
}

/// Whether the header of a file speaks of services of the project by name, and this is none of them.
fn names_others_only(case: &Case<'_>, text: &str) -> bool {
    let names = |service: &crate::compose::Service| contains_word(text, &service.name.to_lowercase());
    !names(case.service) && case.project.services.iter().any(names)
}

/// Whether it speaks of reaching something at the host's own address.
pub(super) fn speaks_of_reach(text: &str) -> bool {
    contains_any(text, &REACH)
}

/// Whether it names host networking.
pub(super) fn names_host(text: &str) -> bool {
    contains_any(text, &NAMES)
}

/// Whether it has one of `words`, as a whole word.
pub(super) fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| contains_word(text, word))
}

/// Whether `word` stands in `text` with no letter or digit next to it, unless it ends in one that goes on: "host net(work)".
pub(super) fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let open = word.ends_with("net") || word.ends_with("discover");
        !before.is_some_and(char::is_alphanumeric) && (open || !after.is_some_and(char::is_alphanumeric))
    })
}

/// The longest quote that a report prints, in characters.
const QUOTE: usize = 120;

fn shorten(text: &str) -> String {
    if text.chars().count() <= QUOTE {
        return text.to_owned();
    }
    text.chars().take(QUOTE - 1).chain(['…']).collect()
}

/// A line of YAML that was commented out is not prose, and neither is a directive of this program.
fn is_prose(comment: &Comment) -> bool {
    let text = comment.text.as_str();
    let first = text.split(char::is_whitespace).next().unwrap_or_default();
    let is_entry =
        first.ends_with(':') && first.len() > 1 && first.trim_end_matches(':').chars().all(|char| char.is_ascii_lowercase() || char == '_');
    !is_entry && !text.starts_with("- ") && !text.contains("compose-fix:")
}
