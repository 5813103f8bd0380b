//! The documented default listeners of a known image.

use super::evidence::{Confidence, Evidence, SourceId};
use crate::facts::ServiceFacts;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some(known) = &subject.known else { return Vec::new() };
    let confidence = if known.verified { Confidence::Strong } else { Confidence::Weak };
    let ports = known.ports.iter();
    ports
        .map(|port| {
            let because = format!("image `{}` listens on {port} by default", known.name);
            Evidence { confidence, ..Evidence::strong(SourceId::Image, *port, subject.at(), because) }
        })
        .collect()
}
