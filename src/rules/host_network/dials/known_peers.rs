//! What shows that a service reaches all that it dials.

use crate::compose::is_on_host;
use crate::diagnostic::{Family, Finding, Ground, Obligation, Rule};
use crate::facts::SourceId;
use crate::knowledge::images::Role;
use crate::rules::case::Case;
use crate::rules::grounds::presumed;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "known-peers",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "all that it dials is visible",
    page: include_str!("known_peers.md"),
};

/// The best reason to believe it: what is documented, what its settings name, or that nobody else is there.
pub(crate) fn check(case: &Case<'_>) -> Vec<Finding> {
    let at = case.subject.at();
    let known = case.subject.beyond_stores().filter(|known| known.role == Role::Server && known.client_env.is_empty());
    if let Some(known) = known.filter(|_| !case.subject.is_own_program()) {
        let message = format!("image `{}` is documented to dial nobody", known.name);
        return vec![Finding::supports(&RULE, Ground::Source(SourceId::Image.name()), message, at)];
    }
    if let Some((_, reference)) = case.peers().next() {
        let message = format!("its settings name whom it dials: `{}`", reference.said());
        return vec![presumed(&RULE, "settings-name-its-peers", message, reference.at)];
    }
    let others = case.project.services.iter().filter(|other| other.id != case.service.id);
    let mut reachable = others.filter(|other| is_on_host(case.project, other) || !other.ports.is_empty());
    match reachable.next() {
        None => vec![presumed(&RULE, "nobody-else-to-dial", "no other service of the project is to be found on this host", at)],
        Some(other) => {
            let message = format!("nothing shows whether it dials `{}` or another service of the project", other.name);
            vec![presumed(&RULE, "unseen-peers", message, at)]
        }
    }
}
