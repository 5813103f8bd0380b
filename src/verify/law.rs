//! What must be true of every edit, and what is said when it is not.

use std::fmt;

/// What must be true of every edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Law {
    /// Fixes agree about every byte, and every byte outside of their edits stays.
    Bytes,
    /// The result is YAML.
    Syntax,
    /// In every file, the values differ as announced and not otherwise.
    Values,
    /// Every comment stays, and no other appears.
    Comments,
    /// What Compose accepted before, it accepts afterwards.
    Acceptance,
    /// The loaded project differs as announced and not otherwise.
    Model,
    /// The host publishes what it published, and what was announced, on no other address than was asked for.
    Published,
    /// There is nothing left to do for a second run.
    Idempotence,
}

/// A law that edits would break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The law.
    pub(crate) law: Law,
    /// What was found.
    pub(crate) detail: String,
}

impl Violation {
    pub(crate) fn new(law: Law, detail: impl Into<String>) -> Self {
        Self { law, detail: detail.into() }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes",
            Self::Syntax => "syntax",
            Self::Values => "values",
            Self::Comments => "comments",
            Self::Acceptance => "acceptance",
            Self::Model => "model",
            Self::Published => "published ports",
            Self::Idempotence => "second run",
        })
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.detail)
    }
}

impl std::error::Error for Violation {}
