//! What is the matter with the files of a project, and with the edits of them.

pub(crate) mod internal;
pub(crate) mod not_accepted;
pub(crate) mod not_compose;
pub(crate) mod rejected;
pub(crate) mod syntax;
pub(crate) mod unused_directive;
