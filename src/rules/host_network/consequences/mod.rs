//! What behaves differently after the migration. These rules decide nothing: they speak of services that leave.

pub(crate) mod address_left;
pub(crate) mod dead_port;
pub(crate) mod lan_loses;
pub(crate) mod own_loopback;
pub(crate) mod published;
mod shown;

use shown::shown;
