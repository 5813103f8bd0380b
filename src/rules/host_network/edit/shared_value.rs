//! Addresses that have to change and are read by others as well. Found where the services that leave are chosen, since it depends on
//! them.

use crate::diagnostic::{Family, Obligation, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "shared-value",
    family: Family::HostNetwork,
    obligation: Some(Obligation::Edit),
    summary: "an address that has to change is read by a service that stays",
    page: include_str!("shared_value.md"),
};
