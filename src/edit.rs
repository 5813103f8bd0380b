//! Edits: replacements of byte ranges in a text as it was read.
//!
//! An [`EditSet`] keeps its edits sorted and disjoint, so applying it is one pass. Only texts that are put in at one place
//! have an order of their own: the one in which they came. A whole set enters another or none of it does. Nothing here
//! knows what the text means.

use crate::source::Span;
use std::fmt;

/// A replacement of the bytes of `span` by `text`. Offsets refer to the text as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// What takes their place.
    pub text: String,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub(crate) fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Puts `text` in at `offset`.
    pub(crate) fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::at(offset), text)
    }

    /// Takes the bytes of `span` out.
    pub(crate) fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Two edits want the same bytes for different texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overlap(pub(crate) Span, pub(crate) Span);

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(a, b) = self;
        write!(f, "edits of bytes {}..{} and {}..{} overlap", a.start, a.end, b.start, b.end)
    }
}

impl std::error::Error for Overlap {}

/// Edits of one text: sorted by place, pairwise disjoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditSet {
    edits: Vec<Edit>,
    /// Texts that are put in behind all others at the same place.
    behind: Vec<Edit>,
}

impl EditSet {
    /// Takes in all of `edits`, or none when one of them overlaps another or one that is there. An edit that is
    /// already there, to the letter, is not taken twice.
    ///
    /// # Errors
    /// [`Overlap`] names the two places that are at odds.
    pub(crate) fn extend(&mut self, edits: impl IntoIterator<Item = Edit>) -> Result<(), Overlap> {
        let mut added: Vec<Edit> = Vec::new();
        for edit in edits {
            let others = || near(&self.edits, edit.span).chain(near(&added, edit.span));
            if others().any(|other| *other == edit) {
                continue;
            }
            if let Some(other) = others().chain(near(&self.behind, edit.span)).find(|other| collide(other.span, edit.span)) {
                return Err(Overlap(other.span, edit.span));
            }
            put(&mut added, edit);
        }
        added.into_iter().for_each(|edit| put(&mut self.edits, edit));
        Ok(())
    }

    /// Takes in an edit that goes behind whatever else is put in at the same place, now or later.
    ///
    /// # Errors
    /// As for [`EditSet::extend`].
    pub(crate) fn append(&mut self, edit: Edit) -> Result<(), Overlap> {
        if !edit.span.is_empty() {
            return self.extend([edit]);
        }
        if let Some(other) = near(&self.edits, edit.span).find(|other| collide(other.span, edit.span)) {
            return Err(Overlap(other.span, edit.span));
        }
        if !near(&self.behind, edit.span).any(|other| *other == edit) {
            put(&mut self.behind, edit);
        }
        Ok(())
    }

    /// Takes in all edits of another set of the same text, each in the place that it has there.
    ///
    /// # Errors
    /// As for [`EditSet::extend`].
    pub(crate) fn merge(&mut self, other: &EditSet) -> Result<(), Overlap> {
        self.extend(other.edits.iter().cloned())?;
        other.behind.iter().cloned().try_for_each(|edit| self.append(edit))
    }

    /// The edits, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Edit> {
        let (mut edits, mut behind) = (self.edits.iter().peekable(), self.behind.iter().peekable());
        std::iter::from_fn(move || match (edits.peek(), behind.peek()) {
            (Some(edit), Some(last)) if key(last.span) < key(edit.span) => behind.next(),
            (Some(_), _) => edits.next(),
            (None, _) => behind.next(),
        })
    }

    /// The text with all edits made. `text` must be the one that the offsets refer to.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + self.iter().map(|edit| edit.text.len()).sum::<usize>());
        let mut done = 0;
        for edit in self.iter() {
            out.push_str(Span::new(done, edit.span.start).of(text));
            out.push_str(&edit.text);
            done = edit.span.end;
        }
        out.push_str(&text[done..]);
        out
    }
}

/// The edits of a sorted, disjoint list that another one with that span could equal or overlap.
fn near(edits: &[Edit], span: Span) -> std::slice::Iter<'_, Edit> {
    let first = edits.partition_point(|other| key(other.span) < key(span));
    let end = edits.partition_point(|other| key(other.span) <= key(span));
    edits[first.saturating_sub(1)..(end + 1).min(edits.len())].iter()
}

/// Puts an edit in where its place is; behind others at the same place.
fn put(edits: &mut Vec<Edit>, edit: Edit) {
    let at = edits.partition_point(|other| key(other.span) <= key(edit.span));
    edits.insert(at, edit);
}

fn key(span: Span) -> (usize, usize) {
    (span.start, span.end)
}

/// Whether two spans want the same bytes. Disjoint spans may touch, and empty ones want no bytes.
fn collide(a: Span, b: Span) -> bool {
    (a == b && !a.is_empty()) || (a.start < b.end && b.start < a.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(edits: &[Edit]) -> Result<EditSet, Overlap> {
        let mut set = EditSet::default();
        set.extend(edits.iter().cloned()).map(|()| set)
    }

    #[test]
    fn edits_apply_in_the_order_of_the_text() {
        let edits = [Edit::insert(5, "!"), Edit::replace(Span::new(0, 1), "J"), Edit::delete(Span::new(3, 4))];
        assert_eq!(set(&edits).unwrap().apply("hello"), "Jelo!");
    }

    #[test]
    fn an_overlap_refuses_the_whole_extension() {
        let mut edits = set(&[Edit::delete(Span::new(1, 3))]).unwrap();
        let before = edits.clone();
        let clash = edits.extend([Edit::insert(0, "x"), Edit::delete(Span::new(2, 4))]);
        assert_eq!(clash, Err(Overlap(Span::new(1, 3), Span::new(2, 4))));
        assert_eq!(edits, before);
    }

    #[test]
    fn what_is_appended_goes_behind_what_is_there() {
        let mut edits = set(&[Edit::insert(2, "x")]).unwrap();
        edits.append(Edit::insert(2, "y")).unwrap();
        edits.append(Edit::insert(0, "z")).unwrap();
        edits.extend([Edit::insert(2, "X")]).unwrap();
        assert_eq!(edits.apply("abc"), "zabxXyc");
    }

    #[test]
    fn sets_of_one_text_become_one_in_which_what_is_appended_stays_behind() {
        let mut one = set(&[Edit::insert(3, "1")]).unwrap();
        one.append(Edit::insert(3, "end")).unwrap();
        let mut two = set(&[Edit::insert(3, "2"), Edit::delete(Span::new(0, 1))]).unwrap();
        two.append(Edit::insert(3, "end")).unwrap();
        one.merge(&two).unwrap();
        assert_eq!(one.apply("abc"), "bc12end");
        assert!(one.merge(&set(&[Edit::delete(Span::new(0, 2))]).unwrap()).is_err());
    }

    #[test]
    fn the_same_edit_twice_is_one_edit() {
        let edits = [Edit::insert(2, "x"), Edit::insert(2, "x")];
        assert_eq!(set(&edits).unwrap().apply("abc"), "abxc");
        assert!(set(&[Edit::delete(Span::new(1, 2)), Edit::replace(Span::new(1, 2), "y")]).is_err());
    }

    #[test]
    fn insertions_at_one_place_stand_in_the_order_in_which_they_came() {
        let edits = [Edit::insert(2, "x"), Edit::replace(Span::new(2, 3), "C"), Edit::insert(2, "y"), Edit::insert(1, "-")];
        assert_eq!(set(&edits).unwrap().apply("abc"), "a-bxyC");
    }
}
