//! What authors say in comments about host networking, and what it comes to.
//!
//! Restating the setting says nothing, nor does finding fault with it, nor a line that was commented out. Which finding follows from what is
//! said is for the rules beside this file.

use crate::compose::comments::Comment;
use crate::compose::{self, Service};
use crate::diagnostic::Finding;
use crate::facts::comments::{Nearness, comments_of};
use crate::knowledge::phrases::{self, Said, Tells};
use crate::rules::case::Case;
use crate::source::Location;

/// What a comment comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Host networking has a reason, or is decided upon.
    Reason,
    /// It is wished for, for speed.
    Wish,
    /// It is there to reach something at the host's own address.
    Reach,
    /// It is there for ease, for the time being, or for nothing.
    Fault,
    /// Nobody knows.
    Unclear,
}

/// A finding about the first comment with that meaning.
pub(super) fn first(case: &Case<'_>, wanted: Meaning, finding: impl Fn(String, Location) -> Finding) -> Vec<Finding> {
    let comments = comments_of(case.project, case.service, case.host.at());
    let found = comments.into_iter().find_map(|(comment, nearness)| {
        let Prose { text, explains_yaml } = prose(case, comment);
        let elsewhere = match nearness {
            Nearness::Header => names_others_only(case, &text.to_lowercase()),
            Nearness::Footer => explains_yaml || names_others_only(case, &text.to_lowercase()),
            Nearness::Beside | Nearness::Head | Nearness::Within | Nearness::Above => false,
        };
        let means = meaning(&phrases::said(&text), nearness == Nearness::Beside);
        (!elsewhere && means == Some(wanted)).then(|| finding(format!("the author says: `{}`", shorten(&text)), comment.at))
    });
    found.into_iter().collect()
}

/// What it comes to, if it comes to anything. `beside` host networking a comment speaks of it without a name.
fn meaning(said: &Said, beside: bool) -> Option<Meaning> {
    let any = |all: &[Tells]| all.iter().any(|tells| said.tells(*tells));
    let is_broken = any(&[Tells::Network, Tells::Name]) && said.tells(Tells::Bridge) && said.tells(Tells::Broken);
    let is_necessary = said.tells(Tells::Necessity) && !said.tells(Tells::Needless);
    match () {
        () if is_broken => Some(Meaning::Reason),
        () if !beside && !said.tells(Tells::Name) => None,
        () if any(&[Tells::Term, Tells::Decision]) => Some(Meaning::Reason),
        // No gateway reaches what listens on the host's loopback alone.
        () if said.tells(Tells::Reach) => Some(if said.tells(Tells::Loopback) { Meaning::Reason } else { Meaning::Reach }),
        () if is_necessary && !said.tells(Tells::Complaint) => Some(Meaning::Reason),
        () if said.tells(Tells::Performance) => Some(Meaning::Wish),
        () if !is_necessary && any(&[Tells::Complaint, Tells::Needless]) => Some(Meaning::Fault),
        () => (beside && !said.restates()).then_some(Meaning::Unclear),
    }
}

/// Whether the header of a file speaks of services of the project by name, and this is none of them.
fn names_others_only(case: &Case<'_>, text: &str) -> bool {
    let names = |service: &Service| contains_word(text, &service.name.to_lowercase());
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

/// What a comment says in words.
struct Prose {
    /// Without lines of YAML that were commented out, and without directives of this program.
    text: String,
    /// Whether there were such lines of YAML.
    explains_yaml: bool,
}

fn prose(case: &Case<'_>, comment: &Comment) -> Prose {
    let text = comment.at.span.of(&case.project.sources().get(comment.at.file).text);
    let lines = text.lines().map(|line| line.trim().trim_start_matches('#').trim()).filter(|line| !line.is_empty());
    let (yaml, words): (Vec<_>, Vec<_>) = lines.filter(|line| !line.contains("compose-fix:")).partition(|line| is_yaml(line));
    Prose { text: words.join(" "), explains_yaml: !yaml.is_empty() }
}

/// Whether a line is an item or an entry of YAML, and no sentence that begins with a dash or has a colon.
fn is_yaml(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    if let Some(item) = line.strip_prefix("- ") {
        let first = item.split(char::is_whitespace).next().unwrap_or_default();
        return first == item || first.starts_with(['"', '\'', '[', '{']) || first.contains(['=', ':']);
    }
    let (key, value) = line.split_once(':').unwrap_or((line, "no entry"));
    let is_key = !key.is_empty() && key.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "_-.".contains(char));
    let is_variable = key.contains('_') && key.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    let is_assignment = || line.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace));
    is_variable || is_assignment() || is_key && (compose::is_attribute(key) || value.split_whitespace().count() < 2)
}
