//! Who else reads a line of `.env`.
//!
//! A line may be put into keys whose meaning is not known here, such as `ports` or `volumes`; an address in it must not be
//! rewritten then. Keys whose addresses are references of their own are compared reference by reference elsewhere.

use crate::compose::Project;
use crate::compose::tree::{Data, Value};
use crate::formats::mapped::Place;

/// The places in `.env` that are put into keys of services, with the first key each.
#[derive(Debug, Default)]
pub(super) struct Readers(Vec<(Place, String)>);

/// Keys whose addresses are references of their own.
const READ: [&str; 4] = ["environment", "command", "entrypoint", "healthcheck"];

impl Readers {
    pub(super) fn new(project: &Project<'_>) -> Self {
        let mut readers = Self::default();
        let fields = project.services.iter().flat_map(|service| service.value.fields());
        for field in fields.filter(|field| !READ.contains(&field.key.as_str())) {
            readers.note(project, &field.key, &field.value);
        }
        readers
    }

    /// The key that what stands at `place` is put into.
    pub(super) fn of(&self, place: Place) -> Option<&str> {
        self.0.iter().find(|(read, _)| read.contains(place)).map(|(_, key)| key.as_str())
    }

    fn note(&mut self, project: &Project<'_>, key: &str, value: &Value) {
        match &value.data {
            Data::Scalar(text) => {
                let in_env = text.value.places().filter(|place| project.input.env == Some(place.location().file));
                for place in in_env {
                    if self.of(place).is_none() {
                        self.0.push((place, key.to_owned()));
                    }
                }
            }
            Data::Map(fields) => fields.iter().for_each(|field| self.note(project, key, &field.value)),
            Data::List(items) => items.iter().for_each(|item| self.note(project, key, item)),
            Data::Null => {}
        }
    }
}
