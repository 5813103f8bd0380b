//! A value as the program in the container reads it, and where each piece of it is written.
//!
//! A value may come from several texts: a scalar of a Compose file, a default inside `${DB_HOST:-localhost}`, a line of
//! `.env` or of an env file. It is put together once, when it is loaded, and whoever wants to change a part of it asks
//! here where that stands. Clones share their text. How a value is put together is for `interpolation` and `env_file`
//! to say.

use crate::source::{Location, Span};
use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Where a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Bytes of the decoded value of a YAML scalar.
    Scalar {
        /// The content of the scalar node.
        node: Location,
        /// The bytes of its decoded value.
        span: Span,
    },
    /// These very bytes of a file.
    Bytes(Location),
    /// It is said here in other words, and cannot be edited as text.
    Said(Location),
}

impl Place {
    /// The place to show to a person.
    pub(crate) fn location(self) -> Location {
        match self {
            Self::Scalar { node, .. } | Self::Bytes(node) | Self::Said(node) => node,
        }
    }

    /// Whether the bytes of `other` lie in these.
    pub(crate) fn contains(self, other: Self) -> bool {
        match (self, other) {
            (Self::Scalar { node, span }, Self::Scalar { node: theirs, span: part }) => node == theirs && span.contains(part),
            (Self::Bytes(at), Self::Bytes(part)) => at.contains(part),
            _ => false,
        }
    }

    /// Where a range of the text at this place is written.
    pub(crate) fn part(self, range: &Range<usize>) -> Self {
        let within = |span: Span| Span::new((span.start + range.start).min(span.end), (span.start + range.end).min(span.end));
        match self {
            Self::Scalar { node, span } => Self::Scalar { node, span: within(span) },
            Self::Bytes(at) => Self::Bytes(Location { span: within(at.span), ..at }),
            Self::Said(at) => Self::Said(at),
        }
    }
}

/// A value and where it is written. It is the text that the program reads: variables without a value are empty.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mapped {
    text: Arc<str>,
    pieces: Pieces,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pieces {
    /// All of it is written at one place.
    One(Place),
    /// In order, without gaps; none for a text that is written nowhere.
    Many(Arc<[Piece]>),
}

/// A value of more pieces is not written by people; variables that are made of variables can grow to any number.
const MAX_PIECES: usize = 4096;

/// A part of a value that comes from one place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    range: Range<usize>,
    origin: Origin,
    /// Where each `${…}` is written that it came out of, outermost first.
    expressions: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// Byte for byte.
    Written(Place),
    /// It is written in other bytes, such as an escape.
    Other,
    /// The variable of this name has no value: the piece is empty.
    Unset(Arc<str>),
}

/// What to replace for a part of a value to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The text to replace.
    pub(crate) place: Place,
    /// Whether it is a variable that stands for the part, `${PORT}` or `${PORT:-5432}`, and not the part itself.
    pub(crate) variable: bool,
}

impl Mapped {
    /// A text that is written at one place as it is.
    pub(crate) fn whole(text: impl Into<Arc<str>>, place: Place) -> Self {
        Self { text: text.into(), pieces: Pieces::One(place) }
    }

    /// The value.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The variables that were needed and have neither a value nor a default, in order of appearance.
    pub(crate) fn unset(&self) -> impl Iterator<Item = &str> {
        self.pieces().iter().filter_map(|piece| if let Origin::Unset(name) = &piece.origin { Some(&**name) } else { None })
    }

    /// The value, to be kept by others too.
    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Whether every variable in it has a value.
    pub(crate) fn is_known(&self) -> bool {
        self.unset().next().is_none()
    }

