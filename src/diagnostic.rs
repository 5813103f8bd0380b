//! Findings: what the program says about a place, by which rule, and what follows from it.
//!
//! All of it is data: rules make findings; formats turn them into bytes, here (`report/`) or in another program. Messages are
//! lower case, without a full stop, with the offending text in backticks, and never hold the value of a variable beyond the
//! address or port in question: environment files are full of secrets.

use crate::compose::ServiceId;
use crate::port::Port;
use crate::source::Location;
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

/// Something that is looked for, by name.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Kebab-case name, stable between releases.
    pub id: &'static str,
    /// What it belongs to.
    pub family: Family,
    /// The obligation that its findings speak to, if they speak for or against a migration.
    pub obligation: Option<Obligation>,
    /// One line: what it means.
    pub summary: &'static str,
    /// Markdown: what it does, why, an example, how to verify, how to override.
    pub page: &'static str,
}

/// Rules that are looked for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// Whether a service can leave host networking, and what follows from that.
    HostNetwork,
    /// Whether mappings and the listeners of running containers meet.
    EngineAudit,
    /// What is the matter with the files of a project, and with their edits.
    Project,
}

impl Family {
    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Family::HostNetwork => "host-network",
            Family::EngineAudit => "engine-audit",
            Family::Project => "project",
        }
    }
}

/// A question to which a migration owes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obligation {
    /// What does the service listen on, all of it?
    Listens,
    /// Does it listen beyond loopback and the host's own addresses?
    Binds,
    /// Does it reach all that it dials?
    Dials,
    /// Do all who dial it still reach it, by whatever name?
    Dialled,
    /// Does it need what only the host's network has?
    Purpose,
    /// Can the text be edited, and do all files and services of the project agree with it?
    Edit,
}

impl Obligation {
    /// All of them, in the order in which a person asks them.
    pub const ALL: [Obligation; 6] =
        [Obligation::Listens, Obligation::Binds, Obligation::Dials, Obligation::Dialled, Obligation::Purpose, Obligation::Edit];

    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Obligation::Listens => "listens",
            Obligation::Binds => "binds",
            Obligation::Dials => "dials",
            Obligation::Dialled => "dialled",
            Obligation::Purpose => "purpose",
            Obligation::Edit => "edit",
        }
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Why something was decided: evidence, a reason.
    Note,
    /// A change of behaviour, or something that was left and should be looked at.
    Warning,
    /// Something that could not be read, parsed, verified or written.
    Error,
}

/// What should become of a service on host networking; the worse the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It can leave: what worked goes on working.
    Migrate,
    /// The edit is known, a consequence is not.
    Review,
    /// A fact is missing.
    Ask,
    /// It needs the host's network.
    Keep,
}

impl Verdict {
    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Migrate => "migrate",
            Verdict::Review => "review",
            Verdict::Ask => "ask",
            Verdict::Keep => "keep",
        }
    }
}

/// What a proof rests on: somebody who says so, or what is taken for granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// A source of evidence, by its name.
    Source(&'static str),
    /// A presumption, by its name.
    Presumption(&'static str),
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(name) => write!(f, "source:{name}"),
            Self::Presumption(name) => write!(f, "presumption:{name}"),
        }
    }
}

/// A statement about a place.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// The verdict that it calls for, if it speaks for or against a migration.
    pub verdict: Option<Verdict>,
    /// What it rests on, where it speaks for a migration.
    pub ground: Option<Ground>,
    /// The service it is about, if it is about one.
    pub service: Option<ServiceId>,
    /// The place it is about.
    pub at: Location,
    /// What is the matter.
    pub message: String,
    /// Further places, each with what is to be seen there.
    pub related: Vec<(Location, String)>,
    /// What the user can do about it: what would decide it, or the option that overrides it.
    pub help: Option<String>,
    /// The fix that takes the service off host networking, if there is one among those of the project.
    pub fix: Option<FixId>,
}

/// Names a fix of a project: its place among [`fixes`](crate::ProjectReport::fixes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FixId(usize);

impl FixId {
    /// Names the fix at `index`.
    pub(crate) fn new(index: usize) -> Self {
        Self(index)
    }

    /// Its place among the fixes of the project.
    pub fn index(self) -> usize {
        self.0
    }
}

impl Finding {
    /// A finding that calls for no verdict.
    pub(crate) fn new(rule: &'static Rule, severity: Severity, message: impl Into<String>, at: Location) -> Self {
        let message = message.into();
        Self { rule, severity, verdict: None, ground: None, service: None, at, message, related: Vec::new(), help: None, fix: None }
    }

