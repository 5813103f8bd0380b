//! References in `command`, `entrypoint` and the healthcheck.
//!
//! Addresses are found in the text as it stands, also inside the quoted script of a `sh -c`. Host and port as two words
//! (`wait-for localhost 5432`, `-h localhost -p 5432`) belong together when they are words of one simple command.

use super::values::{mentions, unspecified_binds};
use super::{Dialler, Field, Owner, Reference, resolve};
use crate::compose::service::CommandLine;
use crate::compose::tree::Text;
use crate::facts::addresses::mention::{LocalHost, Mention};
use crate::formats::mapped::Mapped;
use std::borrow::Cow;
use std::ops::Range;

pub(super) fn find(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.subject.service;
    let mut found = Vec::new();
    for line in service.command_lines() {
        found.extend(in_line(dialler, line, &Field::Command));
    }
    if let Some(check) = &service.healthcheck {
        let mut looked_at = in_line(dialler, check, &Field::Healthcheck);
        // What runs inside the container and looks at the container stays right.
        looked_at.retain(|reference| matches!(reference.owner, Owner::Service { .. } | Owner::Unknown(_)) && reference.number.is_some());
        found.extend(looked_at);
    }
    found
}

/// A word of a command: which text holds it, its bytes in the resolved value, and which simple command it is part of.
struct Word {
    text: usize,
    range: Range<usize>,
    command: usize,
}

/// A command line with its texts resolved.
struct Line<'a> {
    texts: Vec<(&'a Text, Cow<'a, Mapped>)>,
    words: Vec<Word>,
}

impl<'a> Line<'a> {
    fn new(line: &'a CommandLine) -> Self {
        let texts: Vec<_> = line.texts.iter().map(|text| (text, text.value.with_unset())).collect();
        let (mut words, mut command) = (Vec::new(), 0);
        for (index, (_, value)) in texts.iter().enumerate() {
            cut(value, index, &mut command, &mut words);
        }
        Self { texts, words }
    }

    fn word(&self, index: usize) -> &str {
        let Some(word) = self.words.get(index) else { return "" };
        self.texts.get(word.text).map_or("", |(_, value)| &value[word.range.clone()])
    }

    /// The word at `index`, if it is a word of the same simple command as the one at `beside`.
    fn beside(&self, beside: usize, index: Option<usize>) -> &str {
        let command = |index: usize| self.words.get(index).map(|word| word.command);
        index.filter(|index| command(*index) == command(beside)).map_or("", |index| self.word(index))
    }
}

/// Cuts a text into words, at white space, quotes and what joins simple commands.
fn cut(value: &str, text: usize, command: &mut usize, words: &mut Vec<Word>) {
    let mut start = None;
    for (at, char) in value.char_indices().chain([(value.len(), ' ')]) {
        let joins = matches!(char, ';' | '|' | '\n') || char == '&' && value[at..].starts_with("&&");
        let breaks = joins || char.is_whitespace() || matches!(char, '"' | '\'' | '(' | ')' | '`' | '<' | '>');
        match (breaks, start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(Word { text, range: from..at, command: *command });
                start = None;
            }
            _ => {}
        }
        *command += usize::from(joins);
    }
}

fn in_line(dialler: &Dialler<'_>, line: &CommandLine, field: &Field) -> Vec<Reference> {
    let line = Line::new(line);
    let mut found = Vec::new();
    for (index, (text, value)) in line.texts.iter().enumerate() {
        for mention in mentions(value) {
            let mut reference = resolve::reference(dialler, text, value, &mention, field.clone());
            let position = line.words.iter().position(|word| word.text == index && word.range.contains(&mention.host.start));
            let Some(position) = position else { continue };
            let flags = Flags::of(&line, position, &mention);
            if reference.number.is_none() && mention.port.is_none() {
                alone(dialler, &line, position, &flags, &mut reference);
            } else if flags.bind() && matches!(reference.owner, Owner::Itself | Owner::Host(_) | Owner::Left) {
                reference.owner = Owner::Bind;
            }
            let stranger = reference.named == LocalHost::Lan && !matches!(reference.owner, Owner::Bind | Owner::Service { .. });
            found.extend((!stranger).then(|| unspecified_binds(reference)));
        }
    }
    found
}

/// The options that may say what an address is for: the word in front of its word, and what its own word begins with.
struct Flags<'a> {
    before: &'a str,
    own: &'a str,
}

