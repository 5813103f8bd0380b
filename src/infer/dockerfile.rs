//! `EXPOSE` of the Dockerfile that `build` names.
//!
//! An image that several services are built from says nothing about one of them when its command makes it a worker;
//! `silence` sees to that.

use super::{Evidence, Subject};

pub(super) const NAME: &str = "dockerfile";

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    let Some((file, stage)) = &subject.stage else { return Vec::new() };
    let exposed = stage.expose.iter();
    exposed
        .map(|(port, span)| {
            let at = crate::source::Location { file: *file, span: *span };
            Evidence::strong(NAME, *port, at, format!("the Dockerfile says `EXPOSE {port}`"))
        })
        .collect()
}
