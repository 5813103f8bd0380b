//! Places, texts from files and weights, as they are shown.

use crate::diagnostic::Severity;
use crate::source::{Location, Sources};
use std::fmt;

/// `path:line:column`
pub(super) struct Place<'a>(pub(super) &'a Sources, pub(super) Location);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.0.get(self.1.file);
        let at = file.line_column(self.1.span.start);
        write!(f, "{}:{}:{}", Plain(&file.path.to_string_lossy()), at.line, at.column)
    }
}

/// Text that a terminal shows as it stands: control characters, and those that change the direction of writing, are
/// written as `\u{…}`.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() || steers(c) { write!(f, "{}", c.escape_unicode())? } else { fmt::Write::write_char(f, c)? }
        }
        Ok(())
    }
}

/// Whether a character that is no control character moves others: bidirectional formatting, line separators.
fn steers(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How much a finding weighs, in a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
