//! Taking one service off host networking that it extends from another, which stays.
//!
//! `!reset` in the extending service takes a key out of what it extends (it would not take one out of a merge), and
//! `!override` keeps the ports of the extended service from being added to its own.

use super::draft::{Draft, Refused};
use crate::compose::Service;
use crate::compose::tree::Field;
use crate::yaml::change::{NewEntry, NewValue};

/// Ends the inheritance of host networking in `service`, and puts `entries` there.
pub(super) fn leave(draft: &mut Draft<'_>, service: &Service, said: &Field, entries: Vec<NewEntry>) -> Result<(), Refused> {
    let reset = NewEntry::new(said.key.clone(), NewValue::Tagged("!reset", Box::new(NewValue::Raw("null".to_owned()))));
    let entries = match said.key.as_str() {
        "network_mode" => [vec![reset], entries].concat(),
        // The swarm's spelling: the list of networks itself is replaced.
        _ => entries.into_iter().map(|entry| if entry.key == "networks" { overriding(entry) } else { entry }).collect(),
    };
    let own = said.places().iter().find(|place| !place.is_inherited());
    match own {
        Some(place) => draft.put(place.entry, &entries),
        None => draft.insert(service, &entries),
    }
}

/// The entry with a list that takes the place of the one that is extended.
pub(super) fn overriding(entry: NewEntry) -> NewEntry {
    NewEntry { value: NewValue::Tagged("!override", Box::new(entry.value)), ..entry }
}
