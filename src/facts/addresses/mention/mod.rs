//! Mentions of the host's own address in a text: `localhost:5432`, `redis://127.0.0.1/0`, `Server=localhost;Port=5433`.
//!
//! Under host networking such an address reaches a neighbour; on a network of its own it reaches only the container
//! itself. [`mentions`] finds them, with the bytes to rewrite. It reads raw Compose text as well as interpolated text:
//! a host inside `${DB_HOST:-localhost}` is found and a port such as `${PORT:-5432}` is reported as text. Whom an address
//! belongs to, and host and port in two settings or two words, are for others to say.

mod address;
mod behind;
mod finder;
mod in_front;

pub(crate) use address::{Form, LocalHost, Mention, Port};
pub(crate) use finder::{is_in, lan_mentions, mentions};
