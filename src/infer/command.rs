//! Port flags of the programs that a service runs.
//!
//! The command is split as Compose and the shell split it, the program is looked up in the knowledge base, and its flags
//! are read. A flag counts only where the program, or the image, documents it: `-p 5432` of a client is somebody else's
//! port.

use super::known_programs::{self, Kind, Program};
use super::setting::{self, Given, Setting, ValueKind};
use super::{Evidence, Subject, environment};
use crate::compose::interpolate::interpolate;
use crate::compose::port::{Port, Protocol};
use crate::compose::service::CommandLine;
use crate::compose::shell::{self, Command, Word};
use crate::source::Location;

pub(super) const NAME: &str = "command";
pub(super) const DEFAULT: &str = "program";

/// A program that a service runs, with its arguments as they are written.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What is known about the program, if anything.
    pub program: Option<Program>,
    /// The program's name and its arguments, variables as they stand.
    pub words: Vec<String>,
    /// Index of the first argument.
    pub arguments: usize,
    /// The place to show.
    pub at: Location,
    /// Whether the Dockerfile says it, and not the Compose file.
    pub built: bool,
}

impl Launch {
    /// The arguments with variables put in.
    fn resolved(&self, subject: &Subject<'_>) -> Vec<String> {
        let words = self.words.get(self.arguments..).unwrap_or_default();
        words.iter().map(|word| interpolate(word, &subject.project.env).map_or_else(|_| word.clone(), |done| done.value)).collect()
    }

    /// Whether the program listens on 127.0.0.1 because nothing tells it otherwise.
    pub fn stays_on_loopback(&self, subject: &Subject<'_>) -> bool {
        let Some(program) = self.program.as_ref().filter(|program| program.loopback) else { return false };
        let words = self.resolved(subject);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let given = setting::given(&program.flags, &words);
        let says_host = given
            .iter()
            .any(|given| given.setting.value == ValueKind::Host || given.value.contains(':') || given.setting.value == ValueKind::Address);
        let positional = program.positional.is_some() && words.iter().any(|word| !word.starts_with('-') && word.contains(':'));
        let variable = subject.service.environment.iter().any(|variable| environment::is_listener_host(subject, &variable.name));
        !says_host && !positional && !variable
    }
}

/// The programs that the service runs, in order: what the Compose file says, in front of it the Dockerfile's
/// `ENTRYPOINT` where the file sets none; or what the Dockerfile says alone.
pub(super) fn launches(subject: &Subject<'_>) -> Vec<Launch> {
    let (service, stage) = (subject.service, subject.stage.as_ref());
    let own = [service.entrypoint.as_ref(), service.command.as_ref()];
    let words: Vec<Word> = own.into_iter().flatten().flat_map(words_of).collect();
    let entrypoint = stage.filter(|_| service.entrypoint.is_none()).and_then(|(_, stage)| stage.entrypoint.as_ref());
    let mut all: Vec<Word> = entrypoint.iter().flat_map(|line| line.words.clone()).collect();
    all.extend(words);
    if let Some(line) = service.command.as_ref().or(service.entrypoint.as_ref()) {
        return launched(subject, &all, line.at, false);
    }
    let Some((file, stage)) = stage else { return Vec::new() };
    let Some(line) = stage.cmd.as_ref().or(stage.entrypoint.as_ref()) else { return Vec::new() };
    all.extend(stage.cmd.iter().flat_map(|line| line.words.clone()));
    launched(subject, &all, Location { file: *file, span: line.span }, true)
}

/// The words of a command, with variables as they stand.
fn words_of(line: &CommandLine) -> Vec<Word> {
    if line.shell_form {
        return line.texts.iter().flat_map(|text| shell::split(&text.raw).unwrap_or_default()).collect();
    }
    line.texts.iter().enumerate().map(|(item, text)| Word::whole(&text.raw, item)).collect()
}

fn launched(subject: &Subject<'_>, words: &[Word], at: Location, built: bool) -> Vec<Launch> {
    let commands = shell::commands(words);
    // Words that reach the image's entrypoint as they are: its program's arguments, or a subcommand of it.
    let direct = commands.len() == 1 && commands.iter().all(|command| command.words.first() == words.first());
    let entrypoint = if direct && subject.service.entrypoint.is_none() { own_program(subject) } else { None };
    commands.into_iter().filter_map(|command| launch(entrypoint, &command, at, built)).collect()
}

