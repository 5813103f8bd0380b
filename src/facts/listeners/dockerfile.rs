//! `EXPOSE` of the Dockerfile that `build` names.
//!
//! An image that several services are built from says nothing about one of them when its command makes it a worker;
//! `no_listener` sees to that.

use super::evidence::{Evidence, SourceId};
use crate::facts::ServiceFacts;
use crate::source::Location;

/// Longer ranges than this are not mapped port by port.
const MAX_EXPOSED: usize = 50;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some((file, stage)) = &subject.stage else { return Vec::new() };
    let mut found = Vec::new();
    for (ports, span) in &stage.expose {
        for port in ports.expand(MAX_EXPOSED).unwrap_or_default() {
            let at = Location { file: *file, span: *span };
            found.push(Evidence::strong(SourceId::Dockerfile, port, at, format!("the Dockerfile says `EXPOSE {port}`")));
        }
    }
    found
}
