//! Files that cannot be read as YAML. Found where files are parsed.

use crate::diagnostic::{Family, Rule};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "syntax",
    family: Family::Project,
    obligation: None,
    summary: "the file is not YAML, or YAML that cannot be edited",
    page: include_str!("syntax.md"),
};
