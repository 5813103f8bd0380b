//! References in the values of a service: variables, command, healthcheck, labels.

use super::names::{is_advertised, is_for_others};
use super::{Dialler, Field, Owner, Reference, WrittenPort, pairs};
use crate::compose::address::{self, Form, LocalHost, Mention};
use crate::compose::interpolate;
use crate::compose::service::{CommandLine, Variable};
use crate::compose::tree::{Place, Text};
use crate::infer::is_own_listener;

pub(super) fn find(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.subject.service;
    let mut found: Vec<Reference> = service.environment.iter().flat_map(|variable| in_variable(dialler, variable)).collect();
    for line in [service.entrypoint.as_ref(), service.command.as_ref()].into_iter().flatten() {
        found.extend(in_command(dialler, line, &Field::Command));
    }
    if let Some(check) = &service.healthcheck {
        found.extend(in_command(dialler, check, &Field::Healthcheck));
    }
    for label in &service.labels {
        let texts = label.value.iter().filter(|_| label.name.starts_with("caddy"));
        found.extend(texts.flat_map(|text| in_text(dialler, text, &Field::Label(label.name.clone()))));
    }
    found
}

fn in_variable(dialler: &Dialler<'_>, variable: &Variable) -> Vec<Reference> {
    let Some(value) = &variable.value else { return Vec::new() };
    let field = Field::Variable(variable.name.clone());
    let mut found = Vec::new();
    for text in carriers(dialler, value) {
        for mention in address::mentions(&text.raw) {
            let mut reference = resolve(dialler, &text, &mention, field.clone());
            if is_for_others(&variable.name) || is_advertised(&variable.name) {
                reference.owner = Owner::Left;
            } else if reference.number.is_none() && is_bare(&mention) {
                (reference.owner, reference.number, reference.port) = pairs::owner(dialler, variable);
            } else if is_own_listener(dialler.subject, &variable.name) && matches!(reference.owner, Owner::Itself | Owner::Host(_)) {
                reference.owner = Owner::Bind;
            }
            found.push(unspecified_binds(reference));
        }
    }
    found
}

/// The texts that hold what `value` resolves to: itself, and the lines of `.env` that its variables come from.
fn carriers(dialler: &Dialler<'_>, value: &Text) -> Vec<Text> {
    let mut texts = vec![value.clone()];
    let project = dialler.subject.project;
    for variable in interpolate::variables(&value.raw) {
        let Some(at) = project.env_places.get(&variable.name) else { continue };
        let raw = project.input.sources.text(*at);
        texts.push(Text { raw: raw.to_owned(), value: raw.to_owned(), missing: Vec::new(), place: Place::Bytes(*at), plain: false });
    }
    texts
}

fn is_bare(mention: &Mention) -> bool {
    matches!(mention.form, Form::Bare) && mention.implied_port.is_none() && mention.port_text.is_none()
}

/// `0.0.0.0` is an address to dial only where somebody else is known to listen; otherwise it is one to bind.
fn unspecified_binds(mut reference: Reference) -> Reference {
    if reference.named == LocalHost::Unspecified && !matches!(reference.owner, Owner::Service { .. } | Owner::Left) {
        reference.owner = Owner::Itself;
    }
    reference
}

fn in_text(dialler: &Dialler<'_>, text: &Text, field: &Field) -> Vec<Reference> {
    address::mentions(&text.raw).iter().map(|mention| unspecified_binds(resolve(dialler, text, mention, field.clone()))).collect()
}

/// The reference that a mention is, its owner found by the port alone.
fn resolve(dialler: &Dialler<'_>, text: &Text, mention: &Mention, field: Field) -> Reference {
    let written = mention.port.as_ref().map(|(_, range)| WrittenPort { text: text.clone(), range: range.clone() });
    let resolved = mention.port_text.as_ref().map(|range| resolved_port(dialler, &text.raw[range.clone()]));
    let number = match (&mention.port, &resolved) {
        (Some((number, _)), _) => Some(*number),
        (None, Some(number)) => *number,
        (None, None) => mention.implied_port,
    };
    let owner = match (number, &resolved) {
        (Some(number), _) => dialler.owner(number),
        (None, Some(_)) => Owner::Unknown("its port is a variable without a value".to_owned()),
        (None, None) => Owner::Unknown("no port is said".to_owned()),
    };
    Reference {
        from: dialler.index,
        field,
        text: text.clone(),
        host: mention.host_range.clone(),
        named: mention.host,
        number,
        port: written,
        owner,
    }
}

fn resolved_port(dialler: &Dialler<'_>, raw: &str) -> Option<u16> {
    interpolate::interpolate(raw, &dialler.subject.project.env).ok()?.value.parse().ok()
}

