//! Ports that only a hint speaks for.

use crate::diagnostic::{Family, Finding, Obligation, Rule};
use crate::rules::case::Case;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "weak-port",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Listens),
    summary: "its port is only hinted at",
    page: include_str!("weak_port.md"),
};

/// Each port without better evidence.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let weak = case.inference.ports.iter().filter(|inferred| !inferred.is_strong());
    let placed = weak.filter_map(|inferred| Some((inferred.port, inferred.evidence.first()?)));
    placed
        .map(|(port, evidence)| Finding::holds_back(&RULE, format!("only a hint for {port}: {}", evidence.because), evidence.at))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::verdict::hold;

    #[test]
    fn a_hint_is_not_enough() {
        hold(&[
            ("image: example/app\n# ports:\n#   - \"8080:3000\"", "review 3000/tcp weak-port"),
            ("image: example/app\nexpose: [\"3000\"]\n# ports:\n#   - \"8080:3000\"", "migrate 3000/tcp"),
        ]);
    }
}
