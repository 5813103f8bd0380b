//! Changes of a tree as edits of its text.
//!
//! Every function here answers with replacements of bytes, or refuses; nothing is printed from the tree, so what is
//! not named by an edit stays as it is. New text follows the [`Style`](super::Style) of the file. Comments are
//! looked up by line, which is safe because it is only done between spans. Whoever applies the edits parses the result
//! again: that is not done here.

mod insert;
mod lines;
mod new;
mod place;
mod remove;
mod replace;
mod set;

use crate::source::Span;
use std::fmt;

pub(crate) use insert::{append, insert};
pub(crate) use new::{NewEntry, NewValue};
pub(crate) use remove::{Comments, remove};
pub(crate) use replace::replace_entry;
pub(crate) use set::{Replacement, replace_scalar};

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The reason: lower case, no full stop.
    pub(crate) message: String,
    /// What stands in the way.
    pub(crate) span: Span,
}

impl Refusal {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
