//! Talks to servers in their own protocols, from this machine and from the one next door.
//!
//! A connection says nothing: Docker's proxy accepts for servers that are not there. Only what is answered counts.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

/// The network namespace of the machine next door, as `.ci/engine` makes it.
const NEXT_DOOR: &str = "/run/netns/cf-outside";
/// The addresses under which the machine next door sees this one.
const LAN: [&str; 2] = ["10.98.0.1", "[fd98::1]"];

/// What is said to a server, and what it has to answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Talk {
    /// `GET` of a path, and a part of the page.
    Http(&'static str, &'static str),
    /// `PING`.
    Redis,
    /// The first message of a session: the server asks for a password.
    Postgres,
    /// `CONNECT`: the broker accepts the session.
    Mqtt,
    /// The protocol's name: the broker begins the session.
    Amqp,
    /// A question for the address of a name that the server was told.
    Dns,
}

/// From where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// This machine, by its loopback address.
    Loopback,
    /// The machine next door, by either address of this one.
    NextDoor,
}

/// What came of talking to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The right one.
    Right,
    /// Bytes, but not those that were hoped for.
    Wrong(String),
    /// Not a byte.
    Silence(String),
}

/// What the server at `port` answers. A wrong answer or none is tolerated until `patience` ends.
pub(crate) fn answer(talk: Talk, port: u16, from: Side, patience: Duration) -> Answer {
    match from {
        Side::Loopback => patiently(talk, &[format!("127.0.0.1:{port}")], patience),
        Side::NextDoor => next_door(move || patiently(talk, &LAN.map(|address| format!("{address}:{port}")), patience)),
    }
}

/// Runs `work` in a thread of its own that has left for the other namespace.
fn next_door(work: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    let thread = thread::spawn(move || {
        let namespace = File::open(NEXT_DOOR).unwrap();
        rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(rustix::thread::LinkNameSpaceType::Network)).unwrap();
        work()
    });
    thread.join().unwrap()
}

/// Asks at all addresses until one answers.
fn patiently(talk: Talk, addresses: &[String], patience: Duration) -> Answer {
    let end = Instant::now() + patience;
    loop {
        let (mut wrong, mut failures) = (Vec::new(), Vec::new());
        for address in addresses {
            match ask(talk, address.parse().unwrap()) {
                Ok(answer) if is_right(talk, &answer) => return Answer::Right,
                Ok(answer) if answer.is_empty() => failures.push(format!("{address}: closed")),
                Ok(answer) => wrong.push(format!("{address}: {:?}", String::from_utf8_lossy(&answer))),
                Err(error) => failures.push(format!("{address}: {error}")),
            }
        }
        if Instant::now() >= end {
            return if wrong.is_empty() { Answer::Silence(failures.join(", ")) } else { Answer::Wrong(wrong.join(", ")) };
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// What is said.
fn question(talk: Talk) -> Vec<u8> {
    match talk {
        Talk::Http(path, _) => format!("GET {path} HTTP/1.0\r\nHost: shop.test\r\n\r\n").into_bytes(),
        Talk::Redis => b"PING\r\n".to_vec(),
        Talk::Postgres => [&[0, 0, 0, 23, 0, 3, 0, 0][..], b"user\0postgres\0\0"].concat(),
        Talk::Mqtt => b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05probe".to_vec(),
        Talk::Amqp => b"AMQP\x00\x00\x09\x01".to_vec(),
        Talk::Dns => b"\x0c\xf1\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04shop\x04test\x00\x00\x01\x00\x01".to_vec(),
    }
}

fn is_right(talk: Talk, answer: &[u8]) -> bool {
    match talk {
        Talk::Http(_, part) => String::from_utf8_lossy(answer).contains(part),
        Talk::Redis => answer.starts_with(b"+PONG"),
        Talk::Postgres => answer.starts_with(b"R"),
        Talk::Mqtt => answer.starts_with(b"\x20\x02\x00\x00"),
        // A method frame of channel 0.
        Talk::Amqp => answer.starts_with(b"\x01\x00\x00"),
        Talk::Dns => answer.starts_with(b"\x0c\xf1") && answer.ends_with(&[192, 0, 2, 80]),
    }
}

/// Says it, and returns what comes back.
fn ask(talk: Talk, address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let patience = Duration::from_secs(if matches!(talk, Talk::Http(..)) { 6 } else { 1 });
    let mut answer = vec![0; 4096];
    if let Talk::Dns = talk {
        let socket = UdpSocket::bind(if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })?;
        socket.set_read_timeout(Some(patience))?;
        socket.connect(address)?;
        socket.send(&question(talk))?;
        let length = socket.recv(&mut answer)?;
        answer.truncate(length);
        return Ok(answer);
    }
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(&question(talk))?;
    let mut length = stream.read(&mut answer)?;
    if let Talk::Http(..) = talk {
        // Such a server ends its answer by leaving.
        while length < answer.len() {
            match stream.read(&mut answer[length..])? {
                0 => break,
                more => length += more,
            }
        }
    }
    answer.truncate(length);
    Ok(answer)
}
