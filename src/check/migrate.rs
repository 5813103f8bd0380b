//! One project, from what was loaded of it to its findings and changes.
//!
//! The stages are called in the order of the house: facts, rules, fixes, the last gate. How a choice is made that can be done
//! is in `settle`. A result is accepted only if a second run over it would change nothing more.

use super::settle::{Failed, Judged, LeftOut, Settled, possible, settle};
use crate::compose::{self, Project, Rejection, RejectionKind, ServiceId, host_network, is_on_host};
use crate::diagnostic::{Finding, FixId, Outcome, Proof, ServiceReport, Verdict};
use crate::facts::addresses::{self, Owner, Reference};
use crate::facts::directives::{Ask, Directive, directives};
use crate::facts::running::EngineFacts;
use crate::facts::{self, Inference, ServiceFacts};
use crate::fix::Fix;
use crate::port::Port;
use crate::rules;
use crate::rules::case::{Case, Wish};
use crate::rules::project::{internal, not_compose, rejected, syntax, unused_directive};
use crate::settings::Settings;
use crate::source::Location;
use crate::verify::{Law, Verified, Violation, verify};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What came of a project.
#[derive(Debug, Default)]
pub(crate) struct Migration {
    /// The names of all services.
    pub(crate) names: Vec<String>,
    /// The services on host networking.
    pub(crate) services: Vec<ServiceReport>,
    /// What is the matter with the files.
    pub(crate) findings: Vec<Finding>,
    /// What is done, for each unit of services.
    pub(crate) fixes: Vec<Fix>,
    /// The files that change.
    pub(crate) changes: Verified,
}

/// Migrates what can be migrated of a project; `engine` is what the engine knows about it, when it was asked.
pub(crate) fn migrate(
    project: &Project<'_>,
    rejections: Vec<Rejection>,
    engine: Option<&EngineFacts>,
    audit: bool,
    settings: &Settings,
) -> Migration {
    let mut findings: Vec<Finding> = rejections.into_iter().map(|rejection| refused(project, rejection)).collect();
    let names = project.services.iter().map(|service| service.name.clone()).collect();
    if project.rejected {
        return Migration { names, findings, ..Migration::default() };
    }
    let (directives, unused) = directives(project);
    findings.extend(unused.into_iter().map(unused_directive::finding));
    findings.extend(rules::look(project, engine.filter(|_| audit), &settings.network));
    if !project.services.iter().any(|service| is_on_host(project, service)) {
        return Migration { names, findings, ..Migration::default() };
    }
    let gate = |fixes: &[&Fix], left_out: &LeftOut| verify(project, fixes, &|after| nothing_remains(after, engine, settings, left_out));
    judge(project, engine, settings, &directives, |judged| {
        let settled = settle(judged, &gate, &withheld);
        findings.extend(settled.failed.iter().filter_map(|failed| broken(judged, failed)));
        let services = judged.cases.values().map(|(case, proof)| report(case, proof, &settled)).collect();
        Migration { names, services, findings, fixes: settled.plan.fixes, changes: settled.verified }
    })
}

/// The fixes that the texts of a project allow.
pub(crate) fn proposed(project: &Project<'_>, engine: Option<&EngineFacts>, settings: &Settings, left_out: &LeftOut) -> Vec<Fix> {
    let (directives, _) = directives(project);
    judge(project, engine, settings, &directives, |judged| {
        let cases = left_out.iter().filter_map(|id| judged.cases.get(id));
        let mut stay = cases.map(|(case, _)| (case.service.id, internal::withheld("", case.host.at()))).collect();
        possible(judged, &mut stay).1.fixes
    })
}

/// A second run finds nothing to change in the project as it is to be, save for services that were left out.
fn nothing_remains(after: &Project<'_>, engine: Option<&EngineFacts>, settings: &Settings, left_out: &LeftOut) -> Result<(), Violation> {
    match proposed(after, engine, settings, left_out).first().and_then(|fix| fix.services.first()) {
        None => Ok(()),
        Some(service) => Err(Violation::new(Law::Idempotence, format!("a second run would change `{}`", after[*service].name))),
    }
}

