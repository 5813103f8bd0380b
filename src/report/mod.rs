//! Reports: what a run found out, and the formats that turn it into bytes.
//!
//! A format reads the [`Report`] and nothing else: no file is opened and nothing is decided here, so that all formats
//! tell the same story.

pub(crate) mod diff;
pub(crate) mod page;
pub(crate) mod text;

pub(crate) use crate::check::{ProjectReport, Report};
