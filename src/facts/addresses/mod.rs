//! Who dials whom: the addresses of the host that services name, and whom each belongs to.
//!
//! Under host networking `localhost:5432` is a neighbour; after the migration it is nobody. This stage finds every such
//! mention with its bytes and resolves it to its owner. It does not decide what becomes of it: that depends on which
//! services leave together.

mod commands;
mod files;
mod keyed;
mod listeners;
pub(crate) mod mention;
mod names;
mod pairs;
mod resolve;
pub(crate) mod scheme;
mod target;
mod values;

use crate::compose::{Project, ServiceId, is_on_host, namespace};
use crate::facts::addresses::mention::LocalHost;
use crate::facts::{Inference, ServiceFacts};
use crate::formats::mapped::{Place, Slot};
use crate::source::Location;

pub(crate) use listeners::Listeners;
pub(crate) use names::is_for_others;
pub(crate) use target::{Target, target};

/// A mention of an address of the host.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The service that reads it.
    pub(crate) from: ServiceId,
    /// What of the service holds it.
    pub(crate) field: Field,
    /// The host as it is written, or all that it is put together from.
    pub(crate) written: String,
    /// Where the host is written; none when it is put together from several texts.
    pub(crate) host: Option<Place>,
    /// How the host is named.
    pub(crate) named: LocalHost,
    /// The port that is dialled.
    pub(crate) number: Option<u16>,
    /// What to replace for the port to change, if it is written.
    pub(crate) port: Option<Slot>,
    /// Whom it belongs to.
    pub(crate) owner: Owner,
    /// The place to show to a person.
    pub(crate) at: Location,
}

impl Reference {
    /// The address as a person is told of it: the host as written, with its port.
    pub(crate) fn said(&self) -> String {
        let port = self.number.map(|number| format!(":{number}")).unwrap_or_default();
        format!("{}{port}", self.written)
    }
}

/// The part of a service that holds a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    /// The variable of that name.
    Variable(String),
    /// `command` or `entrypoint`.
    Command,
    /// `healthcheck`.
    Healthcheck,
    /// A label.
    Label(String),
    /// `extra_hosts`.
    Hosts,
    /// An option of the logging driver, which the Docker daemon reads.
    Logging,
    /// A file that the service mounts.
    File,
}

/// Whom an address belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The service itself, which it still reaches at `localhost`.
    Itself,
    /// The service itself listens there and nowhere else.
    Bind,
    /// Another service of the project.
    Service {
        /// Which one.
        id: ServiceId,
        /// The port in its container, when a port is known.
        port: Option<u16>,
    },
    /// No service: a process on the host, at this port if one is known.
    Host(Option<u16>),
    /// It cannot be told, for this reason.
    Unknown(String),
    /// It is for a browser, another machine or the Docker daemon, and stays as it is.
    Left,
}

/// Every reference of every service to an address of the host.
///
/// Services on bridges are read too: for them `localhost` is themselves, and what they read may stand in the same text
/// as what a leaving service reads.
pub(crate) fn find(project: &Project<'_>, subjects: &[ServiceFacts<'_>], inferences: &[Inference]) -> Vec<Reference> {
    let listeners = Listeners::new(project, subjects, inferences);
    let mut found = Vec::new();
    for subject in subjects {
        let id = subject.service.id;
        let on_host = is_on_host(project, subject.service);
        let home = namespace(project, id);
        let members = project.services.iter().map(|other| other.id).filter(|other| namespace(project, *other) == home).collect();
        let dialler = Dialler { id, subject, inferences, listeners: &listeners, members };
        let mut references = values::find(&dialler);
        references.extend(files::find(&dialler));
        for reference in &mut references {
            if !on_host && reference.named != LocalHost::HostGateway && reference.named != LocalHost::Lan {
                reference.owner = Owner::Itself;
            }
        }
        found.extend(references);
    }
    found
}

/// Whether `text` names `host` as an address: alone, in a URL, in front of a port.
pub(crate) fn names_host(text: &str, host: &str) -> bool {
    text.match_indices(host).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + host.len()..].chars().next();
        let opens = before.is_none_or(|char| matches!(char, '/' | '@' | '=' | ' ' | ',' | '"' | '\'' | '(' | ':' | '-'));
        let closes = after.is_none_or(|char| matches!(char, ':' | '/' | ',' | ' ' | '"' | '\'' | ')' | ';' | '\n'));
        let whole = before.is_none() && after.is_none();
        opens && closes && (whole || after == Some(':') || matches!(before, Some('/' | '@')))
    })
}

/// Whether a value of `service` names `peer` as an address.
pub(crate) fn names_service(service: &crate::compose::Service, peer: &crate::compose::Service) -> bool {
    let says = |text: &str| peer.host_names().any(|name| names_host(text, name));
    service.environment.iter().any(|variable| says(variable.text())) || service.command_lines().any(|line| says(&line.joined()))
}

/// A service that dials, with what is needed to tell whom.
pub(crate) struct Dialler<'a> {
    id: ServiceId,
    subject: &'a ServiceFacts<'a>,
    inferences: &'a [Inference],
    listeners: &'a Listeners,
    /// The services in its network namespace, itself included.
    members: Vec<ServiceId>,
}

impl Dialler<'_> {
    /// The owner of the port `number` of the host.
    fn owner(&self, number: u16) -> Owner {
        if self.listens_on(number) {
            return Owner::Itself;
        }
        match self.listeners.owners(number, &self.members).as_slice() {
            [] if self.may_listen_on(number) => Owner::Itself,
            [] => Owner::Host(Some(number)),
            [(id, port)] => Owner::Service { id: *id, port: Some(*port) },
            _ => Owner::Unknown(format!("several services listen on port {number}")),
        }
    }

    /// Whether it, or a service in the same namespace, listens on `number`.
    fn listens_on(&self, number: u16) -> bool {
        self.members.iter().any(|member| self.inferences.get(member.index()).is_some_and(|inference| inference.listens_on(number)))
    }

    /// Whether a listener of its own that is not worth a mapping may have that port: a documented further one, or one that
    /// a variable such as `KAFKA_LISTENERS` names.
    fn may_listen_on(&self, number: u16) -> bool {
        let documented = self.subject.known.iter().flat_map(|known| &known.more_ports).any(|port| port.number == number);
        let listed = self.subject.service.environment.iter().filter(|variable| variable.name.to_ascii_uppercase().contains("LISTEN"));
        let own = |part: &str| part.rsplit_once(':').is_some_and(|(_, port)| port.trim_end_matches('/').parse() == Ok(number));
        documented
            || listed.filter(|variable| !names::is_advertised(&variable.name)).any(|variable| variable.text().split([',', ';']).any(own))
    }
}
