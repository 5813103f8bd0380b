//! What is known of an address of the host that a service names.

use super::mention::LocalHost;
use crate::compose::ServiceId;
use crate::formats::mapped::{Place, Slot};
use crate::source::Location;
use std::fmt;

/// An address of the host that a service names.
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
    /// Where that port is written.
    pub(crate) port: PortText,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// Whom it belongs to.
    pub(crate) owner: Owner,
    /// The place to show to a person.
    pub(crate) at: Location,
}

/// Where a port is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortText {
    /// Nowhere: a scheme, a program or a name stands for it.
    Unwritten,
    /// Here it can be replaced.
    At(Slot),
    /// It is put together from several texts, or by the program's own shell.
    Elsewhere,
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

/// What an address is for, whoever is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The service connects to it.
    Dials,
    /// The service connects to it if its name says to whom: its image is documented to read other variables only.
    DialsIfNamed,
    /// The service listens there, unless somebody else is known to.
    Binds,
    /// The service listens there if the port is one of its own; otherwise it is no concern of anybody else.
    BindsOwn,
    /// The service listens there if the port is one of its own, and otherwise connects to it.
    BindsOwnOrDials,
    /// Clients are told to find the service there.
    Advertises,
    /// A browser or another machine connects to it, or it is listed who may come in.
    Outside,
    /// Both a browser and the service may connect to it.
    BrowserAndServer,
    /// The Docker daemon connects to it.
    Daemon,
    /// The name under which others find the service, it may be.
    OwnName,
    /// What another name of the host stands for.
    Alias(String),
    /// Nobody reads it.
    Unread,
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
    Unknown(Unknown),
    /// It is for a browser, another machine or the Docker daemon, and stays as it is.
    Left,
}

/// Why it cannot be told whom an address belongs to, or why it cannot be rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Several services listen on the port.
    SeveralOwners(u16),
    /// Several services are what the name stands for.
    SeveralNamed(String),
    /// Nothing says a port.
    NoPort,
    /// The port is a variable that has no value.
    PortWithoutValue,
    /// The port is in a variable that holds no number.
    PortNotKnown(String),
    /// The host is put together from several texts.
    SeveralTexts,
    /// A line of `.env` that another key, whose meaning is not known, reads too.
    OtherReader(String),
    /// It may be the name under which others find the service.
    MayBeOwnName,
    /// It is dialled by another name.
    ByAlias(String),
    /// Both a browser and the service may dial it.
    BrowserAndServer,
}

impl Reference {
    /// The address as a person is told of it: the host as written, with its port.
    pub(crate) fn said(&self) -> String {
        let port = self.number.map(|number| format!(":{number}")).unwrap_or_default();
        format!("{}{port}", self.written)
    }
}

/// The end of a sentence that begins with the address.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralOwners(port) => write!(f, "several services listen on port {port}"),
            Self::SeveralNamed(name) => write!(f, "several services could be `{name}`"),
            Self::NoPort => f.write_str("no port is said"),
            Self::PortWithoutValue => f.write_str("its port is a variable without a value"),
            Self::PortNotKnown(name) => write!(f, "the port in `{name}` is not known"),
            Self::SeveralTexts => f.write_str("it is put together from several texts"),
            Self::OtherReader(key) => write!(f, "`{key}` reads it too"),
            Self::MayBeOwnName => f.write_str("it may be the name under which others find it"),
            Self::ByAlias(name) => write!(f, "it is dialled by the name `{name}`"),
            Self::BrowserAndServer => f.write_str("both browsers and the service may dial it"),
        }
    }
}
