//! Source text and places in it.
//!
//! Every later stage speaks of text through [`Span`] (bytes of one file) and [`Location`] (a span and the file it is
//! in), so that evidence, diagnostics and edits can all point at the same bytes. Lines and columns are computed from
//! bytes only when a person is to read them. This module reads nothing from disk.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

/// A half-open range of bytes in one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} runs backwards");
        Self { start, end }
    }

    /// The empty span at `offset`: a place between two bytes.
    pub(crate) fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// Whether the span holds no byte.
    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    pub(crate) fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes of `text` that the span covers; empty when it does not fit `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Names a file in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A span in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

impl Location {
    /// Whether the bytes of `other` lie in these, in the same file.
    pub(crate) fn contains(self, other: Location) -> bool {
        self.file == other.file && self.span.contains(other.span)
    }
}

/// A line and a column as people count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
}

/// A text file as it was read, byte for byte (a byte order mark included).
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name in [`Sources`].
    pub id: FileId,
    /// The path as the user would write it.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// Where its lines start, once somebody asked.
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// The line and column of a byte offset.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        self.lines().line_column(&self.text, offset)
    }

    /// Where lines start.
    pub(crate) fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The location of `span` in this file.
    pub(crate) fn location(&self, span: Span) -> Location {
        Location { file: self.id, span }
    }
}

/// Texts by name. Files are only ever added, so a [`FileId`] stays good, and whoever reads one may add another meanwhile.
#[derive(Debug, Default)]
pub struct Sources {
    files: boxcar::Vec<SourceFile>,
}

impl Sources {
    /// Takes in a file and names it.
    pub fn add(&self, path: impl Into<PathBuf>, text: impl Into<String>) -> FileId {
        let (path, text) = (path.into(), text.into());
        FileId(self.files.push_with(|index| SourceFile { id: FileId(index), path, text, lines: OnceLock::new() }))
    }

    /// The file of that name.
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0]
    }

    /// All files, in the order they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().map(|(_, file)| file)
    }

    /// The same files under the same names, of which only some keep their text.
    pub(crate) fn only(self, kept: &BTreeSet<FileId>) -> Self {
        let slimmed = |mut file: SourceFile| {
            if !kept.contains(&file.id) {
                (file.text, file.lines) = (String::new(), OnceLock::new());
            }
            file
        };
        Self { files: self.files.into_iter().map(slimmed).collect() }
    }
}

/// Byte offsets at which lines start. `\n`, `\r\n` and a lone `\r` break lines, as in YAML 1.2 section 5.4.
#[derive(Debug, Clone)]
pub(crate) struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let breaks = (0..bytes.len()).filter(|&at| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        Self { starts: std::iter::once(0).chain(breaks.map(|at| at + 1)).collect() }
    }

    /// The 0-based line that holds `offset`.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// The byte at which the 0-based `line` starts, if there is such a line.
    pub(crate) fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line).copied()
    }

    /// The bytes of the 0-based `line` of `text`, its break included; empty behind the last line.
    pub(crate) fn span(&self, text: &str, line: usize) -> Span {
        let start = self.start(line).unwrap_or(text.len());
        Span::new(start, self.start(line + 1).unwrap_or(text.len()))
    }

    fn line_column(&self, text: &str, offset: usize) -> LineColumn {
        let line = self.line_of(offset);
        let before = Span::new(self.starts[line], offset).of(text);
        LineColumn { line: line + 1, column: before.trim_start_matches('\u{feff}').chars().count() + 1 }
    }
}

/// A path without `.` and, as far as names allow, without `..`; symbolic links are not looked at.
pub(crate) fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match (part, out.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_counts_once() {
        let sources = Sources::default();
        let id = sources.add("a.yaml", "a\r\nb\nc\rd");
        let lines: Vec<_> = [0, 3, 5, 7].map(|at| sources.get(id).line_column(at).line).into();
        assert_eq!(lines, [1, 2, 3, 4]);
    }

    #[test]
    fn columns_count_characters_and_not_the_byte_order_mark() {
        let sources = Sources::default();
        let id = sources.add("a.yaml", "\u{feff}é: x");
        let at = "\u{feff}é: ".len();
        assert_eq!(sources.get(id).line_column(at), LineColumn { line: 1, column: 4 });
    }

    #[test]
    fn paths_lose_what_leads_nowhere() {
        let normal = |path: &str| normalise(Path::new(path));
        assert_eq!(normal("./a/./b/../c"), Path::new("a/c"));
        assert_eq!(normal("../a/../../b"), Path::new("../../b"));
    }
}