/// Judges the services of a project and hands them on.
fn judge<R>(
    project: &Project<'_>,
    engine: Option<&EngineFacts>,
    settings: &Settings,
    directives: &[Directive],
    then: impl FnOnce(&Judged<'_>) -> R,
) -> R {
    let subject = |service| ServiceFacts::new(project, service, stated(project, service, settings, directives), engine);
    let subjects: Vec<ServiceFacts<'_>> = project.services.iter().map(subject).collect();
    let inferences = facts::infer_all(&subjects);
    let references = addresses::references(project, &subjects, &inferences);
    let cases = cases(project, subjects, &inferences, &references, settings, directives);
    let host_ips = host_ips(directives);
    let (inferences, references) = (inferences.as_slice(), references.as_slice());
    then(&Judged { project, cases: &cases, inferences, references, settings, host_ips: &host_ips })
}

/// Why a service stays whose edit did not pass its check.
fn withheld(case: &Case<'_>, violation: &Violation) -> Finding {
    internal::withheld(&violation.to_string(), case.host.at())
}

/// What is said of a unit that did not pass its check.
fn broken(judged: &Judged<'_>, failed: &Failed) -> Option<Finding> {
    let cases: Vec<&Case<'_>> = failed.services.iter().filter_map(|id| Some(&judged.cases.get(id)?.0)).collect();
    let names: Vec<&str> = cases.iter().map(|case| case.service.name.as_str()).collect();
    Some(internal::finding(&names, &failed.violation.to_string(), cases.first()?.host.at()))
}

fn refused(project: &Project<'_>, Rejection { kind, message, at }: Rejection) -> Finding {
    match kind {
        RejectionKind::Syntax { unsupported } => syntax::finding(&message, &project.sources().get(at.file).text, unsupported, at),
        RejectionKind::NotCompose => not_compose::finding(message, at),
        RejectionKind::Rejected => rejected::finding(message, at, project.streams.values().any(compose::speaks_of_host)),
    }
}

/// The ports that options or comments state for a service.
fn stated(
    project: &Project<'_>,
    service: &compose::Service,
    settings: &Settings,
    directives: &[Directive],
) -> Vec<(Port, Option<Location>)> {
    let in_project = |file: &std::path::PathBuf| {
        project.input.compose.iter().any(|id| project.sources().get(*id).path == crate::source::normalise(file))
    };
    let mine = settings.ports.iter().filter(|stated| stated.service == service.name && stated.file.as_ref().is_none_or(in_project));
    let typed: Vec<(Port, Option<Location>)> = mine.flat_map(|stated| &stated.ports).map(|port| (*port, None)).collect();
    if !typed.is_empty() {
        return typed;
    }
    let said = directives.iter().filter(|directive| directive.service == service.name);
    said.filter_map(|directive| if let Ask::Ports(ports) = &directive.ask { Some((ports, directive.at)) } else { None })
        .flat_map(|(ports, at)| ports.iter().map(move |port| (*port, Some(at))))
        .collect()
}

fn host_ips(directives: &[Directive]) -> BTreeMap<String, IpAddr> {
    let asked = directives
        .iter()
        .filter_map(|directive| if let Ask::HostIp(ip) = directive.ask { Some((directive.service.clone(), ip)) } else { None });
    asked.collect()
}

fn cases<'a>(
    project: &'a Project<'a>,
    subjects: Vec<ServiceFacts<'a>>,
    inferences: &'a [Inference],
    references: &'a [Reference],
    settings: &Settings,
    directives: &[Directive],
) -> BTreeMap<ServiceId, (Case<'a>, Proof)> {
    let mut cases = BTreeMap::new();
    for subject in subjects {
        let service = subject.service;
        let Some(host) = host_network(project, service) else { continue };
        let wish = wish(&service.name, host.at(), settings, directives);
        let dials = references.iter().filter(|reference| reference.from == service.id).collect();
        let dialled = |reference: &&Reference| {
            reference.from != service.id && matches!(reference.owner, Owner::Service { id, .. } if id == service.id)
        };
        let callers = references.iter().filter(dialled).collect();
        let inference = &inferences[service.id.index()];
        let case = Case { project, service, host, subject, inference, inferences, references: dials, callers, wish };
        let proof = rules::prove(&case);
        cases.insert(service.id, (case, proof));
    }
    cases
}

/// What the user decides; options weigh more than comments.
fn wish(service: &str, at: Location, settings: &Settings, directives: &[Directive]) -> Wish {
    let names = |list: &[String]| list.iter().any(|name| name == service);
    if names(&settings.keep) {
        return Wish::Keep { because: "`--keep` names it".to_owned(), at };
    }
    if names(&settings.migrate) {
        return Wish::Migrate;
    }
    let mine = || directives.iter().filter(|directive| directive.service == service);
    match mine().find(|directive| directive.ask == Ask::Keep) {
        Some(keep) => Wish::Keep { because: keep.reason.clone().unwrap_or_else(|| "a comment says so".to_owned()), at: keep.at },
        None if mine().any(|directive| directive.ask == Ask::Migrate) => Wish::Migrate,
        None => Wish::Nothing,
    }
}

