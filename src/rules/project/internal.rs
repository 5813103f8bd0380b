//! Edits that do not pass the last gate.

use crate::diagnostic::{Family, Finding, Obligation, Rule, Severity};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "internal",
    family: Family::Project,
    obligation: Some(Obligation::Edit),
    summary: "an edit did not pass its own check",
    page: include_str!("internal.md"),
};

/// The law that the edits for these services would break.
pub(crate) fn finding(services: &[&str], violation: &str, at: Location) -> Finding {
    let names: Vec<String> = services.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("the edit for {} did not pass its own check and was withheld ({violation})", names.join(", "));
    Finding::new(&RULE, Severity::Error, message, at).help("this is a mistake of the program: please report it")
}

/// Why a service stays whose edit is withheld.
pub(crate) fn withheld(violation: &str, at: Location) -> Finding {
    Finding::holds_back(&RULE, format!("the edit did not pass its own check ({violation})"), at)
}
