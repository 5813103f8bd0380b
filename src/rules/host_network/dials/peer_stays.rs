//! Peers that stay on host networking. Found where the services that leave are chosen, since it depends on them.

use crate::diagnostic::{Family, Obligation, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "peer-stays",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Dials),
    summary: "it dials a service that stays on host networking",
    page: include_str!("peer_stays.md"),
};
