//! Addresses that are dialled and cannot be seen: in the image, in its defaults, in its Dockerfile.
//!
//! A service that needs another one and shows nowhere how it finds it has the address inside, and under host networking
//! that address is probably `localhost`. These checks share one rule, and one question: what does nobody see?

use crate::compose::service::Dependency;
use crate::compose::{Service, is_on_host};
use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::addresses::Owner;
use crate::facts::addresses::mention::{self, LocalHost};
use crate::facts::{is_listener_host, is_own_listener};
use crate::formats::dockerfile::Stage;
use crate::knowledge::images::{self, Caveat, KnownImage, Role};
use crate::knowledge::{protocols, variables};
use crate::rules::case::Case;
use crate::source::{FileId, Location};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "hidden-address",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "how it reaches a service that it depends on is not visible",
    page: include_str!("hidden_address.md"),
};

/// What is dialled and cannot be seen.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    [by_order(case), by_image(case), by_dockerfile(case), unconfigured(case)].concat()
}

fn by_order(case: &Case<'_>) -> Vec<Finding> {
    let dials_nothing =
        case.subject.known.as_ref().is_some_and(|known| known.is_documented() && known.role == Role::Server && known.client_env.is_empty());
    if dials_nothing && !case.subject.is_own_program() {
        return Vec::new(); // The image dials nobody: the order of start is all there is.
    }
    let hidden = case.service.depends_on.iter().filter(|dependency| is_hidden(case, dependency));
    let message = |dependency: &Dependency| format!("depends on `{}` and nothing says at which address it dials it", dependency.service);
    hidden.map(|dependency| Finding::holds_back(&RULE, message(dependency), dependency.at)).collect()
}

fn is_hidden(case: &Case<'_>, dependency: &Dependency) -> bool {
    let Some(other) = case.project.service(&dependency.service) else { return false };
    let waits_only = dependency.condition.as_deref() == Some("service_completed_successfully");
    let on_host = is_on_host(case.project, other);
    let is_peer = on_host || publishes(other);
    is_peer && serves(case, other) && !waits_only && !is_dialled(case, other) && !shares_files(case, other) && !is_named(case, other)
}

/// Whether a visible address leads to the service.
fn is_dialled(case: &Case<'_>, other: &Service) -> bool {
    case.references.iter().any(|reference| matches!(reference.owner, Owner::Service { id: owner, .. } if owner == other.id))
}

/// Whether a value already names it as a host: such a name resolves once both are on one network.
fn is_named(case: &Case<'_>, other: &Service) -> bool {
    let in_files =
        || case.project.mounted_files(case.service).iter().any(|(_, file)| crate::facts::addresses::names_host(&file.text, &other.name));
    crate::facts::addresses::names_service(case.service, other) || in_files()
}

/// Whether both mount one volume: then files can be all that they share.
fn shares_files(case: &Case<'_>, other: &Service) -> bool {
    case.service.volumes().any(|source| other.volumes().any(|theirs| theirs == source)) && case.inference.silence.is_some()
}

/// Whether it listens on something, or nobody knows on what.
fn serves(case: &Case<'_>, other: &Service) -> bool {
    case.inferences.get(other.id.index()).is_some_and(|inference| inference.silence.is_none())
}

/// Whether it answers on the host although it has a network of its own.
fn publishes(service: &Service) -> bool {
    service.ports.iter().any(|entry| entry.mapping.is_some_and(|mapping| !mapping.pairs().is_empty()))
}

/// Images documented to dial localhost by default.
fn by_image(case: &Case<'_>) -> Vec<Finding> {
    let known = case.subject.known.as_ref().filter(|_| case.has_caveat(Caveat::DialsLoopback));
    let finding = |known: &KnownImage| {
        let message = format!("image `{}` dials localhost unless told otherwise", known.name);
        let help = known.settled_by.first().map(|name| format!("set `{name}`"));
        Finding { help, ..Finding::holds_back(&RULE, message, case.subject.at()) }
    };
    known.map(finding).into_iter().collect()
}

/// Addresses of the host in the `ENV` and `CMD` of the Dockerfile that the service does not replace.
fn by_dockerfile(case: &Case<'_>) -> Vec<Finding> {
    let Some((file, stage)) = &case.subject.stage else { return Vec::new() };
    in_variables(case, *file, stage).or_else(|| in_command(case, *file, stage)).into_iter().collect()
}

fn in_variables(case: &Case<'_>, file: FileId, stage: &Stage) -> Option<Finding> {
    let own = |name: &str| is_own_listener(&case.subject, name) || is_listener_host(&case.subject, name) || variables::is_for_others(name);
    let unset = |name: &str| case.service.variable(name).is_none();
    let dialled = stage.env.iter().filter(|variable| unset(&variable.name) && !own(&variable.name));
    let found = dialled.into_iter().find(|variable| dials(case, &variable.value))?;
    let message = format!("the Dockerfile sets `{}` to an address of the host", found.name);
    Some(Finding::holds_back(&RULE, message, Location { file, span: found.span }))
}

