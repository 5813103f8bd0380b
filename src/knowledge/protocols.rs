//! Protocols, or the servers that speak them: where they are found, and how a project names them.
//!
//! A protocol stands once, in `data/protocols.txt`, whose head explains the columns; here it is found by scheme, by word, by program and by
//! port. What a project means by a name is for whoever asks.

use super::patterns::Patterns;
use super::programs::{self, Kind};
use super::table::{Line, Table};
use crate::port::Port;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/protocols.txt");

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// The table by what is looked up in it.
struct Index {
    /// The port of each scheme.
    schemes: BTreeMap<&'static str, u16>,
    /// The ports of each word, sorted.
    stems: BTreeMap<&'static str, Vec<u16>>,
    /// The port that each program dials.
    clients: Patterns<u16>,
    stores: Vec<Port>,
    public: Vec<Port>,
    discovery: Vec<Port>,
    queues: Vec<Line>,
}

/// The port that a URL scheme stands for; `postgresql+asyncpg` counts as `postgresql`.
pub(crate) fn port_of_scheme(scheme: &str) -> Option<u16> {
    let scheme = scheme.to_ascii_lowercase();
    if scheme.ends_with("+srv") {
        return None; // Names are looked up as SRV records, which carry their own ports.
    }
    let port_of = |name: &str| INDEX.schemes.get(name).copied();
    port_of(&scheme).or_else(|| port_of(scheme.split('+').next()?))
}

/// The ports that a name in upper case stands for when no port is written: `REDIS_HOST` is somebody who listens on 6379. Of several words that
/// say something, the one that says most counts.
pub(crate) fn ports_of_stem(stem: &str) -> &'static [u16] {
    let beginnings = stem.split('_').flat_map(|word| (1..=word.len()).filter_map(move |end| Some((word.get(..end)?, word))));
    let stands_for = beginnings.filter(|(start, word)| start == word || start.len() > MIN_BEGINNING);
    let found = stands_for.filter_map(|(start, _)| INDEX.stems.get_key_value(start));
    found.min_by_key(|(stem, ports)| (ports.len(), **stem)).map(|(_, ports)| ports.as_slice()).unwrap_or_default()
}

/// Words of up to so many letters do not count as the beginning of another.
const MIN_BEGINNING: usize = 3;

/// The port that a client dials when none is said.
pub(crate) fn port_of_client(program: &str) -> Option<u16> {
    let is_server = || programs::kind(program) == Some(Kind::Server);
    INDEX.clients.found(program).next().filter(|_| !is_server()).map(|found| found.says)
}

/// Whether applications keep their data or their messages in a server on that port.
pub(crate) fn is_store(number: u16) -> bool {
    INDEX.stores.iter().any(|port| port.number == number)
}

/// Whether other machines are served on that port.
pub(crate) fn is_public(number: u16) -> bool {
    INDEX.public.iter().any(|port| port.number == number)
}

/// Whether devices find each other on that port by multicast or broadcast.
pub(crate) fn is_discovery(port: Port) -> bool {
    INDEX.discovery.contains(&port)
}

/// Whether a value is the URL of a server from which workers take their work.
pub(crate) fn is_queue_url(value: &str) -> bool {
    let Some((scheme, _)) = value.split_once("://") else { return false };
    INDEX.queues.iter().any(|line| line.list("schemes").any(|known| name_of(known) == scheme))
}

/// Whether the name of a variable holds the word for such a server.
pub(crate) fn is_queue(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    INDEX.queues.iter().any(|line| line.list("stems").any(|stem| upper.contains(stem)))
}

impl Index {
    fn new() -> Self {
        let table = Table::new(TEXT);
        let with = |word: &'static str| table.lines().filter(move |line| line.words().any(|it| it == word));
        let main = |line: Line| line.ports("ports").into_iter().next();
        Self {
            schemes: table.lines().flat_map(|line| by_name(line, "schemes")).collect(),
            stems: stems(&table),
            clients: Patterns::of(table.lines().flat_map(|line| by_name(line, "clients"))),
            stores: with("store").filter_map(main).collect(),
            public: with("public").flat_map(|line| line.ports("ports")).collect(),
            discovery: with("discovery").flat_map(|line| line.ports("ports")).collect(),
            queues: with("queue").collect(),
        }
    }
}

/// The names that `key` of a line lists, each with its port: its own (`amqps=5671`) or the main one of the line.
fn by_name(line: Line, key: &'static str) -> impl Iterator<Item = (&'static str, u16)> {
    let main = line.ports("ports").first().map(|port| port.number);
    line.list(key).filter_map(move |name| match name.split_once('=') {
        Some((name, port)) => Some((name, port.parse().ok()?)),
        None => Some((name, main?)),
    })
}

fn name_of(text: &str) -> &str {
    text.split('=').next().unwrap_or(text)
}

/// The ports of every word; a word of several protocols stands for any of them.
fn stems(table: &Table) -> BTreeMap<&'static str, Vec<u16>> {
    let mut stems: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
    for line in table.lines() {
        for stem in line.list("stems") {
            stems.entry(stem).or_default().extend(line.ports("ports").into_iter().map(|port| port.number));
        }
    }
    for ports in stems.values_mut() {
        ports.sort_unstable();
        ports.dedup();
    }
    stems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::Protocol;

    const DATABASES: [u16; 5] = [1433, 1521, 3306, 5432, 27017];

    #[test]
    fn schemes_have_ports() {
        for (scheme, port) in [("rediss", Some(6379)), ("HTTP", Some(80)), ("mysql+pymysql", Some(3306)), ("grpc", None), ("tcp", None)] {
            assert_eq!(port_of_scheme(scheme), port, "{scheme}");
        }
        assert_eq!((port_of_scheme("amqps"), port_of_scheme("neo4j+s"), port_of_scheme("mongodb+srv")), (Some(5671), Some(7687), None));
    }

    #[test]
    fn words_have_ports() {
        assert_eq!(ports_of_stem("POSTGRES"), [5432]);
        assert_eq!(ports_of_stem("APP_REDIS"), [6379]);
        assert_eq!(ports_of_stem("RABBITMQ"), [5672]);
        assert_eq!(ports_of_stem("POSTGRES_DB"), [5432]);
        assert_eq!(ports_of_stem("RIVEN_DATABASE"), DATABASES);
        assert_eq!(ports_of_stem("CLICKHOUSE"), [8123, 9000]);
        assert_eq!(ports_of_stem("MANAGER"), [0u16; 0]);
        assert_eq!(ports_of_stem("PGX"), [0u16; 0]);
    }

    #[test]
    fn clients_dial_and_servers_do_not() {
        assert_eq!(port_of_client("psql"), Some(5432));
        assert_eq!(port_of_client("mongodump"), Some(27017));
        assert_eq!(port_of_client("rabbitmqadmin"), Some(15672));
        assert_eq!((port_of_client("mongod"), port_of_client("mysqld"), port_of_client("curl")), (None, None, None));
    }

    #[test]
    fn ports_say_what_a_server_is_for() {
        assert!(is_store(6379) && !is_store(80) && !is_store(8123));
        assert!(is_public(53) && is_public(465) && !is_public(8080));
        assert!(
            is_discovery(Port { number: 5353, protocol: Protocol::Udp }) && !is_discovery(Port { number: 5353, protocol: Protocol::Tcp })
        );
    }

    #[test]
    fn queues_are_told_by_scheme_and_by_word() {
        assert!(is_queue_url("amqps://mq/") && is_queue_url("redis://cache") && !is_queue_url("postgres://db"));
        assert!(is_queue("celery_redis_url") && !is_queue("DATABASE_URL"));
    }
}
