//! Names that say what a service is on host networking for.

use crate::compose::is_on_host;
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::knowledge::words;
use crate::rules::case::Case;
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "discovery-name",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Purpose),
    summary: "its name, or that of its file, speaks of discovery",
    page: include_str!("discovery_name.md"),
};

/// The name of the file, or of the service. (Variables are for `host-need`.)
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let file = case.project.sources().get(case.host.at().file);
    let file_name = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let file_name = Some((file_name, case.host.at())).filter(|_| is_about(case));
    let mut own = file_name.into_iter().chain([(case.service.name.clone(), case.service.at)]);
    let named = own.find(|(name, _)| speaks(name));
    let finding = |(name, at): (String, Location)| {
        Finding::keeps(&RULE, format!("`{name}` speaks of devices that are found, waked or booted by multicast or broadcast"), at)
    };
    named.map(finding).into_iter().collect()
}

/// Whether the name of the file speaks of this service: of several, it does not mean the database beside the one that it is about.
fn is_about(case: &Case<'_>) -> bool {
    let on_host = case.project.services.iter().filter(|service| is_on_host(case.project, service)).count();
    on_host == 1 || case.subject.beyond_stores().is_none()
}

fn speaks(name: &str) -> bool {
    name.to_ascii_lowercase().split(|char: char| !char.is_ascii_alphanumeric()).any(words::is_discovery)
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::verdict;

    #[test]
    fn names_that_speak_of_discovery_keep_a_service() {
        let named =
            |name: &str| verdict(&[("compose.yaml", &format!("services:\n  {name}:\n    image: redis\n    network_mode: host\n"))], name);
        assert_eq!((named("dlna-cache").as_str(), named("wolfram").as_str()), ("keep 6379/tcp discovery-name", "migrate 6379/tcp"));
        let text = "services:\n  app:\n    image: redis\n    network_mode: host\n";
        assert_eq!(verdict(&[("docker-compose.dlna.yml", text)], "app"), "keep 6379/tcp discovery-name");
        let two = format!("{text}  waker:\n    image: example/waker\n    network_mode: host\n    expose: [3000]\n");
        assert_eq!(verdict(&[("docker-compose.wol.yml", &two)], "app"), "migrate 6379/tcp");
        assert_eq!(verdict(&[("docker-compose.wol.yml", &two)], "waker"), "keep 3000/tcp discovery-name");
    }
}
