//! What the user asked of the program: where to look, what to do with the changes, how to report.
//!
//! The words of the command line are parsed and checked in `cli`; here they are plain values. What the migration itself is
//! told stands in [`Settings`], which the library takes too.

use crate::check::Report;
use crate::diagnostic::Rule;
use crate::project::Input;
use crate::settings::Settings;
use std::io::{self, Write};
use std::path::PathBuf;

/// What to do, with what.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    /// Where projects come from, in the order in which they were named.
    pub(crate) inputs: Vec<Input>,
    /// What to do with the changes.
    pub(crate) mode: Mode,
    /// What goes to standard output, if anything.
    pub(crate) format: Option<&'static Format>,
    /// Whether the exit status says that something would change or is left.
    pub(crate) check: bool,
    /// What the migration itself is told.
    pub(crate) settings: Settings,
    /// Read instead of the `.env` of each project.
    pub(crate) env_file: Option<PathBuf>,
    /// Whether the local engine is asked.
    pub(crate) engine: bool,
    /// When to colour.
    pub(crate) color: Color,
    /// How much to say.
    pub(crate) verbosity: Verbosity,
    /// What to explain, beside the verdicts themselves.
    pub(crate) explain: Explain,
}

/// A form in which a run is told.
#[derive(Debug)]
pub(crate) struct Format {
    /// Its name, as the command line takes it.
    pub(crate) name: &'static str,
    /// What it is, in a line.
    pub(crate) summary: &'static str,
    /// Writes what a run found out.
    ///
    /// # Errors
    /// Those of the stream.
    pub(crate) write: fn(&Report, Manner, &mut dyn Write) -> io::Result<()>,
}

/// How a run is told, in whatever form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner<'a> {
    /// What the user asked for.
    pub(crate) options: &'a Options,
    /// Whether the stream takes colours.
    pub(crate) color: bool,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Explain {
    /// Nothing.
    Nothing,
    /// The rules behind the verdicts, in full.
    Reasons,
    /// One rule, and nothing else is done.
    Rule(&'static Rule),
    /// Which rules there are, and nothing else is done.
    AllRules,
}

/// What to do with the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Say what would change.
    Preview,
    /// Make the changes.
    Write,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    /// On a terminal, unless the environment says otherwise (`NO_COLOR`, `CLICOLOR_FORCE`).
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet,
    /// What a person needs after one look.
    Normal,
    /// All evidence.
    Verbose,
}

impl Default for Options {
    /// A preview of the projects in the current directory, on standard error only.
    fn default() -> Self {
        Self {
            inputs: vec![Input::Path(PathBuf::from("."))],
            mode: Mode::Preview,
            format: None,
            check: false,
            settings: Settings::default(),
            env_file: None,
            engine: false,
            color: Color::Auto,
            verbosity: Verbosity::Normal,
            explain: Explain::Nothing,
        }
    }
}
