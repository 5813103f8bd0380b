//! The table of rules as a whole.

use super::project::{internal, not_accepted};
use super::table::{CHECKS, Check};
use super::{RULES, look};
use crate::diagnostic::{Family, Finding, Obligation};
use crate::facts::running::{Container, EngineFacts, Listener};
use crate::port::Port;
use crate::source::{Location, Sources, Span};
use crate::tests::project::Given;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The files below `src/rules` that end in `extension`, by name, without it.
fn files(extension: &str) -> Vec<String> {
    let mut open = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/rules")];
    let mut found = Vec::new();
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == extension) {
                found.push(name(&path));
            }
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_rule_has_a_line_a_file_and_a_page_of_its_name() {
    let mut names: Vec<String> = RULES.iter().map(|rule| rule.id.replace('-', "_")).collect();
    names.sort();
    assert!(names.is_sorted_by(|a, b| a < b), "two rules have one name");
    assert_eq!(files("md"), names);
    let code: BTreeSet<String> = files("rs").into_iter().collect();
    assert!(names.iter().all(|name| code.contains(name)), "a rule lies in a file of another name");
}

#[test]
fn rules_that_can_call_for_a_verdict_speak_to_an_obligation() {
    for (rule, check) in RULES.iter().zip(CHECKS) {
        // A proof counts findings by obligation: one without would be lost.
        let of_edits = [&internal::RULE, &not_accepted::RULE].contains(rule);
        let judges = of_edits || rule.family == Family::HostNetwork && !matches!(check, Check::Departure(_));
        assert_eq!(rule.obligation.is_some(), judges, "{}", rule.id);
    }
    let spoken_to: BTreeSet<_> = RULES.iter().filter_map(|rule| rule.obligation).collect();
    assert!(Obligation::ALL.iter().all(|obligation| spoken_to.contains(obligation)));
}

/// A project as the pages of `engine-audit` show it.
const MAPPED: &str = "\
services:
  web:
    image: example/web
    ports:
      - \"127.0.0.1:80:8080\"
    networks: [app-net]
networks:
  app-net:
    driver: bridge
";

/// What is found when the container of `web` listens on these ports.
fn audited(ports: &[u16]) -> Vec<Finding> {
    let listener = |port: &u16| Listener { port: Port::tcp(*port), address: IpAddr::from([0, 0, 0, 0]) };
    let listeners = Some(ports.iter().map(listener).collect());
    let container = Container { service: "web".into(), on_host: false, current: true, exposed: Vec::new(), listeners };
    let facts = EngineFacts { containers: vec![container], ..EngineFacts::default() };
    Given::made(&[("compose.yaml", MAPPED)]).load(|project, _| look(project, Some(&facts), "app-net")).unwrap()
}

#[test]
fn pages_whose_example_cannot_be_run_show_what_is_said() {
    let at = Location { file: Sources::default().add("compose.yaml", ""), span: Span::at(0) };
    let said = [
        audited(&[]),
        audited(&[8080, 9000]),
        vec![internal::finding(&["web"], "comments: a comment would be lost", at)],
        vec![not_accepted::finding("…", at)],
    ]
    .concat();
    let ids: Vec<&str> = said.iter().map(|finding| finding.rule.id).collect();
    assert_eq!(ids, ["silent-mapping", "unmapped-listener", "internal", "not-accepted"]);
    for Finding { rule, message, help, .. } in said {
        let shows = |line: String| rule.page.contains(&line);
        assert!(shows(format!("[{}]: {message}\n", rule.id)), "{}: {message}", rule.id);
        assert!(help.is_none_or(|help| shows(format!("  = help: {help}\n"))), "{}", rule.id);
    }
}
