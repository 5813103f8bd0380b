//! Whose an address is: first its port, then who answers there, or who is called so.
//!
//! The answer is given once, from what the address is for, how the host is named, and what the text and its neighbours say
//! of the port. Nobody changes it afterwards.

use super::find::commands::Words;
use super::find::{Around, Found, FoundPort};
use super::mention::LocalHost;
use super::names;
use super::neighbours::Neighbours;
use super::readers::Readers;
use super::reference::{Field, Owner, PortText, Purpose, Reference, Unknown};
use crate::compose::service::Variable;
use crate::facts::ServiceFacts;
use crate::formats::mapped::Place;
use crate::knowledge::variables;

/// A service that names addresses, with what is needed to tell whose they are.
pub(super) struct Dialler<'a> {
    pub(super) facts: &'a ServiceFacts<'a>,
    /// Whether it is on host networking.
    pub(super) on_host: bool,
    pub(super) neighbours: &'a Neighbours,
    pub(super) readers: &'a Readers,
}

/// What stands beside an address that says no port itself.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The port.
    port: Option<Port>,
    /// The name that is left to say who is meant.
    name: Option<Name>,
}

/// A port with the place where it is written, or why it is not known.
type Port = Result<(u16, PortText), Unknown>;

/// A name that may say whose an address is.
#[derive(Debug)]
enum Name {
    /// The name of a variable, without what says that it holds a host.
    Variable(String),
    /// The key of a setting, likewise. It is believed only where it names a service.
    Key(String),
}

impl Beside {
    /// What stands beside an address in a variable.
    pub(super) fn variable(dialler: &Dialler<'_>, variable: &Variable, around: &Around) -> Self {
        match around {
            Around::Address => Self::default(),
            Around::Setting(Some(_)) => Self::setting(around),
            Around::Alone | Around::Setting(None) => {
                let name = names::plain(&variable.name);
                let stem = variables::stem_of_dialled_host(&name);
                let port = stem.as_ref().and_then(|stem| port_variable(dialler, stem));
                Self { port, name: Some(Name::Variable(stem.unwrap_or(name))) }
            }
        }
    }

    /// What stands beside an address in a command.
    pub(super) fn words(words: &Words) -> Self {
        Self { port: words.port.map(|port| Ok(port.number())), name: None }
    }

    /// What stands beside an address in a text of settings.
    pub(super) fn setting(around: &Around) -> Self {
        let Around::Setting(Some(setting)) = around else { return Self::default() };
        let stem = names::stem_of_host(&setting.key);
        Self { port: setting.port.map(Ok), name: stem.map(Name::Key) }
    }
}

/// The reference that an address is; none when it is nobody's concern.
pub(super) fn reference(dialler: &Dialler<'_>, field: Field, found: &Found, purpose: Purpose, beside: &Beside) -> Option<Reference> {
    let attached = attached_port(dialler, &found.port);
    let owner = owner(dialler, found, &purpose, attached.as_ref(), beside);
    let dials = matches!(purpose, Purpose::Dials | Purpose::DialsIfNamed | Purpose::BindsOwnOrDials) && owner != Owner::Bind;
    let port = attached.or_else(|| beside.port.clone().filter(|_| dials));
    let (number, port) = match port {
        Some(Ok((number, text))) => (Some(number), text),
        Some(Err(_)) => (None, PortText::Elsewhere),
        None => (None, PortText::Unwritten),
    };
    let (from, written, host, named, at) = (dialler.facts.service.id, found.written.clone(), found.host, found.named, found.at);
    let reference = Reference { from, field, written, host, named, number, port, purpose, owner, at };
    (!dialler.on_host || is_of_interest(&reference)).then_some(reference)
}

/// Whose the address is.
fn owner(dialler: &Dialler<'_>, found: &Found, purpose: &Purpose, attached: Option<&Port>, beside: &Beside) -> Owner {
    if !dialler.on_host && !matches!(found.named, LocalHost::HostGateway | LocalHost::Lan) {
        return Owner::Itself;
    }
    let port = attached.or(beside.port.as_ref());
    let dialled = || dialled(dialler, found.named, port, beside.name.as_ref());
    let is_own = || port.and_then(|port| port.as_ref().ok()).is_none_or(|(number, _)| dialler.listens_on(*number));
    let owner = match purpose {
        Purpose::Advertises | Purpose::Outside | Purpose::Daemon => return Owner::Left,
        Purpose::Unread => return Owner::Itself,
        Purpose::OwnName => return Owner::Unknown(Unknown::MayBeOwnName),
        Purpose::Alias(name) => return Owner::Unknown(Unknown::ByAlias(name.clone())),
        Purpose::BrowserAndServer => match dialled() {
            Owner::Itself | Owner::Left => return Owner::Left,
            _ => return Owner::Unknown(Unknown::BrowserAndServer),
        },
        Purpose::Binds if attached.is_none() => Owner::Bind,
        Purpose::Binds => match dialled() {
            other @ (Owner::Service { .. } | Owner::Unknown(_)) => other,
            _ => Owner::Bind,
        },
        Purpose::BindsOwn if !is_own() => Owner::Itself,
        Purpose::BindsOwn => Owner::Bind,
        Purpose::BindsOwnOrDials if is_own() => Owner::Bind,
        Purpose::DialsIfNamed => match beside.name.as_ref().map(|name| called(dialler, name)) {
            Some(Owner::Unknown(_)) => Owner::Itself,
            _ => dialled(),
        },
        Purpose::BindsOwnOrDials | Purpose::Dials => dialled(),
    };
    match owner {
        // `0.0.0.0` is an address to dial only where somebody else is known to listen; otherwise it is one to bind.
        Owner::Itself | Owner::Bind | Owner::Host(_) | Owner::Unknown(_) if found.named == LocalHost::Unspecified => Owner::Itself,
        Owner::Itself if found.named != LocalHost::HostGateway => Owner::Itself,
        Owner::Service { .. } | Owner::Host(_) | Owner::Bind | Owner::Itself => {
            unwritable(dialler, found.host).map_or(owner, Owner::Unknown)
        }
        Owner::Unknown(_) | Owner::Left => owner,
    }
}

