//! What shows that a service needs nothing that only the host's network has.

use super::author::{self, Meaning};
use crate::compose::ServiceId;
use crate::diagnostic::{Family, Finding, Ground, Obligation, Rule, Verdict};
use crate::facts::addresses::Reference;
use crate::facts::{ServiceFacts, SourceId};
use crate::knowledge::images::{KnownImage, Role, Strength};
use crate::knowledge::programs::{Kind, Program};
use crate::rules::case::Case;
use crate::rules::grounds::presumed;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "plain-purpose",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "what it is for needs nothing that only the host's network has",
    page: include_str!("plain_purpose.md"),
};

/// The best reason to believe it: what is documented, how the project is wired, or else nothing.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let at = case.subject.at();
    if let Some((source, what)) = documented(&case.subject) {
        return vec![Finding::supports(&RULE, Ground::Source(source.name()), format!("{what} is documented without such a need"), at)];
    }
    let faulted = author::first(case, Meaning::Fault, |message, at| Finding::supports(&RULE, Ground::Source("author"), message, at));
    if !faulted.is_empty() {
        return faulted;
    }
    if let Some((peer, reference)) = met(case) {
        let message = format!("host networking is where it and `{}` find each other", case.project[peer].name);
        return vec![presumed(&RULE, "meets-its-peers", message, reference.at)];
    }
    if let Some(entry) = case.service.ports.iter().find(|entry| entry.mapping.is_some()) {
        let message = "nothing but a dead `ports` list shows what it has host networking for";
        return vec![helped(case, presumed(&RULE, "published-once", message, entry.at))];
    }
    let name = if case.subject.is_own_program() { "plain-build" } else { "plain-program" };
    vec![helped(case, presumed(&RULE, name, "nothing shows what it has host networking for", case.host.at()))]
}

/// What the user can do who knows better.
fn helped(case: &Case<'_>, finding: Finding) -> Finding {
    if finding.verdict == Some(Verdict::Migrate) {
        return finding;
    }
    finding.help(format!("if it needs nothing of the host's network: `--migrate {}`", case.service.name))
}

/// What is known of the service: its image, or the job that it runs.
fn documented(subject: &ServiceFacts<'_>) -> Option<(SourceId, String)> {
    let image = subject.known.as_ref().filter(|_| !subject.is_own_program()).filter(|known| is_told(known));
    let program = subject.launches.last().and_then(|launch| launch.program.as_ref());
    // An image of one's own may have settings in it that nobody sees.
    let complete = |program: &Program| program.complete && !subject.is_own_program();
    let job = program.filter(|program| complete(program) || matches!(program.kind, Kind::Job | Kind::Client));
    image.map(|known| (SourceId::Image, format!("image `{}`", known.name))).or_else(|| {
        let program = job?;
        Some((SourceId::Program, format!("`{}`", program.name.replace('+', " "))))
    })
}

/// Whether it is known what an image is for, and not only which language its program is written in.
fn is_told(known: &KnownImage) -> bool {
    let of_one_store = known.is_of_stores && known.strength == Strength::Weak;
    !of_one_store && !known.ports.is_empty() || matches!(known.role, Role::Client | Role::Job)
}

/// An address of the host at which it finds another service of the project, or is found by one.
fn met<'a>(case: &'a Case<'_>) -> Option<(ServiceId, &'a Reference)> {
    case.peers().next().or_else(|| case.callers.first().map(|reference| (reference.from, *reference)))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::{Outcome, Verdict};
    use crate::settings::Settings;
    use crate::tests::project::Given;

    /// What becomes of `app`, and what is said of its purpose.
    fn judged(text: &str) -> (Outcome, Vec<String>) {
        let run = Given::made(&[("compose.yaml", text)]).run(&Settings::default());
        let report = run.services.iter().find(|report| report.name == "app").unwrap();
        let said = report.proof.findings().iter().filter(|finding| finding.rule == &RULE && finding.verdict != Some(Verdict::Migrate));
        (report.outcome, said.map(|finding| finding.message.clone()).collect())
    }

    fn app(lines: &str) -> (Outcome, Vec<String>) {
        judged(&format!("services:\n  app:\n    network_mode: host\n    {lines}\n"))
    }

    #[test]
    fn what_nobody_knows_waits_for_somebody_who_does() {
        let (outcome, said) = app("image: example/app\n    expose: [3000]");
        assert_eq!(
            (outcome, said.as_slice()),
            (Outcome::HeldBack, ["nothing shows what it has host networking for".to_owned()].as_slice())
        );
        assert_eq!(app("image: example/app\n    ports: [\"3000:3000\"]").0, Outcome::HeldBack);
        assert_eq!(app("image: python:3.13\n    command: python serve.py\n    expose: [3000]").0, Outcome::HeldBack);
    }

    #[test]
    fn what_is_documented_is_no_riddle() {
        assert_eq!(app("image: redis"), (Outcome::Migrated, Vec::new()));
        assert_eq!(app("image: busybox\n    command: httpd -f -p 8123"), (Outcome::Migrated, Vec::new()));
        assert_eq!(app("image: example/app\n    command: celery worker"), (Outcome::Migrated, Vec::new()));
        assert_eq!(app("build: .\n    command: httpd -f -p 8123").1.len(), 1);
    }

    #[test]
    fn an_author_who_finds_fault_with_it_does_not_need_it() {
        assert_eq!(app("image: example/app\n    expose: [3000] # x\n    # TODO: too open, lazy").0, Outcome::HeldBack);
        let text = "services:\n  app:\n    image: example/app\n    network_mode: host # for now, until it has a network of its own\n    expose: [3000]\n";
        assert_eq!(judged(text), (Outcome::Migrated, Vec::new()));
    }

    #[test]
    fn services_that_meet_on_the_host_have_it_for_that() {
        let text = "services:\n  app:\n    image: example/app\n    network_mode: host\n    environment: {PORT: 3000, CACHE: \"redis://localhost:6379\"}\n  \
                    cache:\n    image: redis\n    network_mode: host\n";
        assert_eq!(judged(text), (Outcome::Migrated, Vec::new()));
        assert_eq!(judged(&text.replace("localhost:6379", "cache.example.org:6379")).0, Outcome::HeldBack);
    }
}
