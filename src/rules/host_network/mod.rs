//! Whether and how a service leaves host networking: a folder for each obligation that has to be met, and one for what behaves
//! differently afterwards.

pub(crate) mod binds;
pub(crate) mod consequences;
pub(crate) mod dialled;
pub(crate) mod dials;
pub(crate) mod edit;
pub(crate) mod listens;
pub(crate) mod purpose;
