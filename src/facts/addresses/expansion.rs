//! A text as the program in the container reads it, with the way back to the bytes that can be edited.
//!
//! Addresses are looked for in the resolved text, because host and port may come from different places: the text itself,
//! a default inside `${DB_HOST:-localhost}`, a line of `.env`. A variable without a value stays as `${NAME}`, so that an
//! unknown port is still seen to be one.

use crate::compose::Project;
use crate::compose::tree::{Place, Text};
use crate::formats::interpolation::{self, Interpolated, PieceKind};
use std::ops::Range;

/// A resolved text.
pub(super) struct Expansion<'a> {
    /// What the program reads.
    pub(super) value: String,
    project: &'a Project<'a>,
    text: &'a Text,
    done: Interpolated,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(project: &'a Project<'a>, text: &'a Text) -> Self {
        let literal = || Interpolated {
            value: text.raw.clone(),
            missing: Vec::new(),
            pieces: vec![interpolation::Piece {
                raw: 0..text.raw.len(),
                value: 0..text.raw.len(),
                kind: PieceKind::Literal,
                inside: Vec::new(),
            }],
        };
        let mut env = project.env.clone();
        let first = interpolation::interpolate(&text.raw, &env);
        for name in first.iter().flat_map(|done| &done.missing) {
            env.insert(name.clone(), format!("${{{name}}}"));
        }
        let done = interpolation::interpolate(&text.raw, &env).unwrap_or_else(|_| literal());
        Self { value: done.value.clone(), project, text, done }
    }

    /// The text and the bytes in it that spell a range of the value; none when it is put together from several.
    pub(super) fn source(&self, range: &Range<usize>) -> Option<(Text, Range<usize>)> {
        let piece = self.done.pieces.iter().find(|piece| piece.value.start <= range.start && range.end <= piece.value.end)?;
        let from = range.start - piece.value.start;
        match &piece.kind {
            PieceKind::Literal => {
                let start = piece.raw.start + from;
                Some((self.text.clone(), start..start + range.len()))
            }
            PieceKind::Variable(name) => {
                let at = *self.project.env_places.get(name)?;
                let raw = self.project.sources().text(at);
                let text = Text { raw: raw.to_owned(), value: raw.to_owned(), missing: Vec::new(), place: Place::Bytes(at), plain: false };
                (raw == &self.value[piece.value.clone()]).then_some((text, from..from + range.len()))
            }
            PieceKind::Escape => None,
        }
    }

    /// The bytes to replace for a range of the value to change, and whether they are a variable: the digits of a port,
    /// or all of the `${PORT:-5432}` that stands for it.
    pub(super) fn written(&self, range: &Range<usize>) -> Option<(Text, Range<usize>, bool)> {
        let piece = self.done.pieces.iter().find(|piece| piece.value.start <= range.start && range.end <= piece.value.end)?;
        let whole = |expression: &&Range<usize>| self.value_of(expression) == *range;
        if let Some(expression) = piece.inside.iter().find(whole) {
            return Some((self.text.clone(), expression.clone(), true));
        }
        match &piece.kind {
            PieceKind::Variable(_) => (piece.value == *range).then(|| (self.text.clone(), piece.raw.clone(), true)),
            _ => self.source(range).map(|(text, range)| (text, range, false)),
        }
    }

    fn value_of(&self, expression: &Range<usize>) -> Range<usize> {
        let within = || self.done.pieces.iter().filter(|piece| piece.inside.contains(expression)).map(|piece| &piece.value);
        let start = within().map(|value| value.start).min().unwrap_or_default();
        start..within().map(|value| value.end).max().unwrap_or_default()
    }
}