    /// The same about a service.
    pub(crate) fn of(self, service: ServiceId) -> Self {
        Self { service: Some(service), ..self }
    }

    /// The same with what the user can do about it.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Evidence for a migration, and who gives it.
    pub(crate) fn supports(rule: &'static Rule, ground: Ground, message: impl Into<String>, at: Location) -> Self {
        Self { verdict: Some(Verdict::Migrate), ground: Some(ground), ..Self::new(rule, Severity::Note, message, at) }
    }

    /// A consequence that the files cannot settle.
    pub(crate) fn holds_back(rule: &'static Rule, message: impl Into<String>, at: Location) -> Self {
        Self { verdict: Some(Verdict::Review), ..Self::new(rule, Severity::Warning, message, at) }
    }

    /// A fact that is missing.
    pub(crate) fn asks(rule: &'static Rule, message: impl Into<String>, at: Location) -> Self {
        Self { verdict: Some(Verdict::Ask), ..Self::new(rule, Severity::Warning, message, at) }
    }

    /// A need for the host's network.
    pub(crate) fn keeps(rule: &'static Rule, message: impl Into<String>, at: Location) -> Self {
        Self { verdict: Some(Verdict::Keep), ..Self::new(rule, Severity::Note, message, at) }
    }
}

/// How an obligation stands, with the findings that put it there.
#[derive(Debug, Clone, PartialEq)]
pub enum Status<'a> {
    /// It is discharged, by this evidence.
    Proven(Vec<&'a Finding>),
    /// A consequence is open that the files cannot settle.
    Doubtful(Vec<&'a Finding>),
    /// A fact is missing.
    Open(Vec<&'a Finding>),
    /// It cannot be met.
    Refuted(Vec<&'a Finding>),
}

impl<'a> Status<'a> {
    /// The findings that put it there; none where nothing speaks to the obligation.
    pub fn findings(&self) -> &[&'a Finding] {
        match self {
            Status::Proven(findings) | Status::Doubtful(findings) | Status::Open(findings) | Status::Refuted(findings) => findings,
        }
    }

    /// What follows from it.
    pub fn verdict(&self) -> Verdict {
        match self {
            Status::Proven(_) => Verdict::Migrate,
            Status::Doubtful(_) => Verdict::Review,
            Status::Open(_) => Verdict::Ask,
            Status::Refuted(_) => Verdict::Keep,
        }
    }
}

/// What is known about the six obligations of a service that may leave host networking: all findings for and against it, in the
/// order in which a person should read them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proof {
    findings: Vec<Finding>,
}

impl Proof {
    /// Takes in a finding that comes before all others.
    pub(crate) fn begin_with(&mut self, finding: Finding) {
        self.findings.insert(0, finding);
    }

    /// Says of all findings by which fix the service leaves.
    pub(crate) fn fixed_by(&mut self, fix: Option<FixId>) {
        self.findings.iter_mut().for_each(|finding| finding.fix = fix);
    }

    /// How an obligation stands: as the worst of the findings that speak to it says.
    pub fn status(&self, obligation: Obligation) -> Status<'_> {
        let spoken_to = || self.findings.iter().filter(|finding| finding.rule.obligation == Some(obligation));
        let worst = spoken_to().filter_map(|finding| finding.verdict).max().unwrap_or(Verdict::Migrate);
        let findings = spoken_to().filter(|finding| finding.verdict == Some(worst)).collect();
        match worst {
            Verdict::Migrate => Status::Proven(findings),
            Verdict::Review => Status::Doubtful(findings),
            Verdict::Ask => Status::Open(findings),
            Verdict::Keep => Status::Refuted(findings),
        }
    }

    /// The verdict on the service: that of the obligation that stands worst.
    pub fn verdict(&self) -> Verdict {
        Obligation::ALL.into_iter().map(|obligation| self.status(obligation).verdict()).max().unwrap_or(Verdict::Migrate)
    }

    /// What the proof rests on, as far as it goes.
    pub fn relied_on(&self) -> BTreeSet<Ground> {
        self.findings.iter().filter_map(|finding| finding.ground).collect()
    }

    /// All findings.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What decides the verdict, then the evidence that speaks for a migration.
    pub fn deciding(&self) -> impl Iterator<Item = &Finding> {
        let verdict = self.verdict();
        let decides = move |finding: &&Finding| verdict > Verdict::Migrate && finding.verdict == Some(verdict);
        let supports = |finding: &&Finding| finding.verdict == Some(Verdict::Migrate);
        self.findings.iter().filter(decides).chain(self.findings.iter().filter(supports))
    }
}

impl FromIterator<Finding> for Proof {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        Self { findings: findings.into_iter().collect() }
    }
}

