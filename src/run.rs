//! The pipeline, top to bottom.
//!
//! Projects are handled side by side and reported in the order in which they were found; what is wrong with one never
//! stops another. Nothing is decided here: stages are called, and their results handed on.

use crate::check::{Migration, migrate};
use crate::cli;
use crate::compose::Input;
use crate::diagnostic::{Family, FileProblem, Finding, Outcome, Severity};
use crate::engine::{self, Engine};
use crate::facts::running::EngineFacts;
use crate::options::{Color, Explain, Mode, Options};
use crate::project::{self, ProjectFiles};
use crate::report::{ProjectReport, Report, diff, page, text};
use crate::rules::project::{not_accepted, syntax};
use crate::source::{FileId, SourceFile, Span};
use crate::verify::Verified;
use crate::write;
use crate::yaml::{self, Stream};
use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
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
    if let Explain::Rule(rule) = options.explain {
        unless_reader_left(page::write(rule, &mut io::stdout().lock())).context("cannot write to standard output")?;
        return Ok(Status::Done);
    }
    let workers = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().context("cannot start threads")?;
    let mut report = workers.install(|| examine(options));
    withhold_for_unknown_names(&mut report, options);
    withhold_contradictions(&mut report);
    if options.mode == Mode::Write {
        write_all(&mut report);
    }
    print(&report, options)?;
    Ok(status(&report, options))
}

/// Finds the projects, asks the engine about them if that is wanted, and takes each from its files to its report.
fn examine(options: &Options) -> Report {
    let found = project::discover(options);
    let mut engine = engine::ask(options.engine, &found.projects);
    let facts = std::mem::take(&mut engine.facts);
    let work = found.projects.into_par_iter().zip(facts);
    let projects = work.map(|(files, facts)| project(files, facts.as_ref(), &engine, options)).collect();
    let unanswered = engine.problems.iter().map(|said| FileProblem::warning("", format!("--engine: {said}")));
    Report { projects, problems: found.problems.into_iter().chain(unanswered).collect(), files: found.files }
}

/// Takes one project from its files to its report.
fn project(files: ProjectFiles, facts: Option<&EngineFacts>, engine: &Engine, options: &Options) -> ProjectReport {
    let outside: Vec<FileId> = files.sources.iter().filter(|file| !files.may_write(&file.path)).map(|file| file.id).collect();
    let Migration { names, services, diagnostics, changes } = match parse(&files) {
        Ok(streams) => {
            let input = Input {
                directory: &files.directory,
                compose: &files.compose,
                env: files.env,
                sources: &files.sources,
                missing: &files.missing,
                beside: files.beside.as_deref(),
                read_only: &outside,
                streams: &streams,
            };
            migrate(input, facts, options.check, &options.settings)
        }
        Err(diagnostics) => Migration { diagnostics, ..Migration::default() },
    };
    let accepted = engine.accepts(&files, &changes, options.env_file.as_deref());
    let at = files.compose.first().map(|id| files.sources.get(*id).location(Span::at(0)));
    let mut report = ProjectReport { sources: files.sources, names, services, diagnostics, changes };
    if let (Err(said), Some(at)) = (accepted, at) {
        let message = format!("Docker Compose does not accept the result, which was withheld; please report this ({said})");
        report.diagnostics.push(Finding::new(&not_accepted::RULE, Severity::Error, message, at));
        withhold(&mut report);
    }
    report
}

/// Parses the Compose files of a project; one that cannot be parsed spoils the project, since nobody knows what is in it.
fn parse(files: &ProjectFiles) -> Result<BTreeMap<FileId, Stream<'_>>, Vec<Finding>> {
    let (mut streams, mut problems) = (BTreeMap::new(), Vec::new());
    for id in &files.parts {
        let source = files.sources.get(*id);
        match yaml::parse_leniently(source) {
            Ok(stream) => drop(streams.insert(*id, stream)),
            Err(error) => problems.push(syntax_problem(&error, source)),
        }
    }
    if problems.is_empty() { Ok(streams) } else { Err(problems) }
}

/// A file that Compose reads and this program cannot is a failure only if something was to be done in it.
fn syntax_problem(error: &yaml::SyntaxError, source: &SourceFile) -> Finding {
    let concerned = ["network_mode", ": host"].iter().any(|words| source.text.contains(words));
    let severity = if error.unsupported && !concerned { Severity::Warning } else { Severity::Error };
    Finding::new(&syntax::RULE, severity, syntax_message(error, &source.text), source.location(error.span))
}

/// What is wrong with a text, and what it probably is when the braces of a template stand in it.
fn syntax_message(error: &yaml::SyntaxError, text: &str) -> String {
    let template = ["{{", "{%", "<%"].into_iter().find(|braces| text.contains(braces));
    match template {
        Some(braces) => format!("{error}; the `{braces}` in it looks like a template: render it first"),
        None => error.to_string(),
    }
}

