//! Port flags of the programs that a service runs.
//!
//! The command is split as Compose and the shell split it, the program is looked up in the knowledge base, and its flags
//! are read. A flag counts only where the program, or the image, documents it: `-p 5432` of a client is somebody else's
//! port.

use super::environment;
use super::evidence::{Evidence, SourceId};
use crate::facts::Launch;
use crate::facts::ServiceFacts;
use crate::formats::interpolation::interpolate;
use crate::knowledge::programs::{self, Kind};
use crate::knowledge::setting::{self, Given, Setting, ValueKind};
use crate::port::{Port, Protocol};
use crate::source::Location;

/// The arguments with variables put in.
fn resolved(launch: &Launch, subject: &ServiceFacts<'_>) -> Vec<String> {
    let words = launch.words.get(launch.arguments..).unwrap_or_default();
    words
        .iter()
        .map(|word| interpolate(&word.as_str().into(), &subject.project.env).map_or_else(|_| word.clone(), |done| done.as_str().to_owned()))
        .collect()
}

/// Whether the program listens on 127.0.0.1 because nothing tells it otherwise.
pub(crate) fn stays_on_loopback(launch: &Launch, subject: &ServiceFacts<'_>) -> bool {
    let Some(program) = launch.program.as_ref().filter(|program| program.loopback) else { return false };
    let words = resolved(launch, subject);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let given = setting::given(&program.flags, &words);
    let says_host = given
        .iter()
        .any(|given| given.setting.value == ValueKind::Host || given.value.contains(':') || given.setting.value == ValueKind::Address);
    let positional = program.positional.is_some() && words.iter().any(|word| !word.starts_with('-') && word.contains(':'));
    let variable = subject.service.environment.iter().any(|variable| environment::is_listener_host(subject, &variable.name));
    !says_host && !positional && !variable && !environment::opens(subject, program)
}

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    subject.launches.iter().filter(|launch| !launch.built).flat_map(|launch| flags(subject, launch, SourceId::Command)).collect()
}

/// The flags in the `CMD` and `ENTRYPOINT` of the Dockerfile.
pub(super) fn find_built(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    subject.launches.iter().filter(|launch| launch.built).flat_map(|launch| flags(subject, launch, SourceId::Dockerfile)).collect()
}

/// What a known program listens on when no flag says otherwise.
pub(super) fn find_defaults(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let mut found = Vec::new();
    for launch in &subject.launches {
        let Some(program) = launch.program.as_ref().filter(|program| program.kind == Kind::Server) else { continue };
        for port in &program.ports {
            let because = format!("`{}` listens on {port} by default", program.name.replace('+', " "));
            found.push(Evidence::strong(SourceId::Program, *port, launch.at, because));
        }
    }
    found
}

/// Flags whose port is a variable without a value.
pub(super) fn unknown(subject: &ServiceFacts<'_>) -> Vec<(Location, String)> {
    let mut found = Vec::new();
    for launch in &subject.launches {
        let words: Vec<&str> = launch.words.get(launch.arguments..).unwrap_or_default().iter().map(String::as_str).collect();
        for given in setting::given(&settings(subject, launch), &words) {
            if matches!(given.setting.value, ValueKind::Host | ValueKind::Switch) {
                continue;
            }
            let Ok(value) = interpolate(&given.value.into(), &subject.project.env) else { continue };
            found.extend(value.unset().map(|name| (launch.at, name.to_owned())));
        }
    }
    found
}

fn settings(subject: &ServiceFacts<'_>, launch: &Launch) -> Vec<Setting> {
    let program = launch.program.as_ref().filter(|program| program.kind == Kind::Server);
    let of_program = program.iter().flat_map(|program| program.flags.clone());
    let of_image = subject
        .known
        .iter()
        .filter(|_| launch.program.as_ref().is_none_or(|program| program.kind == Kind::Server))
        .flat_map(|known| known.port_flags.clone());
    let mut settings: Vec<Setting> = of_image.chain(of_program).collect();
    if launch.program.is_none() && subject.beyond_stores().is_none_or(|known| known.ports.is_empty() && known.program.is_none()) {
        settings.extend(programs::common_flags());
    } else if subject.beyond_stores().is_none() && program.is_some() {
        // The name may be that of another program: long names mean the same everywhere.
        settings.extend(programs::common_flags().iter().filter(|setting| setting.name.starts_with("--")));
    }
    settings
}

fn flags(subject: &ServiceFacts<'_>, launch: &Launch, source: SourceId) -> Vec<Evidence> {
    let words = resolved(launch, subject);
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let written =
        |word: usize| launch.words.get(launch.arguments + word).filter(|word| word.contains('$')).and_then(|word| variable_in(word));
    let settings = settings(subject, launch);
    let mut found = Vec::new();
    let all = setting::given(&settings, &plain);
    for given in &all {
        let together = environment::moved_together(subject, launch.program.as_ref(), given.setting.listener);
        for (number, moves) in
            ports_of(given.setting.value, given.value).into_iter().flat_map(|number| together.iter().map(move |moves| (number, *moves)))
        {
            let port = Port { number, protocol: moves.map_or(Protocol::Tcp, |port| port.protocol) };
            let because = format!("flag `{}` says {port}", given.setting.name.replace('+', " "));
            let evidence = Evidence::strong(source, port, launch.at, because);
            found.push(Evidence { moves, written: written(given.word), ..evidence });
        }
        let moved = |other: &Given<'_>| other.setting.value != ValueKind::Switch && other.setting.listener == given.setting.listener;
        if given.setting.value == ValueKind::Switch && !all.iter().any(moved) {
            let opened = |port| Evidence::strong(source, port, launch.at, format!("flag `{}` opens {port}", given.setting.name));
            found.extend(given.setting.listener.map(|port| Evidence { moves: Some(port), ..opened(port) }));
        }
    }
    found.extend(positional(launch, &plain, source));
    found
}

/// The first plain argument, for programs that take their port there.
fn positional(launch: &Launch, words: &[&str], source: SourceId) -> Vec<Evidence> {
    let Some((program, kind)) = launch.program.as_ref().and_then(|program| Some((program, program.positional?))) else { return Vec::new() };
    // The word that makes `php -S` a server is no flag of its own.
    let verb = program.name.rsplit('+').next();
    let is_flag = |word: &&&str| word.starts_with('-') && !word.contains('=') && Some(**word) != verb;
    let is_value = |at: usize| at.checked_sub(1).and_then(|before| words.get(before)).filter(|word| is_flag(word)).is_some();
    let mut plain = words.iter().enumerate().filter(|(at, word)| !word.starts_with('-') && !is_value(*at));
    let Some((_, word)) = plain.find(|(_, word)| !ports_of(kind, word).is_empty()) else { return Vec::new() };
    let moves = program.ports.first().copied();
    let ports = ports_of(kind, word).into_iter().map(|number| Port { number, protocol: Protocol::Tcp });
    ports.map(|port| Evidence { moves, ..Evidence::strong(source, port, launch.at, format!("argument `{word}` says {port}")) }).collect()
}

fn ports_of(kind: ValueKind, value: &str) -> Vec<u16> {
    match kind {
        ValueKind::Port => value.parse().ok().filter(|number| *number > 0).into_iter().collect(),
        ValueKind::Address => environment::ports_in(value),
        ValueKind::Host | ValueKind::Switch => Vec::new(),
    }
}

/// The `${…}` that ends a word, when it is the port.
fn variable_in(word: &str) -> Option<String> {
    let start = word.rfind("${")?;
    (word.ends_with('}') && (start == 0 || word[..start].ends_with([':', '=']))).then(|| word[start..].to_owned())
}