    /// The value with each variable that has none as `${NAME}`, so that what is not known is still seen to be something.
    pub(crate) fn with_unset(&self) -> Cow<'_, Self> {
        if self.is_known() {
            return Cow::Borrowed(self);
        }
        let mut building = Building::default();
        for piece in self.pieces() {
            match &piece.origin {
                Origin::Unset(name) => building.other(&format!("${{{name}}}"), &piece.expressions),
                _ => building.part(self, &piece.range, &[]),
            }
        }
        Cow::Owned(building.finish())
    }

    /// Where a range of the value is written byte for byte; none when it is put together from several texts, or is
    /// written in other bytes.
    pub(crate) fn place(&self, range: &Range<usize>) -> Option<Place> {
        let place = match &self.pieces {
            Pieces::One(place) => place.part(range),
            Pieces::Many(pieces) => {
                let piece = pieces.get(pieces.partition_point(|piece| piece.range.end < range.end))?;
                let Origin::Written(place) = &piece.origin else { return None };
                if range.start < piece.range.start {
                    return None;
                }
                place.part(&(range.start - piece.range.start..range.end - piece.range.start))
            }
        };
        (!matches!(place, Place::Said(_))).then_some(place)
    }

    /// What to replace for a range of the value to change: the outermost variable that stands for it, or else its bytes.
    pub(crate) fn slot(&self, range: &Range<usize>) -> Option<Slot> {
        let first = self.pieces().get(self.pieces().partition_point(|piece| piece.range.end <= range.start));
        let expressions = first.into_iter().flat_map(|piece| &piece.expressions);
        let whole = expressions.into_iter().find(|expression| self.range_of(expression) == *range);
        match whole {
            Some(place) => Some(Slot { place: *place, variable: true }),
            None => self.place(range).map(|place| Slot { place, variable: false }),
        }
    }

    /// Every place that a piece of the value is written at.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        let one = match &self.pieces {
            Pieces::One(place) => Some(*place),
            Pieces::Many(_) => None,
        };
        let written = self.pieces().iter().filter_map(|piece| match piece.origin {
            Origin::Written(place) => Some(place),
            _ => None,
        });
        one.into_iter().chain(written)
    }

    /// The value from byte `at` on.
    pub(crate) fn from(&self, at: usize) -> Self {
        let mut building = Building::default();
        building.part(self, &(at..self.text.len()), &[]);
        building.finish()
    }

    /// The pieces of a value that is put together.
    fn pieces(&self) -> &[Piece] {
        match &self.pieces {
            Pieces::One(_) => &[],
            Pieces::Many(pieces) => pieces,
        }
    }

    /// The bytes of the value that came out of an expression.
    fn range_of(&self, expression: &Place) -> Range<usize> {
        let mut within = self.pieces().iter().filter(|piece| piece.expressions.contains(expression)).map(|piece| &piece.range);
        let first = within.next().cloned().unwrap_or_default();
        first.start..within.next_back().map_or(first.end, |last| last.end)
    }
}

impl Deref for Mapped {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// A text that is written nowhere.
impl From<&str> for Mapped {
    fn from(text: &str) -> Self {
        Self { text: text.into(), pieces: Pieces::Many(Arc::new([])) }
    }
}

/// A text that is written nowhere.
impl From<String> for Mapped {
    fn from(text: String) -> Self {
        Self { text: text.into(), pieces: Pieces::Many(Arc::new([])) }
    }
}

/// A value in the making.
#[derive(Debug, Default)]
pub(crate) struct Building {
    text: String,
    pieces: Vec<Piece>,
}

impl Building {
    /// Adds a range of another value, which came out of the expressions at `within`, outermost first.
    pub(crate) fn part(&mut self, of: &Mapped, range: &Range<usize>, within: &[Place]) {
        let start = self.text.len();
        self.text.push_str(&of.text[range.clone()]);
        match &of.pieces {
            Pieces::One(place) => {
                let origin = Origin::Written(place.part(range));
                self.pieces.push(Piece { range: start..self.text.len(), origin, expressions: within.to_vec() });
            }
            Pieces::Many(pieces) if pieces.is_empty() => self.piece(start, Origin::Other, within),
            Pieces::Many(pieces) => {
                for piece in pieces.iter().filter(|piece| piece.range.start <= range.end && range.start <= piece.range.end) {
                    let cut = piece.range.start.max(range.start)..piece.range.end.min(range.end);
                    // What only touches the range at an end is part of it when it is empty by itself.
                    if cut.is_empty() && !piece.range.is_empty() {
                        continue;
                    }
                    let inner = cut.start - piece.range.start..cut.end - piece.range.start;
                    let origin = match &piece.origin {
                        Origin::Written(place) => Origin::Written(place.part(&inner)),
                        other => other.clone(),
                    };
                    let range = start + cut.start - range.start..start + cut.end - range.start;
                    self.pieces.push(Piece { range, origin, expressions: [within, &piece.expressions].concat() });
                }
            }
        }
    }

    /// Adds a text that is written in other bytes.
    pub(crate) fn other(&mut self, text: &str, within: &[Place]) {
        let start = self.text.len();
        self.text.push_str(text);
        self.piece(start, Origin::Other, within);
    }

