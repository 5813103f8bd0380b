//! An address of the host as a text writes it.

use crate::knowledge::hosts::Host;
use std::ops::Range;

/// An address of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// The bytes of the host, brackets included.
    pub(crate) host: Range<usize>,
    /// Which host.
    pub(crate) named: LocalHost,
    /// The port that is written with it, which a connection string may hold elsewhere (`Port=5433`).
    pub(crate) port: Option<Port>,
    /// The port that the scheme of the URL or connection string stands for, whether or not another one is written.
    pub(crate) implied: Option<u16>,
    /// What the address is part of.
    pub(crate) form: Form,
}

/// A port as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Port {
    /// Digits, and their bytes.
    Number(u16, Range<usize>),
    /// The bytes of something that stands for digits: `${PORT:-5432}`, `$PORT`.
    Variable(Range<usize>),
}

/// The ways to name the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LocalHost {
    /// `localhost`.
    Localhost,
    /// `127.0.0.1`, or another address of 127.0.0.0/8.
    Loopback4,
    /// `[::1]`, or `::1` without a port.
    Loopback6,
    /// `0.0.0.0` or `[::]`, which connect to the host when dialled.
    Unspecified,
    /// `host.docker.internal`, `gateway.docker.internal` or `172.17.0.1`, the gateway of Docker's default bridge.
    HostGateway,
    /// A private IPv4 address, which may be this host's in its LAN; only [`lan_mentions`] gives it.
    Lan,
}

/// What an address is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    /// `scheme://user:password@host:port/path`, also as a further host of a list.
    Url,
    /// A JDBC URL.
    Jdbc,
    /// `Server=host,port;…` or `host=…;port=…`: parts separated by semicolons.
    AdoNet,
    /// `host=… port=…`, as libpq reads it, or `user:password@tcp(host:port)/name`, as Go's MySQL driver does.
    Dsn,
    /// `host:port`.
    HostPort,
    /// `host/port`, as Firebird writes it, or bash's `/dev/tcp/host/port`.
    SlashPort,
    /// A host on its own.
    Bare,
    /// Behind an `@` without a scheme: an e-mail address, a node name, `user:password@host/name`.
    Other,
}

impl From<Host> for LocalHost {
    fn from(host: Host) -> Self {
        match host {
            Host::Gateway | Host::Elsewhere => Self::HostGateway,
            Host::Localhost => Self::Localhost,
            Host::Loopback4 => Self::Loopback4,
            Host::Loopback6 => Self::Loopback6,
            Host::Unspecified => Self::Unspecified,
        }
    }
}

impl Mention {
    /// The port: the number that is written, or, where none is, the one that the scheme stands for.
    pub(crate) fn number(&self) -> Option<u16> {
        match self.port {
            Some(Port::Number(number, _)) => Some(number),
            Some(Port::Variable(_)) => None,
            None => self.implied,
        }
    }

    /// The same mention in a text with `length` more bytes in front.
    pub(crate) fn moved_by(self, length: usize) -> Self {
        let moved = |range: Range<usize>| range.start + length..range.end + length;
        let port = self.port.map(|port| match port {
            Port::Number(number, range) => Port::Number(number, moved(range)),
            Port::Variable(range) => Port::Variable(moved(range)),
        });
        Self { host: moved(self.host), port, ..self }
    }

    /// Whether nothing that belongs to the address says a port.
    pub(crate) fn is_portless(&self) -> bool {
        self.port.is_none() && self.implied.is_none()
    }
}
