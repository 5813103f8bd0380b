//! URL schemes and the ports they stand for.
//!
//! A table of its own so that a new scheme is one line. Schemes without a port of their own (`tcp`, `grpc`) are not in it.

/// The port that a URL scheme stands for; `postgresql+asyncpg` counts as `postgresql`.
pub(crate) fn scheme_port(scheme: &str) -> Option<u16> {
    let scheme = scheme.to_ascii_lowercase();
    let port_of = |name: &str| SCHEMES.binary_search_by_key(&name, |&(known, _)| known).ok().map(|at| SCHEMES[at].1);
    match scheme.as_str() {
        // Names are looked up as SRV records, which carry their own ports.
        "mongodb+srv" => None,
        name => port_of(name).or_else(|| port_of(name.split('+').next()?)),
    }
}

/// Default ports, sorted by scheme.
const SCHEMES: [(&str, u16); 65] = [
    ("amqp", 5672),
    ("amqps", 5671),
    ("bolt", 7687),
    ("bolts", 7687),
    ("clickhouse", 9000),
    ("couchbase", 11210),
    ("couchdb", 5984),
    ("db2", 50000),
    ("firebird", 3050),
    ("firebirdsql", 3050),
    ("ftp", 21),
    ("ftps", 990),
    ("h2", 9092),
    ("http", 80),
    ("https", 443),
    ("imap", 143),
    ("imaps", 993),
    ("influxdb", 8086),
    ("ipp", 631),
    ("jtds", 1433),
    ("kafka", 9092),
    ("ldap", 389),
    ("ldaps", 636),
    ("mariadb", 3306),
    ("memcache", 11211),
    ("memcached", 11211),
    ("mongo", 27017),
    ("mongodb", 27017),
    ("mqtt", 1883),
    ("mqtts", 8883),
    ("mssql", 1433),
    ("mysql", 3306),
    ("mysql2", 3306),
    ("mysqlx", 33060),
    ("nats", 4222),
    ("neo4j", 7687),
    ("neo4j+s", 7687),
    ("oracle", 1521),
    ("pgsql", 5432),
    ("pop3", 110),
    ("postgis", 5432),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("pulsar", 6650),
    ("redis", 6379),
    ("rediss", 6379),
    ("rsync", 873),
    ("rtmp", 1935),
    ("rtsp", 554),
    ("rtsps", 322),
    ("sftp", 22),
    ("sip", 5060),
    ("smtp", 25),
    ("smtps", 465),
    ("socks5", 1080),
    ("socks5h", 1080),
    ("sqlserver", 1433),
    ("ssh", 22),
    ("stomp", 61613),
    ("telnet", 23),
    ("valkey", 6379),
    ("vnc", 5900),
    ("ws", 80),
    ("wss", 443),
    ("zookeeper", 2181),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_sorted_and_found() {
        assert!(SCHEMES.is_sorted_by(|a, b| a.0 < b.0));
        for (scheme, port) in [("rediss", Some(6379)), ("HTTP", Some(80)), ("mysql+pymysql", Some(3306)), ("grpc", None), ("tcp", None)] {
            assert_eq!(scheme_port(scheme), port, "{scheme}");
        }
    }
}
