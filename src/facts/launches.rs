//! The programs that a service runs: its command taken apart, each program looked up in the knowledge base.
//!
//! What the arguments say is read elsewhere; here they only become words.

use crate::compose::Service;
use crate::compose::service::CommandLine;
use crate::formats::dockerfile::Stage;
use crate::formats::shell::{self, Command, Word};
use crate::knowledge::images::KnownImage;
use crate::knowledge::programs::{self, Program};
use crate::source::{FileId, Location};

/// A program that a service runs, with its arguments as they are written.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// What is known about the program, if anything.
    pub(crate) program: Option<Program>,
    /// The program's name and its arguments, variables as they stand.
    pub(crate) words: Vec<String>,
    /// Index of the first argument.
    pub(crate) arguments: usize,
    /// The place to show.
    pub(crate) at: Location,
    /// Whether the Dockerfile says it, and not the Compose file.
    pub(crate) built: bool,
}

/// The programs that the service runs, in order: what the Compose file says, in front of it the Dockerfile's
/// `ENTRYPOINT` where the file sets none; or what the Dockerfile says alone.
pub(super) fn launches(service: &Service, known: Option<&KnownImage>, stage: Option<&(FileId, Stage)>) -> Vec<Launch> {
    let words: Vec<Word> = service.command_lines().flat_map(words_of).collect();
    let entrypoint = stage.filter(|_| service.entrypoint.is_none()).and_then(|(_, stage)| stage.entrypoint.as_ref());
    let mut all: Vec<Word> = entrypoint.iter().flat_map(|line| line.words.clone()).collect();
    all.extend(words);
    if let Some(line) = service.command.as_ref().or(service.entrypoint.as_ref()) {
        return launched(&all, entrypoint_of_image(service, known, stage), line.at, false);
    }
    let program = entrypoint_of_image(service, known, stage);
    let Some((file, stage)) = stage else { return Vec::new() };
    let Some(line) = stage.cmd.as_ref().or(stage.entrypoint.as_ref()) else { return Vec::new() };
    all.extend(stage.cmd.iter().flat_map(|line| line.words.clone()));
    launched(&all, program, Location { file: *file, span: line.span }, true)
}

/// The words of a command, with variables as they stand.
fn words_of(line: &CommandLine) -> Vec<Word> {
    if line.shell_form {
        return line.texts.iter().flat_map(|text| shell::split(&text.raw).unwrap_or_default()).collect();
    }
    line.texts.iter().enumerate().map(|(item, text)| Word::whole(&text.raw, item)).collect()
}

/// The launches that `words` come to. `program` is what the image's own entrypoint runs.
fn launched(words: &[Word], program: Option<&'static str>, at: Location, built: bool) -> Vec<Launch> {
    let commands = shell::commands(words);
    // Words that reach the image's entrypoint as they are: its program's arguments, or a subcommand of it.
    let direct = commands.len() == 1 && commands.iter().all(|command| command.words.first() == words.first());
    let program = program.filter(|_| direct);
    commands.into_iter().filter_map(|command| launch(program, &command, at, built)).collect()
}

/// The program that the entrypoint of the image runs, unless the service or its Dockerfile sets another entrypoint.
fn entrypoint_of_image(service: &Service, known: Option<&KnownImage>, stage: Option<&(FileId, Stage)>) -> Option<&'static str> {
    let replaced = service.entrypoint.is_some() || stage.is_some_and(|(_, stage)| stage.entrypoint.is_some());
    known.filter(|_| !replaced)?.program
}

fn launch(entrypoint: Option<&'static str>, command: &Command, at: Location, built: bool) -> Option<Launch> {
    let words: Vec<String> = command.words.iter().map(|word| word.text.clone()).collect();
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    plain.first()?;
    let found = match entrypoint {
        Some(program) => programs::in_image(program, &plain),
        None => programs::recognise(&plain),
    };
    let (program, arguments) = found.map_or((None, 0), |found| (Some(found.program), found.arguments));
    Some(Launch { program, words, arguments, at, built })
}
