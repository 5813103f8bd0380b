//! Ports that the user states: `--port SERVICE=PORT`, or the comment `# compose-fix: ports …`.

use super::evidence::{Evidence, SourceId};
use crate::facts::ServiceFacts;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let stated = subject.stated.iter();
    stated
        .map(|(port, at)| {
            let because = if at.is_some() { format!("a comment states {port}") } else { format!("`--port` states {port}") };
            Evidence::strong(SourceId::Stated, *port, at.unwrap_or(subject.service.at), because)
        })
        .collect()
}