/// Options that say where a server listens, when an address without a port follows them.
const HOST_FLAGS: [&str; 12] = [
    "--address",
    "--host",
    "--hostname",
    "--http-host",
    "--http.host",
    "--ip",
    "--server.address",
    "--server",
    "-H",
    "-b",
    "--interface",
    "--addr",
];

impl<'a> Flags<'a> {
    fn of(line: &'a Line<'a>, position: usize, mention: &Mention) -> Self {
        let word = &line.words[position];
        let own = line.texts.get(word.text).map_or("", |(_, value)| &value[word.range.start..mention.host.start]);
        Self { before: line.beside(position, position.checked_sub(1)), own: own.trim_end_matches('=') }
    }

    /// Whether an option says that the address is one to listen on.
    fn bind(&self) -> bool {
        let says = |flag: &str| ["bind", "listen", "addr", "http.host"].iter().any(|part| flag.contains(part));
        self.before.starts_with('-') && says(self.before) || says(self.own)
    }

    /// Whether an option names a host, which a server listens on and a client dials.
    fn host(&self) -> bool {
        HOST_FLAGS.contains(&self.before) || HOST_FLAGS.contains(&self.own)
    }
}

/// A host alone in a command: bound when a server's option is in front, dialled when a port stands beside it.
fn alone(dialler: &Dialler<'_>, line: &Line<'_>, position: usize, flags: &Flags<'_>, reference: &mut Reference) {
    let port = port_word(line, position);
    let number = port.as_ref().map(|(number, ..)| *number).or_else(|| default_port(line, position));
    let own = number.is_none_or(|number| dialler.listens_on(number));
    if flags.bind() || flags.host() && own {
        reference.owner = Owner::Bind;
        return;
    }
    let Some(number) = number else { return };
    reference.owner = dialler.owner(number);
    reference.number = Some(number);
    reference.port = port.and_then(|(_, text, range)| line.texts.get(text)?.1.slot(&range));
}

/// Options that say which port a client dials, when a host stands beside them.
const PORT_FLAGS: [&str; 5] = ["--port", "-P", "-p", "--db-port", "-port"];

/// The port that goes with the host at `position`: the next word, or behind an option of the same command.
fn port_word(line: &Line<'_>, position: usize) -> Option<(u16, usize, Range<usize>)> {
    let command = line.words.get(position)?.command;
    let digits = |index: usize, skip: usize| {
        let word = line.words.get(index).filter(|word| word.command == command)?;
        let number = line.word(index).get(skip..)?.parse().ok().filter(|number| *number > 0)?;
        Some((number, word.text, word.range.start + skip..word.range.end))
    };
    let flagged = |index: usize| {
        let word = line.word(index);
        let glued = PORT_FLAGS.iter().find_map(|flag| Some(flag.len() + word.strip_prefix(flag)?.starts_with('=').then_some(1)?));
        let short = ["-p", "-P"].iter().find(|flag| word.strip_prefix(**flag).is_some_and(|rest| rest.starts_with(char::is_numeric)));
        let behind = PORT_FLAGS.contains(&word).then(|| digits(index + 1, 0)).flatten();
        behind.or_else(|| digits(index, glued.or(short.map(|flag| flag.len()))?))
    };
    let flags = || (0..line.words.len()).filter(|index| line.words[*index].command == command).find_map(flagged);
    digits(position + 1, 0).or_else(flags)
}

/// Clients, by the start of their names, and the port that each dials when none is said.
const CLIENTS: [(&str, u16); 12] = [
    ("cqlsh", 9042),
    ("mariadb", 3306),
    ("mongo", 27017),
    ("mosquitto_", 1883),
    ("mqtt-", 1883),
    ("mysql", 3306),
    ("pg_", 5432),
    ("pgbench", 5432),
    ("psql", 5432),
    ("rabbitmqadmin", 15672),
    ("redis-cli", 6379),
    ("valkey-cli", 6379),
];

/// The port that the program of the command dials by default.
fn default_port(line: &Line<'_>, position: usize) -> Option<u16> {
    let command = line.words.get(position)?.command;
    let words = (0..position).filter(|index| line.words[*index].command == command).map(|index| line.word(index));
    let program = |word: &str| {
        let name = word.rsplit('/').next().unwrap_or_default();
        let (_, port) = CLIENTS.iter().find(|(client, _)| name.starts_with(client) && !["mysqld", "mongod", "mongos"].contains(&name))?;
        Some(*port)
    };
    words.into_iter().find_map(program)
}
