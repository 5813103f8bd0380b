//! Services of several containers, and files for a swarm.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "swarm",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "it has more than one container, or is meant for a swarm",
    page: include_str!("swarm.md"),
};

/// Keys for a swarm, and more than one container behind a port.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let deploy = case.service.field("deploy");
    let key = |name: &str| deploy.and_then(|deploy| deploy.value.field(name));
    let global = key("mode").filter(|mode| mode.value.as_str() == Some("global"));
    let keys = global.into_iter().chain(key("placement")).map(|field| (format!("`deploy.{}` is for a swarm", field.key), field.entry));
    let many = case.service.replicas() != Some(1) && case.service.replicas() != Some(0) && !case.inference.ports.is_empty();
    let place = key("replicas").or_else(|| case.service.field("scale")).map_or(case.service.at, |field| field.entry);
    let replicas = many.then(|| ("several containers cannot share one port of the host".to_owned(), place));
    keys.chain(replicas).map(|(message, at)| Finding::holds_back(&RULE, message, at)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn several_containers_cannot_share_a_port() {
        hold(&[
            ("image: example/app\nexpose: [\"1\"]\ndeploy: {mode: global}", "review 1/tcp swarm"),
            ("image: example/app\nexpose: [\"1\"]\nscale: 2", "review 1/tcp swarm"),
            ("image: example/app\nexpose: [\"1\"]\nscale: 1", "migrate 1/tcp"),
            ("image: containrrr/watchtower\nscale: 2", "migrate"),
        ]);
    }
}
