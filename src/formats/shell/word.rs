//! A word of a command, and where each of its bytes is written.

use std::ops::Range;

/// A word, with the place of each of its bytes in the text it was cut from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// The word without its quotes and escapes.
    pub(crate) text: String,
    /// Which item of a command in list form holds the word; 0 for a command that is one string.
    pub(crate) item: usize,
    /// For each byte of `text` its offset in the item; `None` for a byte that is written differently.
    offsets: Vec<Option<usize>>,
}

impl Word {
    /// The word that item number `item` of a command in list form is: taken as it is.
    pub(crate) fn whole(text: &str, item: usize) -> Self {
        Self { text: text.to_owned(), item, offsets: (0..text.len()).map(Some).collect() }
    }

    /// The bytes of the item that spell a range of `text`; `None` when quotes or escapes stand between them, or the range
    /// is empty.
    pub(crate) fn source_range(&self, range: Range<usize>) -> Option<Range<usize>> {
        let offsets = self.offsets.get(range)?;
        let start = (*offsets.first()?)?;
        let in_a_row = offsets.iter().zip(start..).all(|(offset, expected)| *offset == Some(expected));
        in_a_row.then(|| start..start + offsets.len())
    }

    /// Where in the item the byte at `at` of the word is written.
    pub(super) fn offset(&self, at: usize) -> Option<usize> {
        self.offsets.get(at).copied().flatten()
    }

    /// Where in the word the byte at `offset` of its item stands.
    pub(crate) fn position(&self, item: usize, offset: usize) -> Option<usize> {
        if self.item == item { self.offsets.iter().position(|known| *known == Some(offset)) } else { None }
    }

    /// What a shell would run of the word around byte `at`: the inside of a `$(…)`, or the whole of a word with blanks in it,
    /// which may be a script.
    pub(super) fn script_around(&self, at: usize) -> Option<Self> {
        let opened = [self.text[..at].rfind("$(").map(|start| start + 2), self.text[..at].rfind('`').map(|start| start + 1)];
        let start = opened.into_iter().flatten().max();
        let end = start.and_then(|_| self.text[at..].find([')', '`'])).map_or(self.text.len(), |end| at + end);
        let range = start.unwrap_or_default()..end;
        let text = &self.text[range.clone()];
        text.contains(char::is_whitespace).then(|| Self { text: text.to_owned(), item: self.item, offsets: self.offsets[range].to_vec() })
    }

    pub(super) fn push(&mut self, c: char, offset: impl Fn(usize) -> Option<usize>) {
        self.offsets.extend((0..c.len_utf8()).map(offset));
        self.text.push(c);
    }
}
