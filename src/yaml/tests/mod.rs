//! The YAML editor against tables of cases, and against what must hold for every text.

mod cases;
mod edits;
mod properties;
mod suite;
