//! Everything that a run found out, as one JSON document for other programs.
//!
//! The shape is versioned: `version` goes up when a field changes its meaning or goes away, and not when one is added. Lines and columns
//! count from 1, spans are bytes of the file. No text of a file is in it beyond what messages quote and edits put in.

use super::shown::severity;
use crate::check::{ProjectReport, Report};
use crate::diagnostic::{FileProblem, Finding, Obligation, Outcome, Proof, ServiceReport, Status};
use crate::edit::Edit;
use crate::fix::{Applicability, Fix};
use crate::options::{Format, Manner};
use crate::source::{FileId, Location, Sources, Span};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The format.
pub(crate) static FORMAT: Format = Format { name: "json", summary: "all of it, for other programs", write };

/// The version of the shape.
const VERSION: u32 = 1;

/// Writes the document.
fn write(report: &Report, _: Manner, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    writeln!(out)?;
    out.flush()
}

fn document(report: &Report) -> Value {
    let counts = Outcome::ALL.map(|outcome| (word(outcome).to_owned(), report.count(outcome).into()));
    let mut statistics: serde_json::Map<String, Value> = counts.into_iter().collect();
    statistics.insert("files".to_owned(), report.files.into());
    let problem =
        |problem: &FileProblem| json!({ "severity": severity(problem.severity), "message": problem.message, "file": problem.path });
    json!({
        "version": VERSION,
        "tool": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "errors": report.problems.iter().map(problem).collect::<Vec<_>>(),
        "statistics": statistics,
        "projects": report.projects.iter().map(project).collect::<Vec<_>>(),
    })
}

fn project(project: &ProjectReport) -> Value {
    let sources = &project.sources;
    json!({
        "files": project.compose.iter().map(|file| &sources.get(*file).path).collect::<Vec<_>>(),
        "findings": project.findings.iter().map(|finding| self::finding(sources, finding)).collect::<Vec<_>>(),
        "services": project.services.iter().map(|service| self::service(sources, service)).collect::<Vec<_>>(),
        "units": project.fixes.iter().map(|fix| unit(project, fix)).collect::<Vec<_>>(),
    })
}

fn service(sources: &Sources, service: &ServiceReport) -> Value {
    json!({
        "name": service.name,
        "file": sources.get(service.at.file).path,
        "at": place(sources, service.at),
        "verdict": service.proof.verdict().name(),
        "outcome": word(service.outcome),
        "ports": service.ports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "proof": proof(sources, &service.proof),
        "relied_on": service.proof.relied_on().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "consequences": service.consequences.iter().map(|finding| self::finding(sources, finding)).collect::<Vec<_>>(),
    })
}

/// For each obligation how it stands, and what says so.
fn proof(sources: &Sources, proof: &Proof) -> Value {
    let one = |obligation: Obligation| {
        let status = proof.status(obligation);
        let word = match &status {
            Status::Proven(_) => "proven",
            Status::Doubtful(_) => "doubtful",
            Status::Open(_) => "open",
            Status::Refuted(_) => "refuted",
        };
        let evidence: Vec<Value> = status.findings().iter().map(|finding| self::finding(sources, finding)).collect();
        (obligation.name().to_owned(), json!({ "status": word, "evidence": evidence }))
    };
    Value::Object(Obligation::ALL.into_iter().map(one).collect())
}

fn finding(sources: &Sources, finding: &Finding) -> Value {
    let related = finding.related.iter().map(|(at, message)| json!({ "message": message, "at": place(sources, *at) }));
    json!({
        "rule": finding.rule.id,
        "severity": severity(finding.severity),
        "message": finding.message,
        "at": place(sources, finding.at),
        "related": related.collect::<Vec<_>>(),
        "help": finding.help,
        "relied_on": finding.ground.map(|ground| ground.to_string()),
        "unit": finding.fix.map(|fix| fix.index()),
    })
}

/// A unit of services that leave together, with its edits.
fn unit(project: &ProjectReport, fix: &Fix) -> Value {
    let name = |id| project.services.iter().find(|service| service.id == id).map(|service| &service.name);
    let edits = fix.edits.iter().flat_map(|(file, set)| set.iter().map(move |edit| (*file, edit)));
    let edit = |(file, edit): (FileId, &Edit)| {
        let at = Location { file, span: edit.span };
        json!({ "file": project.sources.get(file).path, "at": place(&project.sources, at), "replacement": edit.text })
    };
    json!({
        "services": fix.services.iter().filter_map(|id| name(*id)).collect::<Vec<_>>(),
        "applicability": match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        },
        "edits": edits.map(edit).collect::<Vec<_>>(),
    })
}

fn place(sources: &Sources, Location { file, span: Span { start, end } }: Location) -> Value {
    let file = sources.get(file);
    let (from, to) = (file.line_column(start), file.line_column(end));
    json!({
        "file": file.path,
        "line": from.line,
        "column": from.column,
        "end_line": to.line,
        "end_column": to.column,
        "span": [start, end],
    })
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Migrated => "migrated",
        Outcome::HeldBack => "held-back",
        Outcome::Asks => "asks",
        Outcome::Kept => "kept",
        Outcome::Failed => "failed",
    }
}