/// The program that the entrypoint of the image runs, unless a Dockerfile sets another entrypoint.
fn own_program(subject: &Subject<'_>) -> Option<&'static str> {
    let replaced = subject.stage.as_ref().is_some_and(|(_, stage)| stage.entrypoint.is_some());
    subject.known.as_ref().filter(|_| !replaced)?.program
}

fn launch(entrypoint: Option<&'static str>, command: &Command, at: Location, built: bool) -> Option<Launch> {
    let words: Vec<String> = command.words.iter().map(|word| word.text.clone()).collect();
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    plain.first()?;
    let found = match entrypoint {
        Some(program) => known_programs::in_image(program, &plain),
        None => known_programs::recognise(&plain),
    };
    let (program, arguments) = found.map_or((None, 0), |found| (Some(found.program), found.arguments));
    Some(Launch { program, words, arguments, at, built })
}

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    subject.launches.iter().filter(|launch| !launch.built).flat_map(|launch| flags(subject, launch, NAME)).collect()
}

/// The flags in the `CMD` and `ENTRYPOINT` of the Dockerfile.
pub(super) fn find_built(subject: &Subject<'_>) -> Vec<Evidence> {
    subject.launches.iter().filter(|launch| launch.built).flat_map(|launch| flags(subject, launch, super::dockerfile::NAME)).collect()
}

/// What a known program listens on when no flag says otherwise.
pub(super) fn find_defaults(subject: &Subject<'_>) -> Vec<Evidence> {
    let mut found = Vec::new();
    for launch in &subject.launches {
        let Some(program) = launch.program.as_ref().filter(|program| program.kind == Kind::Server) else { continue };
        for port in &program.ports {
            let because = format!("`{}` listens on {port} by default", program.name.replace('+', " "));
            found.push(Evidence::strong(DEFAULT, *port, launch.at, because));
        }
    }
    found
}

/// Flags whose port is a variable without a value.
pub(super) fn unknown(subject: &Subject<'_>) -> Vec<(Location, String)> {
    let mut found = Vec::new();
    for launch in &subject.launches {
        let words: Vec<&str> = launch.words.get(launch.arguments..).unwrap_or_default().iter().map(String::as_str).collect();
        for given in setting::given(&settings(subject, launch), &words) {
            if matches!(given.setting.value, ValueKind::Host | ValueKind::Switch) {
                continue;
            }
            let missing = interpolate(given.value, &subject.project.env).map(|done| done.missing).unwrap_or_default();
            found.extend(missing.into_iter().map(|name| (launch.at, name)));
        }
    }
    found
}

fn settings(subject: &Subject<'_>, launch: &Launch) -> Vec<Setting> {
    let program = launch.program.as_ref().filter(|program| program.kind == Kind::Server);
    let of_program = program.into_iter().flat_map(|program| program.flags.clone());
    let of_image = subject
        .known
        .iter()
        .filter(|_| launch.program.as_ref().is_none_or(|program| program.kind == Kind::Server))
        .flat_map(|known| known.port_flags.clone());
    let mut settings: Vec<Setting> = of_image.chain(of_program).collect();
    if launch.program.is_none() && subject.known.as_ref().is_none_or(|known| known.ports.is_empty() && known.program.is_none()) {
        settings.extend(COMMON_FLAGS);
    }
    settings
}

/// The default listeners that move together with `listener`: a DNS server answers on one number by tcp and udp.
pub(super) fn moved_together(subject: &Subject<'_>, program: Option<&Program>, listener: Option<Port>) -> Vec<Option<Port>> {
    let Some(listener) = listener else { return vec![None] };
    let of_image = subject.known.iter().flat_map(|known| known.ports.iter());
    let defaults = of_image.chain(program.into_iter().flat_map(|program| program.ports.iter()));
    let mut together: Vec<Option<Port>> = defaults.filter(|port| port.number == listener.number).map(|port| Some(*port)).collect();
    together.push(Some(listener));
    together.sort_unstable();
    together.dedup();
    together
}

/// Flags that mean a listener in a program that nobody documents here.
const COMMON_FLAGS: [Setting; 7] = [
    Setting { name: "--port", value: ValueKind::Port, listener: None },
    Setting { name: "-port", value: ValueKind::Port, listener: None },
    Setting { name: "--listen", value: ValueKind::Address, listener: None },
    Setting { name: "--bind", value: ValueKind::Address, listener: None },
    Setting { name: "--http-port", value: ValueKind::Port, listener: None },
    Setting { name: "--listen-address", value: ValueKind::Address, listener: None },
    Setting { name: "-p", value: ValueKind::Port, listener: None },
];

fn flags(subject: &Subject<'_>, launch: &Launch, source: &'static str) -> Vec<Evidence> {
    let words = launch.resolved(subject);
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let written =
        |word: usize| launch.words.get(launch.arguments + word).filter(|word| word.contains('$')).and_then(|word| variable_in(word));
    let settings = settings(subject, launch);
    let mut found = Vec::new();
    let all = setting::given(&settings, &plain);
    for given in &all {
        let together = moved_together(subject, launch.program.as_ref(), given.setting.listener);
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
fn positional(launch: &Launch, words: &[&str], source: &'static str) -> Vec<Evidence> {
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
