//! What rules are asked about: all that is known at a stage, and no opinion of it.

use crate::compose::{HostNetwork, Project, Service, ServiceId};
use crate::facts::addresses::{Owner, Reference};
use crate::facts::running::Listener;
use crate::facts::{Inference, ServiceFacts};
use crate::knowledge::images::Caveat;
use crate::port::Port;
use crate::source::Location;
use std::net::IpAddr;

/// What the user decides about a service, in options or comments.
#[derive(Debug, Clone, Default)]
pub(crate) enum Wish {
    /// Nothing: the rules decide.
    #[default]
    Nothing,
    /// It stays.
    Keep {
        /// Why, for a person.
        because: String,
        /// The place that says so.
        at: Location,
    },
    /// It leaves, whatever the rules hold against it.
    Migrate,
}

/// A service on host networking with all that is known about it.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    /// The project.
    pub(crate) project: &'a Project<'a>,
    /// The service.
    pub(crate) service: &'a Service,
    /// How it is on host networking.
    pub(crate) host: HostNetwork,
    /// What is known about its image.
    pub(crate) subject: ServiceFacts<'a>,
    /// What it listens on.
    pub(crate) inference: &'a Inference,
    /// What all services listen on, in the order of the project.
    pub(crate) inferences: &'a [Inference],
    /// The addresses that it dials.
    pub(crate) references: Vec<&'a Reference>,
    /// The addresses at which others dial it.
    pub(crate) callers: Vec<&'a Reference>,
    /// What the user decides.
    pub(crate) wish: Wish,
}

/// A service that leaves host networking, and what takes its place.
#[derive(Debug)]
pub(crate) struct Departure<'a> {
    /// The service.
    pub(crate) case: &'a Case<'a>,
    /// The ports that are mapped.
    pub(crate) ports: &'a [Port],
    /// The address of the host that they are mapped on.
    pub(crate) host_ip: IpAddr,
}

/// A service as it stands, on whatever network.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    /// The service.
    pub(crate) service: &'a Service,
    /// The listeners in the network namespace of its running container, when that is off host networking and what the files
    /// say, and an engine was asked.
    pub(crate) listeners: Option<&'a [Listener]>,
    /// Whether it is in the network that migrated services join.
    pub(crate) joined: bool,
}

impl Case<'_> {
    /// The other services of the project that it is seen to dial, each with the address.
    pub(crate) fn peers(&self) -> impl Iterator<Item = (ServiceId, &Reference)> {
        self.references.iter().filter_map(|reference| match reference.owner {
            Owner::Service { id, .. } if id != self.service.id => Some((id, *reference)),
            _ => None,
        })
    }

    /// Whether the image has that caveat and nothing that the service says settles it.
    pub(crate) fn has_caveat(&self, caveat: Caveat) -> bool {
        self.subject.known.as_ref().is_some_and(|known| known.caveats.contains(&caveat) && !self.settles(&known.settled_by))
    }

    /// Whether the service gives one of these variables or flags.
    fn settles(&self, settings: &[&str]) -> bool {
        let words = || self.subject.launches.iter().flat_map(|launch| &launch.words);
        let flag = |name: &str| words().any(|word| word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')));
        settings.iter().any(|name| self.service.variable(name).is_some() || name.starts_with('-') && flag(name))
    }
}
