//! What authors say in comments about host networking.
//!
//! A comment counts when it gives a reason. Restating the setting is none, nor is a line that was commented out. Which
//! reasons count for what is for the rules beside this file.

use crate::compose::comments::Comment;
use crate::diagnostic::Finding;
use crate::facts::comments::{Nearness, comments_of};
use crate::knowledge::phrases::{self, Said};
use crate::rules::case::Case;
use crate::source::Location;

/// The first comment that counts, as a finding. What `counts` is given is what the text says, and whether the comment stands beside the line
/// that says host networking.
pub(super) fn first(case: &Case<'_>, finding: fn(String, Location) -> Finding, counts: fn(&Said, bool) -> bool) -> Vec<Finding> {
    let comments = comments_of(case.project, case.service, case.host.at());
    let reason = comments.into_iter().find(|(comment, nearness)| {
        let beside = *nearness == Nearness::Beside;
        let elsewhere = *nearness == Nearness::FileHeader && names_others_only(case, &comment.text.to_lowercase());
        is_prose(comment) && !elsewhere && counts(&phrases::said(&comment.text), beside)
    });
    let quote = |(comment, _): (&Comment, Nearness)| finding(format!("the author says: `{}`", shorten(&comment.text)), comment.at);
    reason.map(quote).into_iter().collect()
}

/// Whether the header of a file speaks of services of the project by name, and this is none of them.
fn names_others_only(case: &Case<'_>, text: &str) -> bool {
    let names = |service: &crate::compose::Service| contains_word(text, &service.name.to_lowercase());
    !names(case.service) && case.project.services.iter().any(names)
}

/// Whether `word` stands in `text` with no letter or digit next to it.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let beside = [text[..at].chars().next_back(), text[at + word.len()..].chars().next()];
        !beside.into_iter().flatten().any(char::is_alphanumeric)
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
