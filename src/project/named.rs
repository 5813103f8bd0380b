//! The names of other Compose files in a text, told from bytes.
//!
//! Only names that are written plainly are told. What is written in any other way is for `compose` to understand.

use super::bytes::{blanks, is_empty, keys};
use memchr::memmem::Finder;
use std::path::PathBuf;

/// Finds the names of files in `include` and `extends`.
#[derive(Debug)]
pub(super) struct Named {
    include: Finder<'static>,
    extends: Finder<'static>,
}

impl Default for Named {
    fn default() -> Self {
        let finder = |word: &str| Finder::new(word).into_owned();
        Self { include: finder("include"), extends: finder("extends") }
    }
}

impl Named {
    /// The files that a text names, as it writes them; none if it may name one in a way that bytes do not tell.
    pub(super) fn files(&self, text: &str) -> Option<Vec<PathBuf>> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for value in keys(&self.include, bytes) {
            included(bytes, value, &mut found)?;
        }
        for value in keys(&self.extends, bytes) {
            extended(bytes, value, &mut found)?;
        }
        Some(found)
    }
}

/// `- a.yaml` on lines of their own below `include:`.
fn included(text: &[u8], value: usize, found: &mut Vec<PathBuf>) -> Option<()> {
    if !is_empty(&text[value..]) {
        return None;
    }
    for line in lines_below(text, value) {
        let item = &line[blanks(line)..];
        match item.strip_prefix(b"- ") {
            Some(path) => found.push(plain(path)?),
            None if blanks(line) > 0 => return None,
            None => break,
        }
    }
    Some(())
}

/// `file: a.yaml` on a line of its own below `extends:`, or the name of a service behind it.
fn extended(text: &[u8], value: usize, found: &mut Vec<PathBuf>) -> Option<()> {
    if !is_empty(&text[value..]) {
        return plain(&text[value..]).map(drop);
    }
    let start = memchr::memrchr2(b'\n', b'\r', &text[..value - 1]).map_or(0, |line_break| line_break + 1);
    let indentation = blanks(&text[start..]);
    for line in lines_below(text, value).take_while(|line| blanks(line) > indentation) {
        let line = &line[blanks(line)..];
        match (line.strip_prefix(b"file:"), line.strip_prefix(b"service:")) {
            (Some(path), _) => found.push(plain(path)?),
            (None, Some(service)) => drop(plain(service)?),
            (None, None) => return None,
        }
    }
    Some(())
}

/// The lines behind the one on which a value would begin, without those that are blank or comments.
fn lines_below(text: &[u8], value: usize) -> impl Iterator<Item = &[u8]> {
    let lines = text[value..].split(|byte| matches!(byte, b'\n' | b'\r')).skip(1);
    lines.filter(|line| !is_empty(line))
}

/// A name that is written out, with or without quotes, alone on the rest of its line.
fn plain(value: &[u8]) -> Option<PathBuf> {
    let value = &value[blanks(value)..];
    let quote = value.first().filter(|byte| matches!(byte, b'"' | b'\''));
    let value = &value[usize::from(quote.is_some())..];
    let length = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')).count();
    let (name, rest) = value.split_at(length);
    let rest = match quote {
        Some(quote) => rest.strip_prefix(std::slice::from_ref(quote))?,
        None => rest,
    };
    let is_relative = !name.is_empty() && !name.starts_with(b"/");
    (is_relative && is_empty(rest)).then(|| std::str::from_utf8(name).ok().map(PathBuf::from)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_written_plainly_are_found() {
        let files =
            |text: &str| Named::default().files(text).map(|files| files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>());
        for (text, names) in [
            ("services:\n  a:\n    image: a\n", vec![]),
            ("services:\n  a:\n    extends: b\n", vec![]),
            ("services:\n  a:\n    extends:\n      service: b\n    image: c\n", vec![]),
            ("services:\n  a:\n    extends:\n      # why\n      file: ../b.yaml\n      service: b\n    configs: [c]\n", vec!["../b.yaml"]),
            ("include:\n  - a.yaml\n\n  - 'b/c.yaml' # too\nservices:\n", vec!["a.yaml", "b/c.yaml"]),
            ("include:\r\n- a.yaml\r\nname: x\r\n", vec!["a.yaml"]),
        ] {
            assert_eq!(files(text), Some(names.into_iter().map(str::to_owned).collect()), "{text}");
        }
        for text in [
            "include: [a.yaml]\n",
            "include:\n  - path: a.yaml\n",
            "include:\n  - ${A}.yaml\n",
            "include:\n  - /a.yaml\n",
            "include:\n  - oci:a.yaml\n",
            "services:\n  a:\n    extends: {file: a.yaml, service: b}\n",
            "services:\n  a:\n    extends:\n      <<: *x\n",
            "services:\n  a:\n    extends: *x\n",
        ] {
            assert_eq!(files(text), None, "{text}");
        }
    }
}
