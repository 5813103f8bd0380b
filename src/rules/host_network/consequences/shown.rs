//! Ports as warnings show them.

use crate::port::{Port, Protocol};

/// `:3000, :53/udp`
pub(super) fn shown(ports: &[Port]) -> String {
    let one = |port: &Port| match port.protocol {
        Protocol::Tcp => format!(":{}", port.number),
        protocol => format!(":{}/{protocol}", port.number),
    };
    ports.iter().map(one).collect::<Vec<_>>().join(", ")
}