fn in_command(case: &Case<'_>, file: FileId, stage: &Stage) -> Option<Finding> {
    let replaced = case.service.command.is_some() || case.service.entrypoint.is_some();
    let line = stage.cmd.as_ref().filter(|_| !replaced)?;
    let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
    let plain = words.iter().enumerate().filter(|(at, word)| {
        let behind_flag = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|before| before.starts_with('-'));
        !word.starts_with('-') && !behind_flag
    });
    let dialled = plain.into_iter().any(|(_, word)| dials(case, word));
    dialled.then(|| Finding::holds_back(&RULE, "the Dockerfile's command names an address of the host", Location { file, span: line.span }))
}

/// Whether a text names an address of the host at which the service does not listen itself.
fn dials(case: &Case<'_>, text: &str) -> bool {
    let mentions = mention::mentions(text).into_iter().filter(|mention| mention.named != LocalHost::Unspecified);
    mentions.into_iter().any(|mention| mention.number().is_none_or(|number| !case.inference.listens_on(number)))
}

/// An application without a single setting, in a project with a database: its settings are in the image.
fn unconfigured(case: &Case<'_>) -> Vec<Finding> {
    let service = case.service;
    let is_application = case.subject.beyond_stores().is_none() && (service.image.is_some() || service.build.is_some());
    let says_nothing = service.environment.is_empty()
        && service.env_files.is_empty()
        && service.depends_on.is_empty()
        && case.references.is_empty()
        && !service.mounts.iter().any(|mount| mount.is_bind());
    if !is_application || !says_nothing || case.inference.ports.is_empty() {
        return Vec::new();
    }
    let store = case.project.services.iter().zip(case.inferences).find(|(other, inference)| {
        let is_store = known_store(other) && inference.ports.iter().any(|inferred| protocols::is_store(inferred.port.number));
        is_store && (is_on_host(case.project, other) || publishes(other))
    });
    let message = |name: &str| format!("has no settings at all, and `{name}` is in the project: its address is probably inside the image");
    store.map(|(other, _)| Finding::holds_back(&RULE, message(&other.name), case.subject.at())).into_iter().collect()
}

fn known_store(service: &Service) -> bool {
    let known = service.image.as_ref().and_then(|image| images::find(&image.name.candidates(), image.name.tag.as_deref()));
    known.is_some_and(|known| known.role == Role::Server && known.host_need.is_none())
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::{hold, verdict};

    #[test]
    fn addresses_inside_an_image_are_hidden() {
        let beside = |app: &str, files: &[(&str, &str)]| {
            let text = format!("services:\n  db:\n    image: postgres\n    network_mode: host\n  app:\n    network_mode: host\n{app}");
            let mut all = vec![("compose.yaml", text.as_str())];
            all.extend_from_slice(files);
            verdict(&all, "app")
        };
        let expose = "    expose: [\"1\"]\n";
        assert_eq!(beside(&format!("    image: example/app\n{expose}    depends_on: [db]\n"), &[]), "review 1/tcp hidden-address");
        assert_eq!(beside(&format!("    image: example/app\n{expose}"), &[]), "review 1/tcp hidden-address");
        assert_eq!(beside(&format!("    image: example/app\n{expose}    environment: {{MODE: standalone}}\n"), &[]), "migrate 1/tcp");
        let named = format!("    image: example/app\n{expose}    depends_on: [db]\n    environment: {{DB: \"postgres://localhost/x\"}}\n");
        assert_eq!(beside(&named, &[]), "migrate 1/tcp");
        let built = format!("    build: .\n{expose}    environment: {{MODE: live}}\n");
        let dockerfile = |line: &str| format!("FROM example/base\n{line}\n");
        assert_eq!(beside(&built, &[("Dockerfile", &dockerfile("ENV DB_URL=postgres://localhost:5432/x"))]), "review 1/tcp hidden-address");
        assert_eq!(beside(&built, &[("Dockerfile", &dockerfile("ENV PUBLIC_URL=http://localhost:1"))]), "migrate 1/tcp");
        assert_eq!(beside(&built, &[("Dockerfile", &dockerfile("CMD [\"app\", \"127.0.0.1:5432\"]"))]), "review 1/tcp hidden-address");
    }

    #[test]
    fn an_image_that_dials_localhost_unless_told_otherwise_is_looked_at_first() {
        hold(&[
            ("image: oliver006/redis_exporter", "review 9121/tcp hidden-address"),
            ("image: oliver006/redis_exporter\nenvironment: {REDIS_ADDR: \"redis://cache.example:6379\"}", "migrate 9121/tcp"),
        ]);
    }
}
