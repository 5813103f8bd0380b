//! Verdicts on small projects, for tests of rules and of evidence.
//!
//! A project is written as texts, the Compose file first; what is asked for is the verdict as one line:
//! `migrate 3000/tcp`, `review 80/tcp public-edge`, `ask no-port`, `keep network-capability`. Small projects show nothing of what
//! images that nobody knows are for; the rule that says so is left aside here, and has tests of its own.

use super::project::Given;
use crate::diagnostic::{Finding, Outcome, ServiceReport, Verdict};
use crate::rules::host_network::purpose::plain_purpose;
use crate::settings::Settings;
use std::collections::BTreeSet;

/// The verdict on `service` as one line. The first file is the Compose file; one without text is looked for and not there.
pub(crate) fn verdict(files: &[(&str, &str)], service: &str) -> String {
    let run = Given::made(files).run(&Settings::default());
    let Some(report) = run.services.iter().find(|report| report.name == service) else {
        panic!("no `{service}` on host networking: {:?}", run.findings);
    };
    let word = match outcome(report) {
        Outcome::Migrated => "migrate",
        Outcome::HeldBack => "review",
        Outcome::Asks => "ask",
        Outcome::Kept => "keep",
        Outcome::Failed => "failed",
    };
    let counts = |reason: &&Finding| reason.verdict != Some(Verdict::Migrate) && !is_aside(reason);
    let rules: BTreeSet<&str> = report.proof.deciding().filter(counts).map(|reason| reason.rule.id).collect();
    let ports = report.ports.iter().map(ToString::to_string);
    let words = [word.to_owned()].into_iter().chain(ports).chain(rules.into_iter().map(str::to_owned));
    words.collect::<Vec<_>>().join(" ")
}

/// What becomes of a service, the question of what it is for left aside.
pub(crate) fn outcome(report: &ServiceReport) -> Outcome {
    let reviews = report.proof.findings().iter().filter(|reason| reason.verdict == Some(Verdict::Review));
    match report.outcome {
        Outcome::HeldBack if report.proof.verdict() == Verdict::Review && reviews.into_iter().all(is_aside) => Outcome::Migrated,
        outcome => outcome,
    }
}

fn is_aside(reason: &Finding) -> bool {
    reason.rule == &plain_purpose::RULE
}

/// The verdict on the service `app` with these lines beside `network_mode: host`.
pub(crate) fn app(lines: &str) -> String {
    app_with(lines, &[])
}

/// The same with further files.
pub(crate) fn app_with(lines: &str, files: &[(&str, &str)]) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!("services:\n  app:\n    network_mode: host\n{indented}");
    let mut all = vec![("compose.yaml", text.as_str())];
    all.extend_from_slice(files);
    verdict(&all, "app")
}

/// Holds each of `cases` (lines of the service, verdict) to its verdict and names all that fail.
#[track_caller]
pub(crate) fn hold(cases: &[(&str, &str)]) {
    let failed: Vec<String> = cases
        .iter()
        .map(|(lines, expected)| (lines, app(lines), expected))
        .filter(|(_, found, expected)| found != *expected)
        .map(|(lines, found, expected)| format!("{lines}\n  expected: {expected}\n  found:    {found}"))
        .collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
