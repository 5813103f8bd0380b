//! Variables that a service sets, by how their names begin.

use crate::compose::service::Variable;
use crate::rules::case::Case;

/// The first variable whose name begins with one of `prefixes`.
pub(super) fn first_set<'a>(case: &'a Case<'_>, prefixes: &[&str]) -> Option<&'a Variable> {
    case.service.environment.iter().find(|variable| prefixes.iter().any(|prefix| variable.name.starts_with(prefix)))
}