/// A name that no project knows is mistyped: what it was to keep or to state would be done the wrong way.
fn withhold_for_unknown_names(report: &mut Report, options: &Options) {
    let stated = options.settings.ports.iter().map(|stated| ("--port", &stated.service));
    let listed = [("--keep", &options.settings.keep), ("--migrate", &options.settings.migrate)];
    let listed = listed.into_iter().flat_map(|(option, names)| names.iter().map(move |name| (option, name)));
    let addressed = options.settings.service_host_ips.keys().map(|name| ("--host-ip", name));
    let named = stated.chain(listed).chain(addressed);
    let unknown: Vec<_> = named.filter(|(_, name)| !report.projects.iter().any(|project| project.names.contains(name))).collect();
    for (option, name) in &unknown {
        report.problems.push(FileProblem::error("", format!("`{option}` names `{name}`, and there is no such service")));
    }
    if !unknown.is_empty() {
        report.projects.iter_mut().for_each(withhold);
    }
}

/// Two projects may share a file, and must then agree on its new text: otherwise the later one is withheld.
fn withhold_contradictions(report: &mut Report) {
    let mut settled: BTreeMap<PathBuf, String> = BTreeMap::new();
    for project in &mut report.projects {
        let changes: Vec<_> =
            project.changes.changes().map(|(file, after)| (project.sources.get(file).path.clone(), after.to_owned())).collect();
        let contradicted = changes.iter().find(|(path, after)| settled.get(path).is_some_and(|other| other != after));
        match contradicted {
            Some((path, _)) => {
                let message = format!("another project changes `{}` in another way; name one project at a time", path.display());
                report.problems.push(FileProblem::error(path, message));
                withhold(project);
            }
            None => settled.extend(changes),
        }
    }
}

fn write_all(report: &mut Report) {
    for project in &mut report.projects {
        let first = project.changes.changes().next().map(|(file, _)| project.sources.get(file).path.clone());
        let Some(path) = first else { continue };
        if let Err(error) = write::write(&project.sources, &project.changes) {
            report.problems.push(FileProblem::error(path, format!("{error:#}")));
            withhold(project);
        }
    }
}

/// Takes a project's changes back, and says so of each service.
fn withhold(project: &mut ProjectReport) {
    project.changes = Verified::default();
    for service in &mut project.services {
        if service.outcome == Outcome::Migrated {
            service.outcome = Outcome::Failed;
        }
    }
}

fn print(report: &Report, options: &Options) -> Result<()> {
    let color = match options.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    if options.mode == Mode::Preview {
        let stdout = AutoStream::new(io::stdout().lock(), color);
        let coloured = stdout.current_choice() != ColorChoice::Never;
        // Past the stream that strips escape sequences: those in the files are part of the diff.
        let written = diff::write(report, coloured, &mut BufWriter::new(stdout.into_inner()));
        unless_reader_left(written).context("cannot write to standard output")?;
    }
    let mut stderr = AutoStream::new(io::stderr().lock(), color);
    let mut bytes = Vec::new();
    text::write(report, options, &mut bytes)?;
    unless_reader_left(stderr.write_all(&bytes)).context("cannot write to standard error")
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
    let unmet = report.projects.iter().flat_map(|project| &project.diagnostics).any(|finding| finding.rule.family == Family::EngineAudit);
    let would_change = options.mode != Mode::Write && report.has_changes();
    match () {
        () if report.errors() > 0 => Status::Failed,
        () if options.check && (left || unmet || would_change) => Status::Remains,
        () => Status::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::diagnostic::{Family, Proof, ServiceReport};
    use crate::source::Span;
    use std::fs;

    fn project_with(path: PathBuf, after: &str, outcome: Outcome) -> ProjectReport {
        let mut project = ProjectReport::default();
        let file = project.sources.add(path, "old");
        let at = project.sources.get(file).location(Span::at(0));
        if outcome == Outcome::Migrated {
            project.changes = Verified::assume(vec![(file, after.to_owned())]);
        }
        project.services =
            vec![ServiceReport { service: "web".into(), at, outcome, ports: vec![], proof: Proof::default(), warnings: vec![] }];
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
        assert_eq!((code(Outcome::HeldBack, Mode::Report, true), code(Outcome::HeldBack, Mode::Write, true)), (1, 1));
        assert_eq!((code(Outcome::Asks, Mode::Report, true), code(Outcome::Kept, Mode::Report, true)), (1, 0));
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
    fn projects_that_contradict_each_other_about_a_file_are_not_both_applied() {
        let projects = ["new", "new", "other"].map(|after| project_with("shared".into(), after, Outcome::Migrated)).into();
        let mut report = Report { projects, ..Report::default() };
        withhold_contradictions(&mut report);
        let outcomes: Vec<_> = report.projects.iter().map(|project| project.services[0].outcome).collect();
        assert_eq!(outcomes, [Outcome::Migrated, Outcome::Migrated, Outcome::Failed]);
        assert_eq!((report.errors(), report.projects[2].changes.changes().count()), (1, 0));
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

    #[test]
    fn a_template_is_called_one() {
        let error = yaml::SyntaxError { message: "odd".into(), span: Span::at(0), unsupported: false };
        assert!(syntax_message(&error, "x: {{ y }}").contains("looks like a template"));
        assert_eq!(syntax_message(&error, "x: ["), "odd");
    }
}
