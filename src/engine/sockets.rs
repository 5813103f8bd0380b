//! The sockets of running containers.
//!
//! `ss` names the cgroup of every socket to any user, and the cgroup's name holds the container's id. That tells apart the
//! containers on host networking, which all share one table of sockets. A container with a network of its own has a
//! table of its own, which the kernel shows to everyone who knows one of its processes.

use super::docker::ContainerRecord;
use crate::facts::running::Listener;
use crate::port::{Port, Protocol};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::process::Command;

/// The listeners of containers in the network namespace of this process, by the container's id.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    by_container: BTreeMap<String, Vec<Listener>>,
    /// Whether they could be seen.
    visible: bool,
}

/// An unconnected UDP socket at such a port waits for the answer to a question, not for clients.
const EPHEMERAL: RangeInclusive<u16> = 32768..=60999;
/// The length of a container's id.
const ID_LENGTH: usize = 64;

impl Sockets {
    /// What a container on host networking listens on.
    pub(super) fn of_container(&self, id: &str) -> Option<Vec<Listener>> {
        self.visible.then(|| self.by_container.get(id).cloned().unwrap_or_default())
    }
}

/// Reads the sockets of the containers on host networking.
///
/// # Errors
/// Why they cannot be told apart.
pub(super) fn read(records: &[ContainerRecord]) -> Result<Sockets, String> {
    if !records.iter().any(runs_here) {
        return Err("the engine runs in a virtual machine or beside this container".to_owned());
    }
    let output = Command::new("ss").arg("-Hltune").output().map_err(|_| "there is no `ss` here (package iproute2)".to_owned())?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !said.contains(" cgroup:") {
        return Err("`ss` does not name their cgroups".to_owned());
    }
    Ok(parse(&said))
}

/// The listeners in a container's own network namespace.
pub(super) fn of_namespace(record: &ContainerRecord) -> Option<Vec<Listener>> {
    if !runs_here(record) { None } else { namespace(record.state.pid) }
}

/// Reads what `ss -Hltune` prints.
fn parse(said: &str) -> Sockets {
    let mut by_container: BTreeMap<String, Vec<Listener>> = BTreeMap::new();
    for line in said.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let container = words.iter().find_map(|word| word.strip_prefix("cgroup:")).and_then(container_id);
        let listener = words.first().zip(words.get(4)).and_then(|(protocol, local)| listener(protocol, local));
        if let (Some(container), Some(listener)) = (container, listener) {
            by_container.entry(container.to_owned()).or_default().push(listener);
        }
    }
    for listeners in by_container.values_mut() {
        // One port, several sockets: workers that share it.
        listeners.sort();
        listeners.dedup();
    }
    Sockets { by_container, visible: true }
}

