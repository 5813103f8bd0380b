//! What is to be done: fixes, each for a unit of services, and what is said about them.

use super::expected::Expected;
use crate::compose::ServiceId;
use crate::diagnostic::Finding;
use crate::edit::EditSet;
use crate::port::Port;
use crate::source::FileId;
use std::collections::BTreeMap;

/// Whether a fix is made without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// It is: everything works as before.
    Safe,
    /// Only with `--unsafe`, or for services that the user names: it may have consequences that the files cannot settle.
    Unsafe,
}

/// The edits of a unit: services that leave together or not at all.
#[derive(Debug, Clone)]
pub struct Fix {
    /// The services, in the order of the project.
    pub services: Vec<ServiceId>,
    /// The edits, by file: all are made, or none. Units may have edits in common.
    pub edits: BTreeMap<FileId, EditSet>,
    /// What they mean.
    pub(crate) expected: Expected,
    /// Whether they are made without being asked for.
    pub applicability: Applicability,
}

/// What is to be done in a project, with all that is to be said about it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// One fix for each unit.
    pub(crate) fixes: Vec<Fix>,
    /// What behaves differently afterwards, by service.
    pub(crate) warnings: Vec<Finding>,
    /// The ports that are mapped, by service.
    pub(crate) mapped: BTreeMap<ServiceId, Vec<Port>>,
    /// The services whose edit cannot be made, and why. Then the plan is not to be used.
    pub(crate) refused: BTreeMap<ServiceId, Finding>,
}
