//! The library as another program uses it: texts in, a report out, nothing read and nothing written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

use compose_fix::{Applicability, Obligation, Outcome, Port, ProjectReport, RULES, Report, Settings, Severity, Sources, Status, check};
use std::collections::BTreeSet;
use std::path::Path;

/// `app` dials `db`, `edge` serves the public, `idle` says no port, `other` is on a bridge.
const COMPOSE: &str = "\
services:
  other:
    image: example/other
  app:
    image: example/app
    network_mode: host
    environment:
      PORT: 3000
      DATABASE_URL: postgres://localhost:5432/app
  db:
    image: postgres:15
    network_mode: host
  edge:
    image: nginx
    network_mode: host
  idle:
    image: example/idle
    network_mode: host
";

fn checked(text: &str, settings: &Settings) -> Report {
    let sources = Sources::default();
    sources.add("compose.yaml", text);
    check(&sources, settings)
}

fn only_project(mut report: Report) -> ProjectReport {
    assert_eq!((report.projects.len(), report.files, report.errors()), (1, 1, 0));
    report.projects.remove(0)
}

#[test]
fn each_service_on_host_networking_has_an_outcome_and_ports() {
    let project = only_project(checked(COMPOSE, &Settings::default()));
    let said: Vec<_> = project.services.iter().map(|service| (service.name.as_str(), service.outcome, service.ports.clone())).collect();
    let expected = [
        ("app", Outcome::Migrated, vec![Port::tcp(3000)]),
        ("db", Outcome::Migrated, vec![Port::tcp(5432)]),
        ("edge", Outcome::HeldBack, vec![Port::tcp(80)]),
        ("idle", Outcome::Asks, vec![]),
    ];
    assert_eq!(said, expected);
    assert!(project.services.iter().all(|service| project.name(service.id) == service.name));
}

#[test]
fn a_fix_is_what_services_change_together() {
    let settings = Settings { unsafe_edits: true, ..Settings::default() };
    let project = only_project(checked(COMPOSE, &settings));
    let names = |fix: &compose_fix::Fix| fix.services.iter().map(|service| project.name(*service).to_owned()).collect::<Vec<_>>();
    let units: Vec<_> = project.fixes.iter().map(|fix| (names(fix), fix.applicability)).collect();
    assert_eq!(units, [(vec!["app".to_owned(), "db".into()], Applicability::Safe), (vec!["edge".into()], Applicability::Unsafe)]);

    let (file, edits) = project.fixes[0].edits.first_key_value().unwrap();
    let after = edits.apply(&project.sources.get(*file).text);
    assert!(after.contains("postgres://db:5432/app"), "{after}");
    assert_eq!(after.matches("network_mode: host").count(), 2, "{after}");
    let (before, all) = project.changes().next().unwrap();
    assert_eq!((before.text.as_str(), all.matches("network_mode: host").count()), (COMPOSE, 1));
}

#[test]
fn findings_say_who_where_and_what_can_be_done() {
    let project = only_project(checked(COMPOSE, &Settings::default()));
    let [app, db, edge, idle] = project.services.as_slice() else { panic!("{:?}", project.services) };
    for service in &project.services {
        assert!(service.findings().all(|finding| finding.service == Some(service.id) && RULES.contains(&finding.rule)));
    }
    let fixes: BTreeSet<_> = app.findings().chain(db.findings()).map(|finding| finding.fix.map(|fix| fix.index())).collect();
    assert_eq!(fixes, BTreeSet::from([Some(0)]));
    assert!(app.consequences.iter().all(|finding| finding.severity == Severity::Warning));

    let Status::Doubtful(doubts) = edge.proof.status(Obligation::Dialled) else { panic!("{:?}", edge.proof) };
    assert_eq!(doubts[0].help.as_deref(), Some("to publish it: `--host-ip edge=0.0.0.0`"));
    let Status::Open(questions) = idle.proof.status(Obligation::Listens) else { panic!("{:?}", idle.proof) };
    let [question] = questions.as_slice() else { panic!("{questions:?}") };
    assert_eq!((question.rule.id, question.help.as_deref(), question.fix), ("no-port", Some("state it with `--port idle=PORT`"), None));
    let file = project.sources.get(question.at.file);
    assert_eq!(question.at.span.of(&file.text), "example/idle");
    assert_eq!((file.path.as_path(), file.line_column(question.at.span.start).line), (Path::new("compose.yaml"), 17));
}

#[test]
fn what_is_wrong_with_files_stands_beside_the_services() {
    let report = checked("services:\n  web:\n    image: [\n", &Settings::default());
    assert_eq!((report.errors(), report.changes().len()), (0, 0), "nothing in it speaks of host networking");
    let report = checked("services:\n  web:\n    network_mode: host\n    image: [\n", &Settings::default());
    let findings = &report.projects[0].findings;
    assert_eq!((report.errors(), findings[0].rule.id, findings[0].service), (1, "syntax", None));
    let report = check(&Sources::default(), &Settings::default());
    assert_eq!((report.files, report.problems[0].severity), (0, Severity::Error), "there is no file at all");
}
