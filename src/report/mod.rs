//! Formats, which turn what a run found out into bytes: one file a format, one table of all ([`FORMATS`]).
//!
//! A format reads the report and nothing else: no file is opened and nothing is decided here, so that all formats tell the
//! same story.

pub(crate) mod diff;
pub(crate) mod json;
pub(crate) mod page;
mod proof;
mod shown;
pub(crate) mod text;

use crate::options::Format;

/// Every format, in the order in which a person should read their names.
pub(crate) static FORMATS: &[&Format] = &[&diff::FORMAT, &text::FORMAT, &json::FORMAT];
