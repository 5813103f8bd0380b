//! Dead `ports` entries that name another port than the image is documented to listen on.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::facts::{InferredPort, SourceId};
use crate::knowledge::images::KnownImage;
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "contradicted-port",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "a dead `ports` entry contradicts the image",
    page: include_str!("contradicted_port.md"),
};

/// Each port that only a dead entry names, where the image is documented to listen elsewhere and nothing moves it.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let known = case.subject.known.as_ref().filter(|known| known.is_documented() && !known.ports.is_empty());
    let Some(known) = known.filter(|_| !case.subject.is_own_program()) else { return Vec::new() };
    // Beside the documented port, others are further listeners that the author knows of.
    if case.inference.ports.iter().any(|inferred| known.ports.contains(&inferred.port)) {
        return Vec::new();
    }
    let moved = case.inference.ports.iter().flat_map(|inferred| &inferred.evidence).any(|evidence| evidence.moves.is_some());
    let listed = case.inference.ports.iter().filter(|inferred| !moved && is_only_listed(inferred) && !is_documented(known, inferred));
    let message = |inferred: &InferredPort| {
        let main = known.ports.first().map(ToString::to_string).unwrap_or_default();
        format!("a dead `ports` entry names {}, and image `{}` listens on {main} unless it is told otherwise", inferred.port, known.name)
    };
    listed.filter_map(|inferred| Some(Finding::holds_back(&RULE, message(inferred), inferred.evidence.first()?.at))).collect()
}

fn is_only_listed(inferred: &InferredPort) -> bool {
    inferred.evidence.iter().all(|evidence| evidence.source == SourceId::Ports)
}

fn is_documented(known: &KnownImage, inferred: &InferredPort) -> bool {
    let wide = known.wide_ranges.iter().any(|(first, last)| (first.number..=last.number).contains(&inferred.port.number));
    wide || known.ports.iter().chain(&known.more_ports).any(|port| port.number == inferred.port.number)
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn the_documentation_is_believed_before_a_list_that_never_worked() {
        hold(&[
            ("image: redis\nports: [\"6380:6380\"]", "review 6380/tcp contradicted-port"),
            ("image: redis\nports: [\"6380:6379\"]", "migrate 6379/tcp"),
            ("image: redis\ncommand: redis-server --port 6380\nports: [\"6380:6380\"]", "migrate 6380/tcp"),
            ("image: grafana/grafana\nenvironment: {GF_SERVER_HTTP_PORT: 3001}\nports: [\"3001:3001\"]", "migrate 3001/tcp"),
        ]);
    }
}