/// What became of a service on host networking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// Its edits are among the changes.
    Migrated,
    /// Its edits are known, and held back because they can break something the files cannot settle.
    HeldBack,
    /// A fact is missing, usually the port.
    Asks,
    /// It stays on host networking, which is what it is for.
    Kept,
    /// Its edits are known, and could not be verified or written; an error says why.
    Failed,
}

impl Outcome {
    /// All of them, in the order in which a person counts them.
    pub const ALL: [Outcome; 5] = [Outcome::Migrated, Outcome::HeldBack, Outcome::Asks, Outcome::Kept, Outcome::Failed];
}

/// What a run found out about one service on host networking.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ServiceReport {
    /// Which service it is.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// The place that says `host`.
    pub at: Location,
    /// What became of it.
    pub outcome: Outcome,
    /// The ports it listens on, as far as they are known; those that are mapped, when it leaves.
    pub ports: Vec<Port>,
    /// What speaks for and against its migration. Its verdict is the one on the service.
    pub proof: Proof,
    /// What behaves differently once it has left; nothing for a service that stays.
    pub consequences: Vec<Finding>,
}

impl ServiceReport {
    /// All that is said about it: what speaks for and against its migration, then what follows from one.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.proof.findings().iter().chain(&self.consequences)
    }

    /// Says of all findings by which fix it leaves.
    pub(crate) fn fixed_by(&mut self, fix: Option<FixId>) {
        self.proof.fixed_by(fix);
        self.consequences.iter_mut().for_each(|finding| finding.fix = fix);
    }
}

/// A statement about a file or directory that has no text to point at: it could not be read, searched or written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileProblem {
    /// The file or directory.
    pub path: PathBuf,
    /// How much it weighs.
    pub severity: Severity,
    /// What is the matter, the path named in it.
    pub message: String,
}

impl FileProblem {
    /// An error about `path`.
    pub(crate) fn error(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), severity: Severity::Error, message: message.into() }
    }

    /// A warning about `path`.
    pub(crate) fn warning(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), severity: Severity::Warning, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, Span};

    static PORT: Rule = rule(Obligation::Listens);
    static ADDRESS: Rule = rule(Obligation::Dials);
    static MULTICAST: Rule = rule(Obligation::Purpose);

    const fn rule(obligation: Obligation) -> Rule {
        Rule { id: "r", family: Family::HostNetwork, obligation: Some(obligation), summary: "", page: "" }
    }

    fn messages(findings: &[&Finding]) -> Vec<String> {
        findings.iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn the_verdict_is_that_of_the_worst_obligation() {
        let sources = Sources::default();
        let file = sources.add("compose.yaml", "");
        let at = Location { file, span: Span::at(0) };
        let mut proof = Proof::default();
        assert_eq!((proof.status(Obligation::Binds), proof.verdict()), (Status::Proven(Vec::new()), Verdict::Migrate));
        let (evidence, doubt) =
            (Finding::supports(&PORT, Ground::Source("command"), "a flag", at), Finding::holds_back(&ADDRESS, "localhost", at));
        for (finding, verdict) in [
            (evidence, Verdict::Migrate),
            (doubt, Verdict::Review),
            (Finding::asks(&PORT, "no port", at), Verdict::Ask),
            (Finding::keeps(&MULTICAST, "mDNS", at), Verdict::Keep),
            (Finding::holds_back(&MULTICAST, "privileged", at), Verdict::Keep),
        ] {
            proof.begin_with(finding);
            assert_eq!(proof.verdict(), verdict);
        }
        let Status::Refuted(refuted) = proof.status(Obligation::Purpose) else { panic!("{proof:?}") };
        let Status::Open(open) = proof.status(Obligation::Listens) else { panic!("{proof:?}") };
        let Status::Doubtful(doubtful) = proof.status(Obligation::Dials) else { panic!("{proof:?}") };
        assert_eq!(
            (messages(&refuted), messages(&open), messages(&doubtful)),
            (vec!["mDNS".into()], vec!["no port".into()], vec!["localhost".into()])
        );
        assert_eq!(messages(&proof.deciding().collect::<Vec<_>>()), ["mDNS", "a flag"]);
    }
}