fn report(case: &Case<'_>, proof: &Proof, settled: &Settled) -> ServiceReport {
    let Settled { selection, plan, failed, .. } = settled;
    let id = case.service.id;
    let leaves = selection.leaving.contains(&id);
    let mut proof = proof.clone();
    if let Some(held) = selection.held.get(&id) {
        proof.begin_with(held.clone().of(id));
    }
    let mut report = ServiceReport {
        id,
        name: case.service.name.clone(),
        at: case.host.at(),
        outcome: match proof.verdict() {
            _ if failed.iter().any(|unit| unit.services.contains(&id)) => Outcome::Failed,
            _ if leaves => Outcome::Migrated,
            Verdict::Migrate | Verdict::Review => Outcome::HeldBack,
            Verdict::Ask => Outcome::Asks,
            Verdict::Keep => Outcome::Kept,
        },
        ports: plan.mapped.get(&id).cloned().unwrap_or_else(|| case.inference.ports.iter().map(|inferred| inferred.port).collect()),
        proof,
        consequences: plan.warnings.iter().filter(|warning| leaves && warning.service == Some(id)).cloned().collect(),
    };
    report.fixed_by(plan.fixes.iter().position(|fix| fix.services.contains(&id)).map(FixId::new));
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::Applicability;
    use crate::tests::project::Given;

    /// Services `a` to `d`; `b` dials `a`, and `d` is known to need a look.
    const PROJECT: &str = "\
services:
  a:
    image: example/a
    network_mode: host
    expose: [3001]
  b:
    image: example/b
    network_mode: host
    environment:
      API: http://localhost:3001
    expose: [3002]
  c:
    image: example/c
    network_mode: host
    expose: [3003]
  d:
    image: example/d
    network_mode: host
    privileged: true
    expose: [3004]
";

    /// Settles the project; edits for a service of `failing`, and for all of `together`, do not pass.
    fn settled(failing: &[&str], together: &[&str]) -> (Vec<Vec<String>>, Vec<Vec<String>>, String) {
        let given = Given::made(&[("compose.yaml", PROJECT)]);
        let settings = Settings { unsafe_edits: true, ..Settings::default() };
        let settled = given.load(|project, _| {
            let names = |services: &[ServiceId]| services.iter().map(|id| project[*id].name.clone()).collect::<Vec<_>>();
            let gate = |fixes: &[&Fix], left_out: &LeftOut| {
                let all: Vec<String> = fixes.iter().flat_map(|fix| names(&fix.services)).collect();
                let is_in = |name: &&str| all.iter().any(|other| other == name);
                if failing.iter().any(is_in) || !together.is_empty() && together.iter().all(is_in) {
                    return Err(Violation::new(Law::Values, "made to fail"));
                }
                verify(project, fixes, &|after| nothing_remains(after, None, &settings, left_out))
            };
            judge(project, None, &settings, &[], |judged| {
                let settled = settle(judged, &gate, &withheld);
                let made = settled.plan.fixes.iter().map(|fix| names(&fix.services)).collect();
                let failed = settled.failed.iter().map(|failed| names(&failed.services)).collect();
                let after = settled.verified.changes().next().map(|(_, text)| text.to_owned());
                (made, failed, after.unwrap_or_default())
            })
        });
        settled.unwrap()
    }

    fn names(units: &[&[&str]]) -> Vec<Vec<String>> {
        units.iter().map(|unit| unit.iter().map(|name| (*name).to_owned()).collect()).collect()
    }

    #[test]
    fn a_unit_that_does_not_pass_is_withheld_and_the_others_go_on() {
        assert_eq!(settled(&[], &[]).0, names(&[&["a", "b"], &["c"], &["d"]]));
        let (made, failed, after) = settled(&["c"], &[]);
        assert_eq!((made, failed), (names(&[&["a", "b"], &["d"]]), names(&[&["c"]])));
        let expected = PROJECT
            .replace("a\n    network_mode: host", "a\n    ports:\n      - \"127.0.0.1:3001:3001\"\n    networks:\n      - app-net")
            .replace("b\n    network_mode: host", "b\n    ports:\n      - \"127.0.0.1:3002:3002\"\n    networks:\n      - app-net")
            .replace("d\n    network_mode: host", "d\n    ports:\n      - \"127.0.0.1:3004:3004\"\n    networks:\n      - app-net")
            .replace("localhost", "a");
        assert_eq!(after, expected + "networks:\n  app-net:\n    driver: bridge\n");
    }

    #[test]
    fn a_unit_is_withheld_as_a_whole() {
        let (made, failed, after) = settled(&["b"], &[]);
        assert_eq!((made, failed), (names(&[&["c"], &["d"]]), names(&[&["a", "b"]])));
        assert!(after.contains("API: http://localhost:3001") && after.matches("network_mode: host").count() == 2, "{after}");
    }

    #[test]
    fn of_units_that_only_fail_together_the_first_goes_on() {
        let (made, failed, _) = settled(&[], &["a", "c"]);
        assert_eq!((made, failed), (names(&[&["a", "b"], &["d"]]), names(&[&["c"]])));
        assert_eq!(settled(&["a", "c", "d"], &[]).2, "");
    }

    #[test]
    fn a_fix_is_safe_when_all_its_services_are() {
        let given = Given::made(&[("compose.yaml", PROJECT)]);
        let settings = Settings { unsafe_edits: true, ..Settings::default() };
        let fixes = given.load(|project, _| proposed(project, None, &settings, &LeftOut::new())).unwrap();
        let applicable: Vec<Applicability> = fixes.iter().map(|fix| fix.applicability).collect();
        assert_eq!(applicable, [Applicability::Safe, Applicability::Unsafe, Applicability::Unsafe]);
    }
}
