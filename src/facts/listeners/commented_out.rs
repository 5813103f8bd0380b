//! `ports` that the author commented out: a hint, since nobody knows why it was taken out.
//!
//! As with live `ports` it is the container's side that listens. Only comments inside the service are read.

use super::evidence::{Confidence, Evidence, SourceId};
use crate::compose::comments::Comment;
use crate::compose::host_network;
use crate::facts::ServiceFacts;
use crate::facts::comments::{Nearness, comments_of};
use crate::port;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some(host) = host_network(subject.project, subject.service) else { return Vec::new() };
    let comments = comments_of(subject.project, subject.service, host.at());
    let inside = comments.into_iter().filter(|(_, nearness)| matches!(nearness, Nearness::Beside | Nearness::Within));
    inside.flat_map(|(comment, _)| of_comment(comment)).collect()
}

/// Whether the author wrote down which ports would be mapped otherwise.
pub(crate) fn lists_ports(subject: &ServiceFacts<'_>) -> bool {
    !find(subject).is_empty()
}

fn of_comment(comment: &Comment) -> Vec<Evidence> {
    let Some(list) = list(&comment.text) else { return Vec::new() };
    let mappings = items(list).filter_map(|item| port::parse_short(item).ok());
    let ports = mappings.flat_map(|mapping| mapping.ports());
    ports
        .map(|port| {
            let because = format!("a `ports` entry that is commented out: {port}");
            Evidence { confidence: Confidence::Weak, ..Evidence::strong(SourceId::CommentedOut, port, comment.at, because) }
        })
        .collect()
}

/// What stands behind `ports:` at the start of a comment, or behind a sentence in it.
fn list(text: &str) -> Option<&str> {
    let at = text.find("ports:").filter(|at| *at == 0 || text[..*at].ends_with([' ', '#']))?;
    text.get(at + "ports:".len()..)
}

/// The items `- "8080:80"`, up to the first word that is none.
fn items(list: &str) -> impl Iterator<Item = &str> {
    let words = list.split_whitespace().filter(|word| *word != "#");
    let items = words.take_while(|word| {
        *word == "-" || word.trim_start_matches('-').starts_with(['"', '\'', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    });
    items.map(|word| word.trim_start_matches('-').trim_matches(['"', '\''])).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_a_comment_is_read_up_to_its_end() {
        let read = |text: &str| list(text).map(|list| items(list).map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(read("ports: - \"8080:80\" - 9000:9000/udp volumes: - a:b"), Some(vec!["8080:80".into(), "9000:9000/udp".into()]));
        assert_eq!(read("no longer mapped: ports: - 80"), Some(vec!["80".into()]));
        assert_eq!(read("exports: - 80"), None);
        assert_eq!(read("ports: are not needed"), Some(vec![]));
    }
}
