//! One project, from what was loaded of it to its findings and changes.
//!
//! The stages are called in the order of the house: load, infer, refer, decide, plan, verify. The loop in the middle is
//! there because a text may not allow an edit: then the services are chosen again without that one, until what is chosen
//! can be done.

use crate::compose::{self, Project, Rejection, RejectionKind, ServiceId, host_network, is_on_host};
use crate::diagnostic::{Finding, Outcome, Proof, ServiceReport, Severity, Verdict};
use crate::facts::addresses::{self, Reference};
use crate::facts::directives::{Ask, Directive, directives};
use crate::facts::running::EngineFacts;
use crate::facts::{self, Inference, ServiceFacts};
use crate::fix::units::{self, Selection};
use crate::fix::{self, Plan, Request};
use crate::port::Port;
use crate::rules;
use crate::rules::case::{Case, Wish};
use crate::rules::project::{internal, not_compose, rejected, syntax, unused_directive};
use crate::settings::Settings;
use crate::source::Location;
use crate::verify::{Verified, verify};
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
    pub(crate) diagnostics: Vec<Finding>,
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
    let mut diagnostics: Vec<Finding> = rejections.into_iter().map(|rejection| refused(project, rejection)).collect();
    let names = project.services.iter().map(|service| service.name.clone()).collect();
    if project.rejected {
        return Migration { names, diagnostics, ..Migration::default() };
    }
    let (directives, unused) = directives(project);
    diagnostics.extend(unused.into_iter().map(unused_directive::finding));
    if let (true, Some(engine)) = (audit, engine) {
        diagnostics.extend(rules::audit(project, engine, &settings.network));
    }
    if !project.services.iter().any(|service| is_on_host(project, service)) {
        return Migration { names, diagnostics, ..Migration::default() };
    }
    let subject = |service| ServiceFacts::new(project, service, stated(project, service, settings, &directives), engine);
    let subjects: Vec<ServiceFacts<'_>> = project.services.iter().map(subject).collect();
    let inferences = facts::infer_all(&subjects);
    let references = addresses::references(project, &subjects, &inferences);
    let cases = cases(project, subjects, &inferences, &references, settings, &directives);
    let host_ips = host_ips(&directives);
    let mut refused = BTreeMap::new();
    let (selection, plan) = loop {
        let selection = units::leaving(&cases, &references, settings.unsafe_edits, &refused);
        let request = Request {
            project,
            cases: &cases,
            inferences: &inferences,
            references: &references,
            selection: &selection,
            settings,
            host_ips: &host_ips,
        };
        let plan = fix::plan(request);
        if plan.refused.is_empty() {
            break (selection, plan);
        }
        refused.extend(plan.refused);
    };
    let verified = verify(project, &plan);
    let failed = verified.as_ref().err().map(ToString::to_string);
    if let (Some(detail), Some((case, _))) = (&failed, cases.values().next()) {
        let message = format!("the edit did not pass its own check and was withheld; please report this ({detail})");
        diagnostics.push(Finding::new(&internal::RULE, Severity::Error, message, case.host.at()));
    }
    let services = cases.values().map(|(case, proof)| report(case, proof, &selection, &plan, failed.is_some())).collect();
    Migration { names, services, diagnostics, changes: verified.unwrap_or_default() }
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
        let references = references.iter().filter(|reference| reference.from == service.id).collect();
        let case = Case { project, service, host, subject, inference: &inferences[service.id.index()], inferences, references, wish };
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

fn report(case: &Case<'_>, proof: &Proof, selection: &Selection, plan: &Plan, failed: bool) -> ServiceReport {
    let id = case.service.id;
    let leaves = selection.leaving.contains(&id);
    let mut proof = proof.clone();
    if let Some(held) = selection.held.get(&id) {
        proof.begin_with(held.clone());
    }
    ServiceReport {
        service: case.service.name.clone(),
        at: case.host.at(),
        outcome: match proof.verdict() {
            _ if leaves && failed => Outcome::Failed,
            _ if leaves => Outcome::Migrated,
            Verdict::Migrate | Verdict::Review => Outcome::HeldBack,
            Verdict::Ask => Outcome::Asks,
            Verdict::Keep => Outcome::Kept,
        },
        ports: listed(case, plan.mapped.get(&id)),
        proof,
        warnings: if leaves { plan.warnings.get(&id).cloned().unwrap_or_default() } else { Vec::new() },
    }
}

fn listed(case: &Case<'_>, mapped: Option<&Vec<Port>>) -> Vec<String> {
    let inferred = || case.inference.ports.iter().map(|inferred| inferred.port).collect();
    mapped.cloned().unwrap_or_else(inferred).iter().map(ToString::to_string).collect()
}
