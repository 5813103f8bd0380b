//! The report for people: verdicts, why, and where; then a line that says what remains.
//!
//! Lines of the files are not quoted, because they hold secrets, and whatever comes from a file is shown without
//! characters that could steer a terminal or turn the text around.

use super::shown::{Place, Plain, severity};
use super::{page, proof};
use crate::check::{ProjectReport, Report};
use crate::diagnostic::{Finding, Outcome, Rule, ServiceReport, Severity, Verdict};
use crate::options::{Explain, Format, Manner, Mode, Options, Verbosity};
use crate::source::{Location, Sources};
use anstream::adapter::strip_bytes;
use anstyle::{AnsiColor, Style};
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

/// The format.
pub(crate) static FORMAT: Format = Format { name: "text", summary: "verdicts, reasons and places, for people", write };

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Verdicts end at this column, so that what is said of services lines up.
const VERDICT_WIDTH: usize = 10;
/// Where the lines below a service's first one start.
const INDENT: &str = "            ";

/// Writes the report.
fn write(report: &Report, Manner { options, color }: Manner, out: &mut dyn Write) -> io::Result<()> {
    let mut coloured = Vec::new();
    write_coloured(report, options, &mut coloured)?;
    if color { out.write_all(&coloured) } else { strip_bytes(&coloured).try_for_each(|part| out.write_all(part)) }
}

fn write_coloured(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for project in &report.projects {
        if options.verbosity > Verbosity::Quiet {
            for service in &project.services {
                write_service(project, service, options, out)?;
            }
        }
        for finding in project.findings.iter().filter(|finding| is_shown(finding.severity, options.verbosity)) {
            write_finding(&project.sources, finding, options.verbosity, out)?;
        }
    }
    for problem in report.problems.iter().filter(|problem| is_shown(problem.severity, options.verbosity)) {
        writeln!(out, "{}: {}", Label(problem.severity, None), Plain(&problem.message))?;
    }
    if options.explain == Explain::Reasons {
        page::write_named(report, out)?;
    }
    if options.verbosity > Verbosity::Quiet {
        write_summary(report, options, out)?;
    }
    Ok(())
}

fn write_service(project: &ProjectReport, service: &ServiceReport, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (word, style) = verdict(service.outcome, options.mode);
    let place = Place(&project.sources, service.at);
    write!(out, "{style}{word:>VERDICT_WIDTH$}{style:#}  {BOLD}{}{BOLD:#}", Plain(&service.name))?;
    service.ports.iter().try_for_each(|port| write!(out, " {port}"))?;
    writeln!(out, "  {DIM}{place}{DIM:#}")?;
    let left = matches!(service.outcome, Outcome::HeldBack | Outcome::Asks);
    if options.verbosity == Verbosity::Verbose {
        proof::write(&project.sources, &service.proof, service.at, INDENT, out)?;
    } else {
        // Of a service that leaves, where it is mapped to is shown, whatever else is said of it.
        let evidence = service.proof.deciding().position(|reason| reason.verdict == Some(Verdict::Migrate));
        let evidence = evidence.filter(|_| service.outcome == Outcome::Migrated);
        let deciding = service.proof.deciding().enumerate();
        let shown =
            deciding.filter(|(number, reason)| *number == 0 || evidence == Some(*number) || left && reason.severity > Severity::Note);
        shown.into_iter().try_for_each(|(_, reason)| write_reason(&project.sources, reason, service.at, out))?;
    }
    for consequence in &service.consequences {
        write!(out, "{INDENT}{}: ", Label(Severity::Warning, Some(consequence.rule)))?;
        write_statement(&project.sources, consequence, service.at, out)?;
    }
    Ok(())
}

