//! What authors say about host networking, in the phrases of `data/phrases.txt`.
//!
//! A text is searched once for all phrases; what they come to together is for whoever asks. Technical terms mean the same in every language;
//! the other phrases name theirs, so that a language is added by lines.

use super::patterns::{Patterns, is_of_word};
use super::table::{Table, kinds};
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/phrases.txt");

/// The lines are `KIND LANGUAGE PHRASE`.
static TABLE: LazyLock<Patterns<Tells>> = LazyLock::new(|| {
    let table = Table::new(TEXT);
    Patterns::of_words(table.lines().filter_map(|line| Some((line.rest().split_once(' ')?.1, Tells::read(line.key())?))))
});

kinds! {
    /// What a phrase tells.
    pub(crate) enum Tells {
        /// It names the network that a service would be on otherwise.
        Bridge = "bridge",
        /// Something does not work.
        Broken = "broken",
        /// It finds fault with host networking, or that is there for ease or for the time being.
        Complaint = "complaint",
        /// It is meant to be so, or is to stay so.
        Decision = "decision",
        /// Something listens on 127.0.0.1 alone.
        Loopback = "loopback",
        /// It names host networking.
        Name = "name",
        /// Something is necessary, or why.
        Necessity = "necessity",
        /// Something is not necessary.
        Needless = "needless",
        /// It speaks of networks.
        Network = "network",
        /// It wishes for speed.
        Performance = "performance",
        /// It adds nothing.
        Plain = "plain",
        /// It is about reaching something at the host's own address.
        Reach = "reach",
        /// What host networking does, not what it is for: a term in it does not count.
        Restatement = "restatement",
        /// It names what a bridge does not carry.
        Term = "term",
    }
}

/// What the words of a comment consist of that only says again that there is host networking.
const RESTATING: [Tells; 5] = [Tells::Bridge, Tells::Name, Tells::Network, Tells::Plain, Tells::Restatement];

/// The phrases of a text.
#[derive(Debug)]
pub(crate) struct Said {
    found: Vec<(Tells, Range<usize>)>,
    restates: bool,
}

/// Finds the phrases in a text of any case.
pub(crate) fn said(text: &str) -> Said {
    let text = text.to_lowercase();
    let found: Vec<_> = TABLE.found(&text).map(|found| (found.says, found.at)).collect();
    let restating: Vec<_> = found.iter().filter(|(tells, _)| RESTATING.contains(tells)).map(|(_, at)| whole_words(&text, at)).collect();
    let restates = text.char_indices().all(|(at, char)| !char.is_alphanumeric() || restating.iter().any(|phrase| phrase.contains(&at)));
    Said { found, restates }
}

/// The words of which a phrase is, or begins, or ends one.
fn whole_words(text: &str, at: &Range<usize>) -> Range<usize> {
    let before = text[..at.start].trim_end_matches(is_of_word).len();
    let after = text[at.end..].trim_start_matches(is_of_word).len();
    before..text.len() - after
}

impl Said {
    /// Whether a phrase of the text tells that.
    pub(crate) fn tells(&self, what: Tells) -> bool {
        let told = |kind: Tells| self.found.iter().filter(move |(tells, _)| *tells == kind).map(|(_, at)| at);
        let restated = |at: &Range<usize>| told(Tells::Restatement).any(|other| other.start <= at.start && at.end <= other.end);
        told(what).any(|at| what != Tells::Term || !restated(at))
    }

    /// Whether the text has no word beyond those that say again that there is host networking.
    pub(crate) fn restates(&self) -> bool {
        self.restates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_whole_words() {
        let is_term = |text| said(text).tells(Tells::Term);
        assert!(is_term("needed for mDNS/SSDP") && is_term("auto-discovering devices"));
        assert!(!is_term("harp and gossip"));
    }

    #[test]
    fn what_restates_the_setting_is_no_term() {
        assert!(said("needs the interfaces").tells(Tells::Term));
        assert!(!said("listens on all interfaces").tells(Tells::Term));
    }

    #[test]
    fn words_without_blanks_between_them_are_words() {
        assert!(said("使用host网络，需要组播").tells(Tells::Term) && said("使用host网络").restates());
        assert!(said("mDNSのため").tells(Tells::Term) && !said("ホストの設定を読む").restates());
    }

    #[test]
    fn phrases_are_found_in_any_case_and_language() {
        assert!(said("Use host networking to reach it").tells(Tells::Name));
        assert!(said("NÖTIG für alles").tells(Tells::Necessity));
        assert!(!said("a plain remark").tells(Tells::Necessity));
    }
}
