//! References in the values of a service: variables, labels, logging options.

use super::names::{is_advertised, is_for_both, is_for_others};
use super::{Dialler, Field, Owner, Reference, commands, keyed, names_host, pairs, resolve};
use crate::compose::service::{CommandLine, Variable};
use crate::compose::tree::{Text, Value};
use crate::facts::addresses::mention::{self, Form, LocalHost, Mention};
use crate::facts::{is_listener_host, is_own_listener};
use crate::formats::mapped::Mapped;

pub(super) fn find(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.subject.service;
    let mut found: Vec<Reference> = service.environment.iter().flat_map(|variable| in_variable(dialler, variable)).collect();
    found.extend(commands::find(dialler));
    found.extend(by_alias(dialler));
    for label in &service.labels {
        let texts = label.value.iter().filter(|_| label.name.starts_with("caddy"));
        found.extend(texts.flat_map(|text| in_text(dialler, text, &Field::Label(label.name.clone()))));
    }
    let options = service.get("logging").and_then(|logging| logging.get("options")).map(Value::fields).unwrap_or_default();
    for option in options.iter().filter_map(|option| option.value.as_text()) {
        // The daemon dials it, on the host, where a mapping on loopback answers.
        found.extend(in_text(dialler, option, &Field::Logging).into_iter().map(|reference| Reference { owner: Owner::Left, ..reference }));
    }
    found
}

/// Names that `extra_hosts` leads to 127.0.0.1 and that a value of the service uses: they meant the host.
fn by_alias(dialler: &Dialler<'_>) -> Vec<Reference> {
    let service = dialler.subject.service;
    let Some(hosts) = service.get("extra_hosts") else { return Vec::new() };
    let short = hosts.items().iter().filter_map(Value::as_text).filter_map(|text| Some((text, text.value.split_once([':', '='])?)));
    let long = hosts.fields().iter().filter_map(|host| Some((host.value.as_text()?, (host.key.as_str(), host.value.as_str()?))));
    let lines = [service.command.as_ref(), service.entrypoint.as_ref()].into_iter().flatten().map(CommandLine::joined);
    let values: Vec<String> = service.environment.iter().map(|variable| variable.text().to_owned()).chain(lines).collect();
    let used = |name: &str| values.iter().any(|value| value == name || names_host(value, name));
    short
        .chain(long)
        .filter(|(_, (name, address))| address.starts_with("127.") && used(name))
        .filter_map(|(text, (name, address))| {
            let start = text.value.rfind(address)?;
            Some(Reference {
                from: dialler.id,
                field: Field::Hosts,
                written: address.to_owned(),
                host: text.value.place(&(start..start + address.len())),
                named: LocalHost::Loopback4,
                number: None,
                port: None,
                owner: Owner::Unknown(format!("it is dialled by the name `{name}`")),
                at: text.at(),
            })
        })
        .collect()
}

fn in_variable(dialler: &Dialler<'_>, variable: &Variable) -> Vec<Reference> {
    let Some(text) = &variable.value else { return Vec::new() };
    let value = text.value.with_unset();
    let mut found = Vec::new();
    for mention in mentions(&value) {
        let mut reference = resolve::reference(dialler, text, &value, &mention, Field::Variable(variable.name.clone()));
        if is_for_both(&variable.name) && matches!(reference.owner, Owner::Service { .. } | Owner::Host(_)) {
            reference.owner = Owner::Unknown("both browsers and the service may dial it".to_owned());
        } else if is_for_others(&variable.name) || is_advertised(&variable.name) {
            reference.owner = Owner::Left;
        } else if is_ignored(dialler, variable) {
            reference.owner = Owner::Itself;
        } else if reference.number.is_none() && is_bare(&mention) {
            bare(dialler, variable, &value, &mention, &mut reference);
        } else if is_own_listener(dialler.subject, &variable.name) && matches!(reference.owner, Owner::Itself | Owner::Host(_)) {
            reference.owner = Owner::Bind;
        }
        found.push(unspecified_binds(reference));
    }
    found.retain(|reference| is_lan_of_interest(dialler, variable, reference));
    found
}

/// Addresses of the host, and of the network that it is in, in order.
pub(super) fn mentions(value: &str) -> Vec<Mention> {
    let mut found = mention::mentions(value);
    found.extend(mention::lan_mentions(value));
    found.sort_by_key(|mention| mention.host.start);
    found
}

/// A LAN address is this host's where the service listens on it, and could be where a peer listens on its port.
fn is_lan_of_interest(dialler: &Dialler<'_>, variable: &Variable, reference: &Reference) -> bool {
    match reference.owner {
        _ if reference.named != LocalHost::Lan => true,
        Owner::Bind => is_listener_host(dialler.subject, &variable.name) || is_own_listener(dialler.subject, &variable.name),
        Owner::Service { .. } => reference.number.is_some(),
        _ => false,
    }
}

/// A host without a port: the port is in a variable beside it, or, in a variable of several lines, in a line beside it.
fn bare(dialler: &Dialler<'_>, variable: &Variable, value: &Mapped, mention: &Mention, reference: &mut Reference) {
    let alone = value.trim() == &value[mention.host.clone()];
    let setting = keyed::around(value, &mention.host).filter(|_| !alone);
    let Some(setting) = setting else {
        (reference.owner, reference.number, reference.port) = pairs::owner(dialler, variable);
        return;
    };
    let number = setting.port.as_ref().and_then(|range| value[range.clone()].parse().ok());
    if let Some((number, range)) = number.zip(setting.port) {
        reference.owner = dialler.owner(number);
        (reference.number, reference.port) = (Some(number), value.slot(&range));
    } else if let Some(owner) = pairs::by_key(dialler, &setting.key) {
        reference.owner = owner;
    }
}

/// Whether the service's image is known to read other variables only.
fn is_ignored(dialler: &Dialler<'_>, variable: &Variable) -> bool {
    let subject = dialler.subject;
    let Some(known) = subject.known.as_ref().filter(|known| known.verified && !known.ports.is_empty()) else { return false };
    let documented =
        known.client_env.contains(&variable.name.as_str()) || known.port_env.iter().any(|setting| setting.is_named(&variable.name));
    variable.env_file.is_some() && !documented && !subject.is_own_program() && subject.service.command.is_none()
}

fn is_bare(mention: &Mention) -> bool {
    mention.form == Form::Bare && mention.is_portless()
}

/// `0.0.0.0` is an address to dial only where somebody else is known to listen; otherwise it is one to bind.
pub(super) fn unspecified_binds(mut reference: Reference) -> Reference {
    if reference.named == LocalHost::Unspecified && !matches!(reference.owner, Owner::Service { .. } | Owner::Left) {
        reference.owner = Owner::Itself;
    }
    reference
}

fn in_text(dialler: &Dialler<'_>, text: &Text, field: &Field) -> Vec<Reference> {
    let value = text.value.with_unset();
    let found = mention::mentions(&value);
    found.iter().map(|mention| unspecified_binds(resolve::reference(dialler, text, &value, mention, field.clone()))).collect()
}
