//! Data and clusters that know a service by its hostname.

use crate::compose::{Service, is_on_host};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::images::Caveat;
use crate::knowledge::{flags, variables};
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "identity",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dialled),
    summary: "its identity follows the hostname",
    page: include_str!("identity.md"),
};

/// A hostname that counts, unless the file sets it.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    if case.service.get("hostname").is_some() {
        return Vec::new();
    }
    let Some(known) = case.subject.known.as_ref() else { return Vec::new() };
    if case.has_caveat(Caveat::Identity) {
        let message = format!("image `{}` ties its data to the hostname", known.name);
        return vec![Finding::holds_back(&RULE, message, case.subject.at()).help("set `hostname:` first")];
    }
    let Some(at) = Some(()).filter(|()| case.has_caveat(Caveat::Cluster)).and_then(|()| cluster(case)) else { return Vec::new() };
    vec![Finding::holds_back(&RULE, format!("a node of a `{}` cluster is known to the others by its hostname or address", known.name), at)]
}

/// What shows that the service is one of several nodes: another service of the same image, or settings that name peers.
fn cluster(case: &Case<'_>) -> Option<Location> {
    let repository = |service: &Service| service.image.as_ref().map(|image| image.name.repository.clone());
    let own = repository(case.service)?;
    let is_twin =
        |other: &&Service| other.id != case.service.id && repository(other).as_ref() == Some(&own) && is_on_host(case.project, other);
    let twin = case.project.services.iter().find(is_twin);
    let single = case.service.environment.iter().any(|variable| variable.text() == "single-node");
    let variable = case.service.environment.iter().find(|variable| variables::names_cluster(&variable.name) && !variable.text().is_empty());
    let flag = case.service.command.iter().find(|line| flags::name_cluster(&line.joined()));
    let settings = variable.map(|variable| variable.at).or_else(|| flag.map(|line| line.at));
    settings.or_else(|| twin.map(|_| case.subject.at())).filter(|_| !single)
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn what_is_known_by_its_hostname_is_looked_at_first() {
        hold(&[
            ("image: rabbitmq", "review 5672/tcp identity"),
            ("image: rabbitmq\nhostname: mq", "migrate 5672/tcp"),
            ("image: mongo\ncommand: mongod --replSet rs0", "review 27017/tcp advertised-address identity"),
            ("image: mongo", "migrate 27017/tcp"),
        ]);
    }
}