/// Options that say where a server listens, when an address without a port follows them.
const BIND_FLAGS: [&str; 14] = [
    "--address",
    "--bind",
    "--bind-address",
    "--bind_ip",
    "--host",
    "--hostname",
    "--http-host",
    "--ip",
    "--listen",
    "--listen-address",
    "--server.address",
    "-H",
    "-b",
    "--server",
];

/// Options that say which port a client dials, when a host stands beside them.
const PORT_FLAGS: [&str; 4] = ["--port", "-P", "-p", "--db-port"];

fn in_command(dialler: &Dialler<'_>, line: &CommandLine, field: &Field) -> Vec<Reference> {
    let words = command_words(line);
    let mut found = Vec::new();
    for (text, word) in &words {
        for mention in address::mentions(&text.raw[word.clone()]) {
            let mention = shifted(mention, word.start);
            let mut reference = resolve(dialler, text, &mention, field.clone());
            if reference.number.is_none() && mention.port_text.is_none() {
                beside(dialler, &words, (text, word), &mut reference);
            } else if is_bind(&words, (text, word), &mention) && matches!(reference.owner, Owner::Itself | Owner::Host(_)) {
                reference.owner = Owner::Bind;
            }
            found.push(unspecified_binds(reference));
        }
    }
    if *field == Field::Healthcheck {
        // What runs inside the container and looks at the container stays right.
        found.retain(|reference| matches!(reference.owner, Owner::Service { .. } | Owner::Unknown(_)) && reference.number.is_some());
    }
    found
}

type Words<'a> = Vec<(&'a Text, std::ops::Range<usize>)>;

/// The words of a command: runs without white space, also inside a quoted script, because an address never holds any.
fn command_words(line: &CommandLine) -> Words<'_> {
    let mut words = Vec::new();
    for text in &line.texts {
        let mut start = None;
        for (at, char) in text.raw.char_indices().chain([(text.raw.len(), ' ')]) {
            match (char.is_whitespace(), start) {
                (false, None) => start = Some(at),
                (true, Some(from)) => {
                    words.push((text, from..at));
                    start = None;
                }
                _ => {}
            }
        }
    }
    words
}

fn shifted(mut mention: Mention, by: usize) -> Mention {
    let shift = |range: &mut std::ops::Range<usize>| *range = range.start + by..range.end + by;
    shift(&mut mention.range);
    shift(&mut mention.host_range);
    if let Some((_, range)) = &mut mention.port {
        shift(range);
    }
    if let Some(range) = &mut mention.port_text {
        shift(range);
    }
    mention
}

/// A host alone in a command: bound when a server's option is in front, dialled when a port stands beside it.
fn beside(dialler: &Dialler<'_>, words: &Words<'_>, (text, word): (&Text, &std::ops::Range<usize>), reference: &mut Reference) {
    let position = words.iter().position(|(other, range)| other.place == text.place && range == word).unwrap_or_default();
    let at = |index: usize| words.get(index).map(|(text, range)| (*text, range.clone(), text.raw[range.clone()].trim_matches(['"', '\''])));
    let before = position.checked_sub(1).and_then(at).map(|(_, _, word)| word);
    let flag = text.raw[word.start..reference.host.start].trim_end_matches(['=', '"', '\'']);
    let written = |index: usize| at(index).and_then(|(text, range, word)| Some((word.parse::<u16>().ok()?, text.clone(), range)));
    let port = words.iter().enumerate().find_map(|(index, _)| {
        let flagged = at(index).is_some_and(|(_, _, word)| PORT_FLAGS.contains(&word));
        flagged.then(|| written(index + 1)).flatten()
    });
    let is_flag = |word: &str| BIND_FLAGS.contains(&word);
    if is_flag(flag) || before.is_some_and(is_flag) {
        reference.owner = match &port {
            Some((number, ..)) if !dialler.inference.listens_on(*number) => reference.owner.clone(),
            _ => Owner::Bind,
        };
        if reference.owner == Owner::Bind {
            return;
        }
    }
    if let Some((number, text, range)) = written(position + 1).or(port) {
        reference.owner = dialler.owner(number);
        reference.number = Some(number);
        reference.port = Some(WrittenPort { text, range });
    }
}

/// Whether an address with a port is one to listen on: an option that says so stands in front.
fn is_bind(words: &Words<'_>, (text, word): (&Text, &std::ops::Range<usize>), mention: &Mention) -> bool {
    let position = words.iter().position(|(other, range)| other.place == text.place && range == word).unwrap_or_default();
    let before = position.checked_sub(1).and_then(|index| words.get(index)).map_or("", |(text, range)| &text.raw[range.clone()]);
    let own = &text.raw[word.start..mention.range.start];
    [before, own].iter().any(|flag| flag.starts_with('-') && ["bind", "listen", "addr", "http.host"].iter().any(|part| flag.contains(part)))
}
