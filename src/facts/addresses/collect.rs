//! All references of a project: every text of every service, from the address in it to its owner.

use super::classify;
use super::find::{self, Around, Found, FoundPort, Searched, commands};
use super::mention::LocalHost;
use super::names::names_host;
use super::neighbours::Neighbours;
use super::readers::Readers;
use super::reference::{Field, Purpose, Reference};
use super::resolve::{Beside, Dialler, reference};
use crate::compose::service::{CommandLine, Variable};
use crate::compose::tree::{Text, Value};
use crate::compose::{Project, is_on_host};
use crate::facts::{Inference, ServiceFacts};
use crate::knowledge::labels;

/// Every reference of every service to an address of the host.
///
/// Services on bridges are read too: for them `localhost` is themselves, and what they read may stand in the same text
/// as what a leaving service reads.
pub(crate) fn references(project: &Project<'_>, all: &[ServiceFacts<'_>], inferences: &[Inference]) -> Vec<Reference> {
    let neighbours = Neighbours::new(project, all, inferences);
    let readers = Readers::new(project);
    let mut searched = Searched::default();
    let mut found = Vec::new();
    for facts in all {
        let on_host = is_on_host(project, facts.service);
        let dialler = Dialler { facts, on_host, neighbours: &neighbours, readers: &readers };
        for variable in &facts.service.environment {
            found.extend(in_variable(&dialler, &mut searched, variable));
        }
        found.extend(in_commands(&dialler));
        found.extend(by_alias(&dialler));
        found.extend(in_labels(&dialler));
        found.extend(in_files(&dialler, &mut searched));
    }
    found
}

fn in_variable(dialler: &Dialler<'_>, searched: &mut Searched, variable: &Variable) -> Vec<Reference> {
    let found = variable.value.as_ref().map(|text| searched.text(text)).unwrap_or_default();
    let references = found.iter().filter_map(|found| {
        let purpose = classify::of_variable(dialler.facts, variable, &found.around);
        let beside = Beside::variable(dialler, variable, &found.around);
        reference(dialler, Field::Variable(variable.name.clone()), found, purpose, &beside)
    });
    references.collect()
}

fn in_commands(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.facts.service;
    let commands = service.command_lines().map(|line| (line, Field::Command));
    let lines = commands.chain(service.healthcheck.iter().map(|line| (line, Field::Healthcheck)));
    let references = lines.flat_map(|(line, field)| {
        let one = move |spoken: commands::Spoken| {
            let purpose = classify::of_words(&spoken.words, &spoken.found.port);
            reference(dialler, field.clone(), &spoken.found, purpose, &Beside::words(&spoken.words))
        };
        commands::in_line(line).into_iter().filter_map(one)
    });
    references.collect()
}

/// Names that `extra_hosts` leads to 127.0.0.1 and that a value of the service uses: they meant the host.
fn by_alias(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.facts.service;
    let Some(hosts) = service.get("extra_hosts") else { return Vec::new() };
    let short = hosts.items().iter().filter_map(Value::as_text).filter_map(|text| Some((text, text.value.split_once([':', '='])?)));
    let long = hosts.fields().iter().filter_map(|host| Some((host.value.as_text()?, (host.key.as_str(), host.value.as_str()?))));
    let lines = [service.command.as_ref(), service.entrypoint.as_ref()].into_iter().flatten().map(CommandLine::joined);
    let values: Vec<String> = service.environment.iter().map(|variable| variable.text().to_owned()).chain(lines).collect();
    let used = |name: &str| values.iter().any(|value| value == name || names_host(value, name));
    let aliases = short.chain(long).filter(|(_, (name, address))| address.starts_with("127.") && used(name));
    aliases.filter_map(|(text, (name, address))| in_alias(dialler, text, name, address)).collect()
}

fn in_alias(dialler: &Dialler<'_>, text: &Text, name: &str, address: &str) -> Option<Reference> {
    let start = text.value.rfind(address)?;
    let host = text.value.place(&(start..start + address.len()));
    let (port, around) = (FoundPort::Nothing, Around::Address);
    let found = Found { written: address.to_owned(), host, named: LocalHost::Loopback4, port, around, at: text.at() };
    reference(dialler, Field::Hosts, &found, Purpose::Alias(name.to_owned()), &Beside::default())
}

/// Labels that tell a proxy its upstream, and options of the logging driver.
fn in_labels(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.facts.service;
    let told = service.labels.iter().filter(|label| labels::is_address(&label.name));
    let told = told.filter_map(|label| Some((label.value.as_ref()?, Field::Label(label.name.clone()), Purpose::Dials)));
    let options = service.get("logging").and_then(|logging| logging.get("options")).map(Value::fields).unwrap_or_default();
    let options = options.iter().filter_map(|option| Some((option.value.as_text()?, Field::Logging, Purpose::Daemon)));
    let references = told.chain(options).flat_map(|(text, field, purpose)| {
        let found = find::in_text(text).into_iter().filter(|found| found.named != LocalHost::Lan);
        found.filter_map(move |found| reference(dialler, field.clone(), &found, purpose.clone(), &Beside::default()))
    });
    references.collect()
}

fn in_files(dialler: &Dialler<'_>, searched: &mut Searched) -> Vec<Reference> {
    let (project, service) = (dialler.facts.project, dialler.facts.service);
    let one = |found: &Found| {
        let purpose = classify::of_setting(&found.around);
        reference(dialler, Field::File, found, purpose, &Beside::setting(&found.around))
    };
    let mut references = Vec::new();
    for (target, file) in project.mounted_files(service) {
        references.extend(searched.file(project, &target, file).iter().filter_map(one));
    }
    for text in find::contents(project, service.get("configs")) {
        references.extend(searched.content(text).iter().filter_map(one));
    }
    references
}
