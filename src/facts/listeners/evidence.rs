//! Evidence for listeners: a port, with the place that says so and the sentence that a person reads.
//!
//! The types that all sources share. Where evidence comes from is in the file of each source, what several pieces say
//! together in `sources`.

use crate::port::Port;
use crate::source::Location;

/// Where evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceId {
    /// The user states it.
    Stated,
    /// The engine knows it of a container or an image.
    Engine,
    /// `ports`.
    Ports,
    /// `expose`.
    Expose,
    /// A flag or an address in a command line.
    Command,
    /// A variable.
    Environment,
    /// The health check.
    Healthcheck,
    /// A label that tells a proxy.
    Label,
    /// A configuration file.
    Config,
    /// The Dockerfile.
    Dockerfile,
    /// What the image does by default.
    Image,
    /// What the program does by default.
    Program,
    /// What the author once wrote.
    CommentedOut,
    /// What other services seem to expect.
    Peer,
}

impl SourceId {
    /// Its name, as people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Engine => "engine",
            Self::Ports => "ports",
            Self::Expose => "expose",
            Self::Command => "command",
            Self::Environment => "environment",
            Self::Healthcheck => "healthcheck",
            Self::Label => "label",
            Self::Config => "config",
            Self::Dockerfile => "dockerfile",
            Self::Image => "image",
            Self::Program => "program",
            Self::CommentedOut => "commented-out",
            Self::Peer => "peer",
        }
    }
}

/// How far a piece of evidence carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Confidence {
    /// A hint: the files cannot settle it.
    Weak,
    /// Documented, or said by the author.
    Strong,
}

/// One reason to believe that a service listens on a port.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// Who says so.
    pub(crate) source: SourceId,
    /// The port.
    pub(crate) port: Port,
    /// How far it carries.
    pub(crate) confidence: Confidence,
    /// The place that says so.
    pub(crate) at: Location,
    /// Why, for a person: "`PORT` is 3000".
    pub(crate) because: String,
    /// The documented default listener that this moves, so that the default is dropped and not added.
    pub(crate) moves: Option<Port>,
    /// The port as the file writes it, when it holds a variable: `${PORT:-3000}`.
    pub(crate) written: Option<String>,
}

impl Evidence {
    /// Strong evidence that moves nothing.
    pub(crate) fn strong(source: SourceId, port: Port, at: Location, because: impl Into<String>) -> Self {
        Self { source, port, confidence: Confidence::Strong, at, because: because.into(), moves: None, written: None }
    }
}

/// A port with all that speaks for it, strongest first; never empty.
#[derive(Debug, Clone)]
pub(crate) struct InferredPort {
    /// The port.
    pub(crate) port: Port,
    /// What says so.
    pub(crate) evidence: Vec<Evidence>,
}

impl InferredPort {
    /// The port as the file writes it, when it holds a variable.
    pub(crate) fn written(&self) -> Option<&str> {
        self.evidence.iter().find_map(|evidence| evidence.written.as_deref())
    }

    /// Whether the project itself says it, and not only the documentation of an image or program.
    pub(crate) fn is_said(&self) -> bool {
        self.evidence.iter().any(|evidence| !matches!(evidence.source, SourceId::Image | SourceId::Program))
    }

    /// Whether anything but a hint speaks for it.
    pub(crate) fn is_strong(&self) -> bool {
        self.evidence.iter().any(|evidence| evidence.confidence == Confidence::Strong)
    }
}

/// Why a service listens on no port.
#[derive(Debug, Clone)]
pub(crate) struct Silence {
    /// Who says so.
    pub(crate) source: SourceId,
    /// The sentence for a person.
    pub(crate) because: String,
    /// The place that says so.
    pub(crate) at: Location,
}

/// All that could be found out about the listeners of a service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inference {
    /// The ports, in order of number.
    pub(crate) ports: Vec<InferredPort>,
    /// Why it listens on no port at all, when something says so.
    pub(crate) silence: Option<Silence>,
    /// Listeners whose port is a variable without a value: the place, and the variable.
    pub(crate) unknown: Vec<(Location, String)>,
}

impl Inference {
    /// Whether it listens on `number`, by tcp or udp.
    pub(crate) fn listens_on(&self, number: u16) -> bool {
        self.ports.iter().any(|inferred| inferred.port.number == number)
    }
}
