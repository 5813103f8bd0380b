//! The pipeline, top to bottom.
//!
//! Projects are handled side by side and reported in the order in which they were found; what is wrong with one never
//! stops another. Nothing is decided here: stages are called, and their results handed on.

use crate::check::{self, Report, Shared};
use crate::cli;
use crate::diagnostic::{Family, FileProblem, Outcome};
use crate::engine;
use crate::files::Disk;
use crate::options::{Color, Explain, Format, Manner, Mode, Options};
use crate::project::{self, Input, Prefilter};
use crate::report::{page, text};
use crate::write;
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Stages walk trees recursively, and a file may be nested as deep as the parser allows.
const STACK: usize = 32 << 20;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It did what it was asked.
    Done,
    /// With `--check`: something would change, or is left.
    Remains,
    /// A file could not be read, parsed, verified or written.
    Failed,
}

impl Status {
    /// The exit status of the program.
    pub(crate) fn code(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::Remains => 1,
            Status::Failed => 2,
        }
    }
}

/// Runs the program with these arguments, its own name first, and tells how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match cli::parse(arguments) {
        Ok(options) => options,
        Err(error) => {
            // Nobody is left to be told that nobody could be told.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run(&options) {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Does what `options` ask for.
///
/// # Errors
/// Standard output or standard error cannot be written. A reader who went away is no error.
pub(crate) fn run(options: &Options) -> Result<Status> {
    let explained = match options.explain {
        Explain::Rule(rule) => Some(page::write(rule, &mut io::stdout().lock())),
        Explain::AllRules => Some(page::write_table(&mut io::stdout().lock())),
        Explain::Nothing | Explain::Reasons => None,
    };
    if let Some(written) = explained {
        unless_reader_left(written).context("cannot write to standard output")?;
        return Ok(Status::Done);
    }
    let workers = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().context("cannot start threads")?;
    let mut report = workers.install(|| examine(options));
    if options.mode == Mode::Write {
        write_all(&mut report);
    }
    print(&report, options)?;
    Ok(status(&report, options))
}

/// Finds the projects, asks the engine about them if that is wanted, and takes each from its files to its report.
fn examine(options: &Options) -> Report {
    let named = options.inputs.iter().flat_map(Input::paths).chain(options.env_file.clone());
    let system = Disk::new(named);
    let audit = options.engine && options.check;
    let roots = project::roots(&system, &options.inputs);
    let env_file = options.env_file.as_deref();
    let prefilter = Prefilter::new(&options.settings, audit);
    let shared = Shared { system: &system, roots: &roots, env_file, prefilter: &prefilter, settings: &options.settings, audit };
    let (seeds, problems) = project::survey(&system, &options.inputs, env_file, &prefilter);
    let engine = engine::ask(options.engine);
    let examined = seeds.par_iter().map(|seed| check::examine(seed, shared, &engine)).collect();
    let mut report = Report::new(&system, &options.inputs, &options.settings, problems, examined);
    report.problems.extend(engine.problems.iter().map(|said| FileProblem::warning("", format!("--engine: {said}"))));
    report
}

fn write_all(report: &mut Report) {
    for project in &mut report.projects {
        let first = project.changes().next().map(|(file, _)| file.path.clone());
        let Some(path) = first else { continue };
        if let Err(error) = write::write(&project.sources, &project.changes) {
            report.problems.push(FileProblem::error(path, format!("{error:#}")));
            project.withhold();
        }
    }
}

fn print(report: &Report, options: &Options) -> Result<()> {
    if let Some(format) = options.format {
        tell(format, report, options, io::stdout().lock()).context("cannot write to standard output")?;
    }
    if options.format != Some(&text::FORMAT) {
        tell(&text::FORMAT, report, options, io::stderr().lock()).context("cannot write to standard error")?;
    }
    Ok(())
}

fn tell(format: &Format, report: &Report, options: &Options, stream: impl RawStream) -> io::Result<()> {
    let color = match options.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let stream = AutoStream::new(stream, color);
    let manner = Manner { options, color: stream.current_choice() != ColorChoice::Never };
    // Past the stream that strips escape sequences: those in the files are part of a diff.
    let mut out = BufWriter::new(stream.into_inner());
    unless_reader_left((format.write)(report, manner, &mut out).and_then(|()| out.flush()))
}

/// `compose-fix | head` is no failure.
fn unless_reader_left(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn status(report: &Report, options: &Options) -> Status {
    let left = report.count(Outcome::HeldBack) + report.count(Outcome::Asks) > 0;
    let unmet = report.projects.iter().flat_map(|project| &project.findings).any(|finding| finding.rule.family == Family::EngineAudit);
    let would_change = options.mode != Mode::Write && !report.changes().is_empty();
    match () {
        () if report.errors() > 0 => Status::Failed,
        () if options.check && (left || unmet || would_change) => Status::Remains,
        () => Status::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::check::ProjectReport;
    use crate::compose::ServiceId;
    use crate::diagnostic::{Proof, ServiceReport};
    use crate::source::Span;
    use crate::verify::Verified;
    use std::fs;
    use std::path::PathBuf;

    fn project_with(path: PathBuf, after: &str, outcome: Outcome) -> ProjectReport {
        let mut project = ProjectReport::default();
        let file = project.sources.add(path, "old");
        let at = project.sources.get(file).location(Span::at(0));
        if outcome == Outcome::Migrated {
            project.changes = Verified::assume(vec![(file, after.to_owned())]);
        }
        let (id, name) = (ServiceId::new(0), "web".into());
        project.services = vec![ServiceReport { id, name, at, outcome, ports: vec![], proof: Proof::default(), consequences: vec![] }];
        project
    }

    fn report(outcome: Outcome) -> Report {
        Report { projects: vec![project_with("a".into(), "new", outcome)], ..Report::default() }
    }

    fn code(outcome: Outcome, mode: Mode, check: bool) -> u8 {
        status(&report(outcome), &Options { mode, check, ..Options::default() }).code()
    }

    #[test]
    fn without_check_a_run_without_errors_is_a_success() {
        for outcome in [Outcome::Migrated, Outcome::HeldBack, Outcome::Asks, Outcome::Kept] {
            assert_eq!((code(outcome, Mode::Preview, false), code(outcome, Mode::Write, false)), (0, 0));
        }
    }

    #[test]
    fn check_tells_what_would_change_and_what_is_left() {
        assert_eq!((code(Outcome::Migrated, Mode::Preview, true), code(Outcome::Migrated, Mode::Write, true)), (1, 0));
        assert_eq!((code(Outcome::HeldBack, Mode::Preview, true), code(Outcome::HeldBack, Mode::Write, true)), (1, 1));
        assert_eq!((code(Outcome::Asks, Mode::Preview, true), code(Outcome::Kept, Mode::Preview, true)), (1, 0));
    }

    #[test]
    fn an_error_outweighs_what_remains_and_a_warning_does_not_count() {
        let mut report = report(Outcome::Kept);
        let options = Options { check: true, ..Options::default() };
        report.problems.push(FileProblem::warning("a", "w"));
        assert_eq!(status(&report, &options), Status::Done);
        report.problems.push(FileProblem::error("a", "e"));
        assert_eq!(status(&report, &options), Status::Failed);
    }

    #[test]
    fn a_project_that_cannot_be_written_fails_and_the_others_are_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("good"), "old").unwrap();
        let projects = ["gone", "good"].map(|name| project_with(path(name), "new", Outcome::Migrated)).into();
        let mut report = Report { projects, ..Report::default() };
        write_all(&mut report);
        assert_eq!(fs::read_to_string(path("good")).unwrap(), "new");
        assert_eq!((report.count(Outcome::Failed), report.count(Outcome::Migrated), report.errors()), (1, 1, 1));
    }
}