/// The id in `/docker/ID` or `/system.slice/docker-ID.scope`, also when the container has cgroups of its own below.
fn container_id(cgroup: &str) -> Option<&str> {
    let words = cgroup.split(|char: char| !char.is_ascii_alphanumeric());
    words.into_iter().find(|word| word.len() == ID_LENGTH && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn listener(protocol: &str, local: &str) -> Option<Listener> {
    let (address, number) = local.rsplit_once(':')?;
    let port = Port { number: number.parse().ok()?, protocol: Protocol::parse(protocol).ok()? };
    let address = address.split('%').next().unwrap_or_default().trim_matches(['[', ']']);
    let address = if address == "*" { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { address.parse().ok()? };
    serves(port).then(|| Listener { port, address: address.to_canonical() })
}

fn serves(port: Port) -> bool {
    port.protocol != Protocol::Udp || !EPHEMERAL.contains(&port.number)
}

/// Whether the container's processes are processes of this machine: the numbers that an engine in a virtual machine tells
/// are those of others here.
#[cfg(target_os = "linux")]
fn runs_here(record: &ContainerRecord) -> bool {
    let cgroups = procfs::process::Process::new(record.state.pid).and_then(|process| process.cgroups());
    cgroups.is_ok_and(|cgroups| cgroups.0.iter().any(|cgroup| cgroup.pathname.contains(&record.id)))
}

#[cfg(not(target_os = "linux"))]
fn runs_here(_: &ContainerRecord) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn namespace(pid: i32) -> Option<Vec<Listener>> {
    use procfs::net::{TcpState, UdpState};
    let process = procfs::process::Process::new(pid).ok()?;
    let tcp = process.tcp().ok()?.into_iter().chain(process.tcp6().unwrap_or_default());
    let udp = process.udp().ok()?.into_iter().chain(process.udp6().unwrap_or_default());
    let tcp =
        tcp.filter(|entry| entry.state == TcpState::Listen).map(|entry| (Port::tcp(entry.local_address.port()), entry.local_address.ip()));
    let udp =
        udp.filter(|entry| entry.state == UdpState::Close).map(|entry| (Port::udp(entry.local_address.port()), entry.local_address.ip()));
    let all = tcp.chain(udp).map(|(port, address)| Listener { port, address: address.to_canonical() });
    let mut found: Vec<Listener> = all.filter(|listener| serves(listener.port) && !is_resolver(listener.address)).collect();
    found.sort();
    found.dedup();
    Some(found)
}

#[cfg(not(target_os = "linux"))]
fn namespace(_: i32) -> Option<Vec<Listener>> {
    None
}

/// Docker's own name server, which it puts into every network namespace that it makes.
#[cfg(target_os = "linux")]
fn is_resolver(address: IpAddr) -> bool {
    address == IpAddr::from([127, 0, 0, 11])
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "98ec09da34bbb6ef213c020d16e871ec042f3ee7a0f4412e78fae23799f095f0";
    const B: &str = "0080c1da8ad2b9282fa9590ab039a5b844db913dd483d1b725e41d21c38eb167";

    fn said() -> String {
        format!(
            "udp UNCONN 0 0   0.0.0.0:5300  0.0.0.0:* ino:1 sk:1 cgroup:/docker/{A} <->\n\
             udp UNCONN 0 0   0.0.0.0:45555 0.0.0.0:* ino:2 sk:2 cgroup:/docker/{A} <->\n\
             tcp LISTEN 0 32  0.0.0.0:5300  0.0.0.0:* ino:3 sk:3 cgroup:/docker/{A} <->\n\
             tcp LISTEN 0 32  0.0.0.0:5300  0.0.0.0:* ino:4 sk:4 cgroup:/docker/{A} <->\n\
             tcp LISTEN 0 32  [::]:5300     [::]:*    uid:33 ino:5 sk:5 cgroup:/docker/{A}/init v6only:1 <->\n\
             tcp LISTEN 0 5   127.0.0.1:8070 0.0.0.0:* ino:6 sk:6 cgroup:/system.slice/docker-{B}.scope <->\n\
             tcp LISTEN 0 5   [::ffff:127.0.0.1]:8071 *:* ino:7 sk:7 cgroup:/system.slice/docker-{B}.scope <->\n\
             tcp LISTEN 0 5   *:8072        *:*       ino:8 sk:8 cgroup:/system.slice/docker-{B}.scope v6only:0 <->\n\
             tcp LISTEN 0 5   127.0.0.53%lo:53 0.0.0.0:* ino:9 sk:9 cgroup:/system.slice/systemd-resolved.service <->\n"
        )
    }

    fn shown(sockets: &Sockets, id: &str) -> Vec<String> {
        let listeners = sockets.of_container(id).unwrap();
        listeners.iter().map(|listener| format!("{} {} {}", listener.port, listener.address, listener.is_open())).collect()
    }

    #[test]
    fn sockets_are_told_apart_by_the_container_in_their_cgroup() {
        let sockets = parse(&said());
        assert_eq!(shown(&sockets, A), ["5300/tcp 0.0.0.0 true", "5300/tcp :: true", "5300/udp 0.0.0.0 true"]);
        assert_eq!(shown(&sockets, B), ["8070/tcp 127.0.0.1 false", "8071/tcp 127.0.0.1 false", "8072/tcp :: true"]);
        assert_eq!(sockets.by_container.len(), 2);
    }

    #[test]
    fn a_container_that_listens_on_nothing_differs_from_one_that_cannot_be_seen() {
        assert_eq!(parse("").of_container(A), Some(Vec::new()));
        assert_eq!(Sockets::default().of_container(A), None);
    }

    #[test]
    fn lines_of_another_shape_are_passed_over() {
        assert!(parse("tcp LISTEN\n\nnothing at all here cgroup:/docker/short\n").by_container.is_empty());
    }
}
