//! What other services expect: a neighbour that dials `localhost:8080` says that somebody listens there.
//!
//! Unlike the other sources this one needs to know what everybody listens on, so it runs after them, for services about
//! which nothing else is known. Only a service that can be told from the others is taken for the owner, and it stays a
//! hint.

use super::{Confidence, Evidence, Inference, InferredPort, ServiceFacts, SourceId, variable_name};
use crate::compose::is_on_host;
use crate::compose::service::Variable;
use crate::facts::addresses::mention::{self, LocalHost};
use crate::port::{Port, Protocol};
use std::collections::BTreeMap;

/// Gives services without any evidence the ports at which others look for them.
pub(super) fn complete(subjects: &[ServiceFacts<'_>], inferences: &mut [Inference]) {
    let mut found: BTreeMap<usize, Vec<Evidence>> = BTreeMap::new();
    for (index, subject) in subjects.iter().enumerate() {
        let unknown = inferences
            .get(index)
            .is_some_and(|inference| inference.ports.is_empty() && inference.silence.is_none() && inference.unknown.is_empty());
        if unknown && is_on_host(subject.project, subject.service) {
            found.insert(index, expected(subjects, inferences, subject));
        }
    }
    for (index, evidence) in found {
        if let Some(inference) = inferences.get_mut(index) {
            inference.ports = evidence.into_iter().map(|evidence| InferredPort { port: evidence.port, evidence: vec![evidence] }).collect();
        }
    }
}

/// The ports that others dial under the name of `subject`, and at which nobody else listens.
fn expected(subjects: &[ServiceFacts<'_>], inferences: &[Inference], subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let others = subjects.iter().filter(|other| other.service.name != subject.service.name);
    let mut found: Vec<Evidence> = Vec::new();
    for (other, variable) in others.flat_map(|other| other.service.environment.iter().map(move |variable| (other, variable))) {
        for number in dialled(variable).into_iter().filter(|_| is_called(subject, &variable.name)) {
            let taken = inferences.iter().any(|inference| inference.listens_on(number)) || is_published(subject, number);
            if taken || found.iter().any(|evidence| evidence.port.number == number) {
                continue;
            }
            let port = Port { number, protocol: Protocol::Tcp };
            let because = format!("`{}` dials it at {port} in `{}`", other.service.name, variable.name);
            found.push(Evidence { confidence: Confidence::Weak, ..Evidence::strong(SourceId::Peer, port, variable.at, because) });
        }
    }
    found
}

fn dialled(variable: &Variable) -> Vec<u16> {
    let mentions = mention::mentions(variable.text()).into_iter().filter(|mention| mention.named != LocalHost::Unspecified);
    mentions.filter_map(|mention| mention.port.as_ref().and(mention.number())).collect()
}

/// Whether a variable such as `PAYMENTS_API_URL` is called after the service.
fn is_called(subject: &ServiceFacts<'_>, variable: &str) -> bool {
    let own = variable_name(&subject.service.name);
    let upper = variable.to_ascii_uppercase();
    !own.is_empty() && (upper.starts_with(&format!("{own}_")) || upper.contains(&format!("_{own}_")))
}

fn is_published(subject: &ServiceFacts<'_>, number: u16) -> bool {
    let others = subject.project.services.iter().filter(|other| !is_on_host(subject.project, other));
    let mut mappings = others.flat_map(|other| other.ports.iter().filter_map(|entry| entry.mapping));
    mappings.any(|mapping| mapping.pairs().iter().any(|(published, _)| *published == number))
}
