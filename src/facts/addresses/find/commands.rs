//! Addresses in `command`, `entrypoint` and the healthcheck.
//!
//! Addresses are found in the text as it stands, also inside the quoted script of a `sh -c`. Host and port as two words
//! (`wait-for localhost 5432`, `-h localhost -p 5432`) belong together when they are words of one simple command.

use super::found::Found;
use super::text::{in_value, mentions, port_text};
use crate::compose::service::CommandLine;
use crate::compose::tree::Text;
use crate::facts::addresses::lines::Lines;
use crate::facts::addresses::mention::Mention;
use crate::facts::addresses::reference::PortText;
use crate::formats::mapped::Mapped;
use crate::formats::shell::{self, Command, Word};
use crate::knowledge::{flags, protocols};
use std::borrow::Cow;

/// An address in a command.
#[derive(Debug, Clone)]
pub(crate) struct Spoken {
    /// The address.
    pub(crate) found: Found,
    /// What the words around it say.
    pub(crate) words: Words,
}

/// What the words around an address say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// The word in front of its word.
    pub(crate) before: String,
    /// What its own word begins with, such as `--bind` of `--bind=127.0.0.1`.
    pub(crate) own: String,
    /// The port that goes with a host alone.
    pub(crate) port: Option<SpokenPort>,
}

/// A port that is said beside a host, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpokenPort {
    /// The next word.
    Next(u16, PortText),
    /// An option of the same command.
    Option(u16, PortText),
    /// The one that the client dials by default.
    Default(u16),
}

impl SpokenPort {
    /// The number, and where it is written.
    pub(crate) fn number(self) -> (u16, PortText) {
        match self {
            Self::Next(number, text) | Self::Option(number, text) => (number, text),
            Self::Default(number) => (number, PortText::Unwritten),
        }
    }
}

/// Every address in a command line.
pub(crate) fn in_line(line: &CommandLine) -> Vec<Spoken> {
    let values: Vec<Cow<'_, Mapped>> = line.texts.iter().map(|text| text.value.with_unset()).collect();
    let command = Split::new(line, &values);
    let addresses = line.texts.iter().zip(&values).enumerate();
    addresses.flat_map(|(item, (text, value))| in_item(&command, item, text, value)).collect()
}

fn in_item(command: &Split<'_>, item: usize, text: &Text, value: &Mapped) -> Vec<Spoken> {
    let mut lines = Lines::new(value);
    let spoken = |mention: &Mention| {
        let words = command.around(item, mention.host.start, mention.is_portless());
        Spoken { found: in_value(text, value, &mut lines, mention), words }
    };
    mentions(value).iter().map(spoken).collect()
}

/// A command line as Compose cuts it.
struct Split<'a> {
    values: &'a [Cow<'a, Mapped>],
    commands: Vec<Command>,
    /// A command string as a shell would read it, for what Compose does not pass on of it.
    whole: Vec<Command>,
}

impl<'a> Split<'a> {
    fn new(line: &CommandLine, values: &'a [Cow<'a, Mapped>]) -> Self {
        let items: Vec<Word> = values.iter().enumerate().map(|(item, value)| Word::whole(value, item)).collect();
        match values {
            [value] if line.shell_form => {
                let commands = shell::commands(&shell::split(value).unwrap_or_default());
                Self { values, commands, whole: shell::commands(&items) }
            }
            _ => Self { values, commands: shell::commands(&items), whole: Vec::new() },
        }
    }

    /// What the words around the byte at `offset` of an item say; a port only for a host without one.
    fn around(&self, item: usize, offset: usize, portless: bool) -> Words {
        let found = shell::around(&self.commands, item, offset).or_else(|| shell::around(&self.whole, item, offset));
        let Some((words, at)) = found else { return Words::default() };
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.text.clone()).unwrap_or_default();
        let own = words.get(at).map(|word| beginning(word, item, offset)).unwrap_or_default();
        let port = if portless { self.port_beside(&words, at) } else { None };
        Words { before, own, port }
    }

    /// The port that goes with the host in the word at `at`: the next word, or behind an option of the same command.
    fn port_beside(&self, words: &[Word], at: usize) -> Option<SpokenPort> {
        let digits = |at: usize, skip: usize| {
            let word = words.get(at)?;
            let number = word.text.get(skip..)?.parse().ok().filter(|number| *number > 0)?;
            let range = word.source_range(skip..word.text.len());
            let text = range.and_then(|range| Some(port_text(self.values.get(word.item)?, &range)));
            Some((number, text.unwrap_or(PortText::Elsewhere)))
        };
        let behind = |at: usize| {
            let word = words.get(at)?.text.as_str();
            let ends = |option: &'static str, rest: &str| match rest.chars().next() {
                Some('=') => Some(option.len() + 1),
                Some(char) if char.is_numeric() && option.len() == SHORT => Some(SHORT),
                _ => None,
            };
            let next = flags::dialled_ports().any(|option| option == word).then(|| digits(at + 1, 0)).flatten();
            let glued = || flags::dialled_ports().find_map(|option| ends(option, word.strip_prefix(option)?));
            next.or_else(|| digits(at, glued()?))
        };
        let next = digits(at + 1, 0).map(|(number, text)| SpokenPort::Next(number, text));
        let option = || (0..words.len()).find_map(behind).map(|(number, text)| SpokenPort::Option(number, text));
        let client = || words.iter().take(at).find_map(|word| protocols::port_of_client(program(&word.text))).map(SpokenPort::Default);
        next.or_else(option).or_else(client)
    }
}

/// The length of an option of one letter, which its value may follow without a sign.
const SHORT: usize = 2;

/// The name of the program that a word may be.
fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or_default()
}

/// What the word begins with in front of the byte at `offset`, from the last quote or blank in it on.
fn beginning(word: &Word, item: usize, offset: usize) -> String {
    let text = word.position(item, offset).and_then(|at| word.text.get(..at)).unwrap_or_default();
    let breaks = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '(' | ')' | '`' | '<' | '>');
    text.rsplit(breaks).next().unwrap_or_default().trim_end_matches('=').to_owned()
}