    /// Adds nothing, for a variable that has no value.
    pub(crate) fn unset(&mut self, name: &str, within: &[Place]) {
        self.piece(self.text.len(), Origin::Unset(name.into()), within);
    }

    /// The value.
    pub(crate) fn finish(mut self) -> Mapped {
        if self.pieces.len() > MAX_PIECES {
            self.forget();
        }
        let only = match self.pieces.as_slice() {
            [Piece { origin: Origin::Written(place), expressions, .. }] if expressions.is_empty() => Some(*place),
            _ => None,
        };
        Mapped { text: self.text.into(), pieces: only.map_or_else(|| Pieces::Many(self.pieces.into()), Pieces::One) }
    }

    /// Gives up the places of all pieces; that a variable has no value is not forgotten.
    fn forget(&mut self) {
        let unset = std::mem::take(&mut self.pieces).into_iter().find(|piece| matches!(piece.origin, Origin::Unset(_)));
        let at = unset.as_ref().map_or(self.text.len(), |piece| piece.range.start);
        let other = |range: Range<usize>| Piece { range, origin: Origin::Other, expressions: Vec::new() };
        self.pieces.push(other(0..at));
        self.pieces.extend(unset);
        self.pieces.push(other(at..self.text.len()));
    }

    fn piece(&mut self, start: usize, origin: Origin, within: &[Place]) {
        self.pieces.push(Piece { range: start..self.text.len(), origin, expressions: within.to_vec() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// A text at the start of a file of its own.
    fn written(text: &str) -> Mapped {
        let sources = Sources::default();
        let file = sources.add("a", text);
        Mapped::whole(text, Place::Bytes(sources.get(file).location(Span::new(0, text.len()))))
    }

    fn span(place: Option<Place>) -> Option<Span> {
        place.map(|place| place.location().span)
    }

    #[test]
    fn a_part_is_written_where_the_whole_is() {
        let text = written("redis://localhost:6379");
        assert_eq!(span(text.place(&(8..17))), Some(Span::new(8, 17)));
        assert_eq!(span(text.from(8).place(&(0..9))), Some(Span::new(8, 17)));
        assert_eq!(text.from(8).as_str(), "localhost:6379");
        assert!(text.place(&(8..17)).is_some_and(|part| text.places().any(|whole| whole.contains(part))));
    }

    #[test]
    fn a_value_of_several_texts_is_written_nowhere_as_a_whole() {
        let mut building = Building::default();
        building.part(&written("local"), &(0..5), &[]);
        building.other("\n", &[]);
        building.part(&written("host"), &(1..4), &[]);
        let value = building.finish();
        assert_eq!(value.as_str(), "local\nost");
        assert_eq!((span(value.place(&(0..5))), span(value.place(&(6..9)))), (Some(Span::new(0, 5)), Some(Span::new(1, 4))));
        assert_eq!((value.place(&(0..6)), value.place(&(5..6))), (None, None));
    }

    #[test]
    fn what_is_said_in_other_words_cannot_be_edited() {
        let at = written("a: b").places().next().unwrap().location();
        let value = Mapped::whole("a=b", Place::Said(at));
        assert_eq!((value.place(&(0..1)), value.slot(&(0..1))), (None, None));
    }

    #[test]
    fn a_value_of_endless_pieces_is_written_nowhere() {
        let mut value = written("x");
        for _ in 0..16 {
            let mut building = Building::default();
            building.part(&value, &(0..value.len()), &[]);
            building.unset("PORT", &[]);
            building.part(&value, &(0..value.len()), &[]);
            value = building.finish();
        }
        assert_eq!((value.len(), value.is_known(), value.place(&(0..1))), (1 << 16, false, None));
        assert!(value.pieces().len() <= MAX_PIECES);
        assert!(value.with_unset().contains("${PORT}"));
    }

    #[test]
    fn a_variable_without_a_value_is_empty_and_seen() {
        let mut building = Building::default();
        building.part(&written("x:"), &(0..2), &[]);
        building.unset("PORT", &[]);
        let value = building.finish();
        assert_eq!((value.as_str(), value.with_unset().as_str(), value.is_known()), ("x:", "x:${PORT}", false));
        assert_eq!(value.from(2).unset().collect::<Vec<_>>(), ["PORT"]);
        assert_eq!(span(value.with_unset().place(&(0..1))), Some(Span::new(0, 1)));
    }
}
