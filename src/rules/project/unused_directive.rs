//! Comments that look like directives and are none. Found where directives are read.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "unused-directive",
    family: Family::Project,
    obligation: None,
    summary: "a `# compose-fix:` comment that has no effect",
    page: include_str!("unused_directive.md"),
};

/// A directive that nothing follows.
pub(crate) fn finding(at: Location) -> Finding {
    Finding::new(&RULE, Severity::Warning, "this `compose-fix:` comment has no effect", at)
}
