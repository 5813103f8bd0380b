//! The documented default listeners of a known image, and as a hint those of the image that an unknown one seems to be built from.

use super::evidence::{Confidence, Evidence, SourceId};
use crate::facts::{Launch, ServiceFacts};
use crate::knowledge::images::{KnownImage, Similar, Strength};
use crate::knowledge::programs::Kind;
use crate::port::Port;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let is_client = |launch: &Launch| launch.program.as_ref().is_some_and(|program| program.kind == Kind::Client);
    if !subject.launches.is_empty() && subject.launches.iter().all(is_client) {
        return Vec::new(); // The command makes it something else.
    }
    let Some(known) = &subject.known else { return of_similar(subject) };
    let confidence = if known.strength == Strength::Weak { Confidence::Weak } else { Confidence::Strong };
    let ports = known.ports.iter();
    ports
        .map(|port| {
            let because = format!("image `{}` listens on {port} by default{}", known.name, said_by(known));
            Evidence { confidence, ..Evidence::strong(SourceId::Image, *port, subject.at(), because) }
        })
        .collect()
}

fn of_similar(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let Some(Similar(known)) = &subject.similar else { return Vec::new() };
    let because = |port: &Port| format!("by its name it is a build of `{}`, which listens on {port} by default", known.name);
    let hint =
        |port: &Port| Evidence { confidence: Confidence::Weak, ..Evidence::strong(SourceId::Image, *port, subject.at(), because(port)) };
    known.ports.iter().map(hint).collect()
}

/// Who says so, where it is not the image's documentation.
fn said_by(known: &KnownImage) -> String {
    match known.stores {
        Some(1) if known.strength == Strength::Weak => ", as one app store has it".to_owned(),
        Some(stores) if !known.is_documented() => format!(", as {stores} app stores have it"),
        _ => String::new(),
    }
}