fn write_reason(sources: &Sources, reason: &Finding, at: Location, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{INDENT}{DIM}[{}]{DIM:#} ", reason.rule.id)?;
    write_statement(sources, reason, at, out)
}

/// A message, its place unless that is the one already named, and what the user can do.
fn write_statement(sources: &Sources, statement: &Finding, named: Location, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", Plain(&statement.message))?;
    if statement.at != named {
        write!(out, " {DIM}({}){DIM:#}", Place(sources, statement.at))?;
    }
    writeln!(out)?;
    statement.help.iter().try_for_each(|help| writeln!(out, "{INDENT}help: {}", Plain(help)))
}

/// What is the matter with a file.
fn write_finding(sources: &Sources, finding: &Finding, verbosity: Verbosity, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", Label(finding.severity, Some(finding.rule)), Plain(&finding.message))?;
    writeln!(out, " {DIM}-->{DIM:#} {}", Place(sources, finding.at))?;
    if verbosity == Verbosity::Quiet {
        return Ok(());
    }
    for (place, note) in &finding.related {
        writeln!(out, "  {DIM}={DIM:#} {} {DIM}({}){DIM:#}", Plain(note), Place(sources, *place))?;
    }
    finding.help.iter().try_for_each(|help| writeln!(out, "  {DIM}={DIM:#} help: {}", Plain(help)))
}

/// What was done and what remains, in one line.
fn write_summary(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let services: usize = report.projects.iter().map(|project| project.services.len()).sum();
    let findings: usize = report.projects.iter().map(|project| project.findings.len()).sum();
    if services + findings + report.problems.len() > 0 {
        writeln!(out)?;
    }
    let errors = match report.errors() {
        0 => String::new(),
        1 => ", 1 error".to_owned(),
        many => format!(", {many} errors"),
    };
    let files = if report.files == 1 { "1 file".to_owned() } else { format!("{} files", report.files) };
    if services == 0 {
        return writeln!(out, "{BOLD}no service on host networking{BOLD:#} in {files}{errors}");
    }
    let parts: Vec<String> = Outcome::ALL.into_iter().filter_map(|outcome| summary_part(report.count(outcome), outcome, options)).collect();
    let within: BTreeSet<_> = report.projects.iter().flat_map(places).collect();
    writeln!(out, "{BOLD}{}{BOLD:#}, in {} of {files}{errors}", parts.join(", "), within.len())
}

fn summary_part(count: usize, outcome: Outcome, options: &Options) -> Option<String> {
    let words = match outcome {
        Outcome::Migrated if options.mode == Mode::Write => "migrated",
        Outcome::Migrated => "to migrate (--write)",
        Outcome::HeldBack => "held back (--unsafe)",
        Outcome::Asks if count == 1 => "needs a port (--port)",
        Outcome::Asks => "need a port (--port)",
        Outcome::Kept => "kept",
        Outcome::Failed => "failed",
    };
    (count > 0).then(|| format!("{count} {words}"))
}

/// The files that put services on host networking.
fn places(project: &ProjectReport) -> impl Iterator<Item = &std::path::Path> {
    project.services.iter().map(|service| project.sources.get(service.at.file).path.as_path())
}

/// The word for an outcome. A preview says `to migrate`, so that nobody takes it for done.
fn verdict(outcome: Outcome, mode: Mode) -> (&'static str, Style) {
    match outcome {
        Outcome::Migrated if mode == Mode::Write => ("migrated", AnsiColor::Green.on_default().bold()),
        Outcome::Migrated => ("to migrate", AnsiColor::Green.on_default().bold()),
        Outcome::HeldBack => ("held back", WARNING),
        Outcome::Asks => ("asks", AnsiColor::Cyan.on_default().bold()),
        Outcome::Kept => ("kept", DIM),
        Outcome::Failed => ("failed", ERROR),
    }
}

fn is_shown(severity: Severity, verbosity: Verbosity) -> bool {
    severity
        >= match verbosity {
            Verbosity::Quiet => Severity::Error,
            Verbosity::Normal => Severity::Warning,
            Verbosity::Verbose => Severity::Note,
        }
}

/// `warning[lan-loses]`, in its colour; what no rule found has no name behind it.
struct Label(Severity, Option<&'static Rule>);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = match self.0 {
            Severity::Note => BOLD,
            Severity::Warning => WARNING,
            Severity::Error => ERROR,
        };
        write!(f, "{style}{}", severity(self.0))?;
        if let Some(rule) = self.1 {
            write!(f, "[{}]", rule.id)?;
        }
        write!(f, "{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::ServiceId;
    use crate::diagnostic::{Family, FileProblem, Ground, Obligation};
    use crate::port::Port;
    use crate::source::Span;

    static RULE: Rule = Rule { id: "r", family: Family::HostNetwork, obligation: Some(Obligation::Listens), summary: "", page: "" };

    const FLAG: Ground = Ground::Source("command");

    fn said(severity: Severity, message: &str, at: Location) -> Finding {
        Finding::new(&RULE, severity, message, at)
    }

    fn sample() -> Report {
        let sources = Sources::default();
        let file = sources.add("compose.yaml", "a\n".repeat(40));
        let at = |line: usize| Location { file, span: Span::at((line - 1) * 2) };
        let service = |name: &str, line, outcome, ports: &[u16], because: Vec<Finding>, consequences| ServiceReport {
            id: ServiceId::new(line),
            name: name.into(),
            at: at(line),
            outcome,
            ports: ports.iter().map(|port| Port::tcp(*port)).collect(),
            proof: because.into_iter().collect(),
            consequences,
        };
        use Severity::{Note, Warning};
        let flag = Finding::supports(&RULE, FLAG, "`--port 3000` in its command", at(6));
        let web = vec![flag, Finding::supports(&RULE, FLAG, "`EXPOSE 3000`", at(9))];
        let lose = vec![said(Warning, "other machines lose 3000/tcp", at(5))];
        let held_back = |message: &str, line| Finding::holds_back(&RULE, message, at(line));
        let edge = vec![held_back("listens on 80, where the public comes in", 14), held_back("`localhost:9` has no owner", 16)];
        let asks = vec![Finding::asks(&RULE, "no port is known", at(22)).help("say `--port api=PORT`")];
        let kept = vec![Finding::keeps(&RULE, "finds devices by mDNS", at(30))];
        let services = vec![
            service("web", 5, Outcome::Migrated, &[3000], web, lose),
            service("proxy", 14, Outcome::HeldBack, &[80, 443], edge, vec![]),
            service("api", 22, Outcome::Asks, &[], asks, vec![]),
            service("hass", 30, Outcome::Kept, &[], kept, vec![]),
        ];
        let findings = vec![said(Severity::Error, "unknown key `prots`", at(33)).help("see the docs"), said(Note, "a note", at(34))];
        let project = ProjectReport { sources, services, findings, ..ProjectReport::default() };
        let problems = vec![FileProblem::error("x", "cannot read `x`: gone")];
        Report { projects: vec![project], problems, files: 812 }
    }

    fn text(report: &Report, mode: Mode, verbosity: Verbosity) -> String {
        written(report, &Options { mode, verbosity, ..Options::default() }, false)
    }

    fn written(report: &Report, options: &Options, color: bool) -> String {
        let mut out = Vec::new();
        write(report, Manner { options, color }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_look_shows_verdicts_reasons_places_and_what_remains() {
        assert_eq!(
            text(&sample(), Mode::Preview, Verbosity::Normal),
            "\
to migrate  web 3000/tcp  compose.yaml:5:1
            [r] `--port 3000` in its command (compose.yaml:6:1)
            warning[r]: other machines lose 3000/tcp
 held back  proxy 80/tcp 443/tcp  compose.yaml:14:1
            [r] listens on 80, where the public comes in
            [r] `localhost:9` has no owner (compose.yaml:16:1)
      asks  api  compose.yaml:22:1
            [r] no port is known
            help: say `--port api=PORT`
      kept  hass  compose.yaml:30:1
            [r] finds devices by mDNS
error[r]: unknown key `prots`
 --> compose.yaml:33:1
  = help: see the docs
error: cannot read `x`: gone

1 to migrate (--write), 1 held back (--unsafe), 1 needs a port (--port), 1 kept, in 1 of 812 files, 2 errors
"
        );
    }

    #[test]
    fn what_was_written_is_called_done() {
        let text = text(&sample(), Mode::Write, Verbosity::Normal);
        assert!(text.starts_with("  migrated  web") && text.contains("\n1 migrated, 1 held back"), "{text}");
    }

    #[test]
    fn quiet_shows_errors_only() {
        assert_eq!(
            text(&sample(), Mode::Preview, Verbosity::Quiet),
            "error[r]: unknown key `prots`\n --> compose.yaml:33:1\nerror: cannot read `x`: gone\n"
        );
    }

    #[test]
    fn verbose_shows_the_proof() {
        let text = text(&sample(), Mode::Preview, Verbosity::Verbose);
        let proof = "\
to migrate  web 3000/tcp  compose.yaml:5:1
            listens  [r] `--port 3000` in its command (6:1) · [r] `EXPOSE 3000` (9:1)
            binds    nothing speaks against it
            dials    nothing speaks against it
            dialled  nothing speaks against it
            purpose  nothing speaks against it
            edit     nothing speaks against it
            warning[r]: other machines lose 3000/tcp
";
        assert!(text.starts_with(proof), "{text}");
        for line in [
            "  listens  review: [r] listens on 80, where the public comes in · [r] `localhost:9` has no owner (16:1)\n",
            "note[r]: a note\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn nothing_found_is_said_in_one_line() {
        let report = Report { files: 1, ..Report::default() };
        assert_eq!(text(&report, Mode::Preview, Verbosity::Normal), "no service on host networking in 1 file\n");
    }

    #[test]
    fn text_from_files_cannot_steer_the_terminal() {
        assert_eq!(Plain("a\u{1b}[31m\n\u{202e}é日").to_string(), "a\\u{1b}[31m\\u{a}\\u{202e}é日");
        let report = Report { problems: vec![FileProblem::error("x", "\u{1b}]0;x\u{7}")], ..Report::default() };
        assert!(written(&report, &Options::default(), true).contains("\\u{1b}]0;x\\u{7}"));
    }
}
