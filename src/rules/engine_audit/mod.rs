//! After a migration: do mappings and listeners meet?
//!
//! A mapping that nobody listens behind accepts connections and resets them, so that only who looks at the sockets of the
//! running containers notices. Only containers that are what the files say now are judged.

pub(crate) mod silent_mapping;
pub(crate) mod unmapped_listener;
