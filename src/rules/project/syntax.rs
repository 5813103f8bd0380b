//! Files that cannot be read as YAML. Found where files are parsed.

use crate::diagnostic::{Family, Finding, Rule, Severity};
use crate::source::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "syntax",
    family: Family::Project,
    obligation: None,
    summary: "the file is not YAML, or YAML that cannot be edited",
    page: include_str!("syntax.md"),
};

/// What is wrong with a text. One that Compose reads and this program cannot is a failure only if something was to be done
/// in it.
pub(crate) fn finding(message: &str, text: &str, unsupported: bool, at: Location) -> Finding {
    let asked = !unsupported || ["network_mode", ": host"].iter().any(|words| text.contains(words));
    let severity = if asked { Severity::Error } else { Severity::Warning };
    Finding { help: template(text), ..Finding::new(&RULE, severity, message, at) }
}

/// What to do with a text in which the braces of a template stand.
fn template(text: &str) -> Option<String> {
    let braces = ["{{", "{%", "<%"].into_iter().find(|braces| text.contains(braces))?;
    Some(format!("the `{braces}` in it looks like a template: render it first"))
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn a_template_is_called_one() {
        assert!(template("x: {{ y }}").unwrap().contains("looks like a template"));
        assert_eq!(template("x: ["), None);
    }
}
