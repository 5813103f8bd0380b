//! An address in a text, with all that its surroundings say.

use crate::facts::addresses::mention::LocalHost;
use crate::facts::addresses::reference::PortText;
use crate::formats::mapped::Place;
use crate::source::Location;

/// An address of the host in a text.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The host as it is written, or all that it is put together from.
    pub(crate) written: String,
    /// Where the host is written; none when it is put together from several texts.
    pub(crate) host: Option<Place>,
    /// How the host is named.
    pub(crate) named: LocalHost,
    /// The port that belongs to the address itself.
    pub(crate) port: FoundPort,
    /// What stands around it.
    pub(crate) around: Around,
    /// The place to show to a person.
    pub(crate) at: Location,
}

impl Found {
    /// The port that the address itself says.
    pub(crate) fn number(&self) -> Option<u16> {
        match self.port {
            FoundPort::Number(number, _) => Some(number),
            FoundPort::Variable(..) | FoundPort::Nothing => None,
        }
    }
}

/// The port of an address, as far as its text says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FoundPort {
    /// A number, and where it is written.
    Number(u16, PortText),
    /// A variable without a value, or one for the program's own shell: its name.
    Variable(String, PortText),
    /// None, and none that a scheme stands for.
    Nothing,
}

/// What stands around an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Around {
    /// It is a host alone, and all that the text says.
    Alone,
    /// It is a host alone, behind the key of a setting if one is there.
    Setting(Option<Setting>),
    /// It is more than a host: a URL, a connection string, a host with its port.
    Address,
}

/// A setting whose value is a host alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The key, as written.
    pub(crate) key: String,
    /// The port in a setting beside it.
    pub(crate) port: Option<(u16, PortText)>,
}