/// Whom the service reaches at the address.
fn dialled(dialler: &Dialler<'_>, named: LocalHost, port: Option<&Port>, name: Option<&Name>) -> Owner {
    match (port, name) {
        (Some(Ok((number, _))), _) => match dialler.answers_at(*number) {
            // A LAN address is of interest only if it could be this host's.
            Owner::Host(_) if named == LocalHost::Lan => Owner::Left,
            owner => owner,
        },
        (Some(Err(unknown)), _) => Owner::Unknown(unknown.clone()),
        (None, Some(name)) => called(dialler, name),
        (None, None) => Owner::Unknown(Unknown::NoPort),
    }
}

fn called(dialler: &Dialler<'_>, name: &Name) -> Owner {
    let (Name::Variable(text) | Name::Key(text)) = name;
    match (name, dialler.neighbours.named(dialler.facts.service.id, text)) {
        (Name::Key(_), Owner::Itself | Owner::Host(_) | Owner::Unknown(_)) => Owner::Unknown(Unknown::NoPort),
        (_, owner) => owner,
    }
}

/// The port that belongs to the address itself. The program's own shell knows the variables of the service.
fn attached_port(dialler: &Dialler<'_>, port: &FoundPort) -> Option<Port> {
    match port {
        FoundPort::Number(number, text) => Some(Ok((*number, *text))),
        FoundPort::Variable(name, text) => {
            let number = dialler.facts.service.variable(name).and_then(|variable| variable.text().trim().parse().ok());
            Some(number.map(|number| (number, *text)).ok_or(Unknown::PortWithoutValue))
        }
        FoundPort::Nothing => None,
    }
}

/// The port in the variable beside one that holds a host: `DB_PORT` beside `DB_HOST`.
fn port_variable(dialler: &Dialler<'_>, stem: &str) -> Option<Port> {
    let names = [format!("{stem}_PORT"), format!("{stem}PORT")];
    let variable = dialler.facts.service.environment.iter().find(|variable| names.contains(&names::plain(&variable.name)))?;
    let unknown = || Unknown::PortNotKnown(variable.name.clone());
    let (Ok(number), Some(text)) = (variable.text().trim().parse(), &variable.value) else { return Some(Err(unknown())) };
    let start = text.value.len() - text.value.trim_start().len();
    let slot = text.value.slot(&(start..start + text.value.trim().len()));
    Some(Ok((number, slot.map_or(PortText::Elsewhere, PortText::At))))
}

/// Why the host cannot be rewritten where it is written.
fn unwritable(dialler: &Dialler<'_>, host: Option<Place>) -> Option<Unknown> {
    match host {
        None => Some(Unknown::SeveralTexts),
        Some(place) => dialler.readers.of(place).map(|key| Unknown::OtherReader(key.to_owned())),
    }
}

/// Whether a reference tells anybody anything.
fn is_of_interest(reference: &Reference) -> bool {
    let is_service = matches!(reference.owner, Owner::Service { .. });
    match reference.field {
        _ if reference.named == LocalHost::Lan => reference.owner == Owner::Bind || is_service && reference.number.is_some(),
        // What runs inside the container and looks at the container stays right.
        Field::Healthcheck => reference.number.is_some() && (is_service || matches!(reference.owner, Owner::Unknown(_))),
        Field::File if reference.purpose == Purpose::BindsOwn => reference.owner == Owner::Bind,
        Field::File if reference.named == LocalHost::Unspecified => is_service,
        Field::File => is_service || reference.owner != Owner::Unknown(Unknown::NoPort),
        _ => true,
    }
}

impl Dialler<'_> {
    /// The owner of the port `number` of the host.
    fn answers_at(&self, number: u16) -> Owner {
        if self.listens_on(number) {
            return Owner::Itself;
        }
        match self.neighbours.owners(self.facts.service.id, number).as_slice() {
            [] if self.may_listen_on(number) => Owner::Itself,
            [] => Owner::Host(Some(number)),
            [(id, port)] => Owner::Service { id: *id, port: Some(*port) },
            _ => Owner::Unknown(Unknown::SeveralOwners(number)),
        }
    }

    /// Whether it, or a service in the same namespace, listens on `number`.
    fn listens_on(&self, number: u16) -> bool {
        self.neighbours.listens_on(self.facts.service.id, number)
    }

    /// Whether a listener of its own that is not worth a mapping may have that port: a documented further one, or one that
    /// a variable such as `KAFKA_LISTENERS` names.
    fn may_listen_on(&self, number: u16) -> bool {
        let documented = self.facts.known.iter().flat_map(|known| &known.more_ports).any(|port| port.number == number);
        let listed = self.facts.service.environment.iter().filter(|variable| variables::lists_listeners(&variable.name));
        let own = |part: &str| part.rsplit_once(':').is_some_and(|(_, port)| port.trim_end_matches('/').parse() == Ok(number));
        documented || listed.into_iter().any(|variable| variable.text().split([',', ';']).any(own))
    }
}
