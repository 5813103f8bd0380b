//! Keys of YAML told from bytes.
//!
//! What looks like a key in any style counts as one, also where it is none: nobody is to be missed. Only comments that fill
//! their line are known to be comments.

use memchr::memmem::Finder;

/// Where the values begin of the keys of that name, in any style: `key: `, `"key":`, `? key`.
pub(super) fn keys<'t>(name: &'t Finder<'_>, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    name.find_iter(text).filter_map(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
            return None;
        }
        let end = at + name.needle().len();
        let end = end + usize::from(matches!(text.get(end), Some(b'"' | b'\'')));
        let end = end + blanks(&text[end..]);
        let is_explicit = || text[..at].iter().rfind(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'')) == Some(&b'?');
        let is_key = text.get(end) == Some(&b':') || matches!(text.get(end), None | Some(b'\n' | b'\r')) && is_explicit();
        (is_key && !is_comment(text, at)).then(|| text.len().min(end + 1))
    })
}

pub(super) fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether the line that holds byte `at` is a comment. Where a character stands in between that may break lines, nobody knows.
pub(super) fn is_comment(text: &[u8], at: usize) -> bool {
    let start = memchr::memrchr2(b'\n', b'\r', &text[..at]).map_or(0, |line_break| line_break + 1);
    let line = &text[start..at];
    line.get(blanks(line)) == Some(&b'#') && line.is_ascii()
}

/// Whether nothing stands on the line of a value.
pub(super) fn is_empty(value: &[u8]) -> bool {
    matches!(value.get(blanks(value)), None | Some(b'\n' | b'\r' | b'#'))
}
