//! Finding addresses: first the names of the host, all at once, then what stands around each.

use super::address::{Form, LocalHost, Mention, Port};
use super::{behind, in_front};
use crate::knowledge::{hosts, protocols};
use std::net::Ipv4Addr;
use std::ops::Range;

/// Finds every address of the host in `text`, in order.
pub(crate) fn mentions(text: &str) -> Vec<Mention> {
    hosts::find(text).filter_map(|(range, host)| mention(text, range, host.into())).collect()
}

/// Whether a text has what may be an address of the host in it.
pub(crate) fn is_in(text: &str) -> bool {
    hosts::is_in(text)
}

/// Finds every private IPv4 address (RFC 1918) in `text` that is not the gateway's, in order.
pub(crate) fn lan_mentions(text: &str) -> Vec<Mention> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_part).map(|offset| at + offset) {
        at = text[start..].find(|c| !is_part(c)).map_or(text.len(), |offset| start + offset);
        let end = start + text[start..at].trim_end_matches('.').len();
        let address = &text[start..end];
        if address.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_private()) && !hosts::is_gateway(address) {
            found.extend(mention(text, start..end, LocalHost::Lan));
        }
    }
    found
}

/// How far around a host is looked for what belongs to it, in bytes: far more than any address or connection string
/// needs, and what keeps the search of a file of one line linear.
const REACH: usize = 4096;

/// Reads what stands around the host at `host`; `None` when it is no address.
fn mention(text: &str, host: Range<usize>, named: LocalHost) -> Option<Mention> {
    let start = (host.start.saturating_sub(REACH)..=host.start).find(|at| text.is_char_boundary(*at))?;
    let end = (host.end..=text.len().min(host.end + REACH)).rev().find(|at| text.is_char_boundary(*at))?;
    read(&text[start..end], host.start - start..host.end - start, named).map(|found| found.moved_by(start))
}

fn read(text: &str, host: Range<usize>, named: LocalHost) -> Option<Mention> {
    let before = in_front::Before::new(&text[..host.start]);
    if !before.opens(&text[host.clone()]) || !behind::closes(&text[host.end..], named) {
        return None;
    }
    let mut context = in_front::context(&before)?;
    if context.form == Some(Form::Dsn) && !context.go_driver {
        context.form = behind::connection_form(text, &host);
    }
    if context.form.is_none() && behind::is_network(&text[host.end..]) {
        return None;
    }
    let mut port = behind::port(text, host.end, &context);
    let rest = text[port.end..].strip_prefix('}').filter(|_| before.default).unwrap_or(&text[port.end..]);
    if rest.starts_with('@') {
        // What stands before an `@` is a user or a password.
        return None;
    }
    if let (Some(form @ (Form::AdoNet | Form::Dsn)), None) = (context.form, &port.place) {
        port.place = behind::port_key(text, &host, form);
    }
    let form = match context.form {
        Some(Form::Other) if port.place.is_some() => Form::HostPort,
        Some(form) => form,
        None if port.slash => Form::SlashPort,
        None if port.place.is_some() => Form::HostPort,
        None => Form::Bare,
    };
    let scheme = context.scheme.as_deref().or_else(|| is_npgsql(form, &text[..host.start]).then_some("postgres"));
    let implied = scheme.and_then(protocols::port_of_scheme);
    let port = port.place.map(|place| match text[place.clone()].parse() {
        Ok(number) => Port::Number(number, place),
        Err(_) => Port::Variable(place),
    });
    Some(Mention { host, named, port, implied, form })
}

/// Whether a connection string names its host as Npgsql does, the driver for PostgreSQL: those for other databases say `Server` or
/// `Data Source`.
fn is_npgsql(form: Form, before: &str) -> bool {
    form == Form::AdoNet && before.to_ascii_lowercase().trim_end_matches(' ').ends_with("host=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A mention in one line: host, what is written of the port, form, the scheme's port.
    fn shown(value: &str, mention: &Mention) -> String {
        let port = mention.port.as_ref().map_or("-", |(Port::Number(_, range) | Port::Variable(range))| &value[range.clone()]);
        let implied = mention.implied.map_or_else(|| "-".to_owned(), |port| port.to_string());
        format!("{} {port} {:?} {implied}", &value[mention.host.clone()], mention.form)
    }

    fn check(table: &[(&str, &[&str])]) {
        for (value, expected) in table {
            let found: Vec<_> = mentions(value).iter().map(|mention| shown(value, mention)).collect();
            assert_eq!(&found, expected, "{value}");
        }
    }

    #[test]
    fn urls() {
        check(&[
            ("redis://localhost:6379/0", &["localhost 6379 Url 6379"]),
            ("redis://localhost", &["localhost - Url 6379"]),
            ("http://127.0.0.1:8080/a?b", &["127.0.0.1 8080 Url 80"]),
            ("https://LOCALHOST/", &["LOCALHOST - Url 443"]),
            ("postgresql+asyncpg://u:p@localhost/db", &["localhost - Url 5432"]),
            ("postgres://u:p@ss/w#r?d@localhost:5433/db", &["localhost 5433 Url 5432"]),
            ("redis://:secret@127.0.0.1:6379", &["127.0.0.1 6379 Url 6379"]),
            ("http://[::1]:80/", &["[::1] 80 Url 80"]),
            ("http://host.docker.internal:3000", &["host.docker.internal 3000 Url 80"]),
            ("http://172.17.0.1:3000", &["172.17.0.1 3000 Url 80"]),
            ("tcp://0.0.0.0:80", &["0.0.0.0 80 Url -"]),
            ("//localhost:80/x", &["localhost 80 HostPort -"]),
            ("\"http:\\/\\/localhost:80\"", &["localhost 80 Url 80"]),
            ("http://x.example/?proxy=http://localhost:1/", &["localhost 1 Url 80"]),
            ("http://x.example/?proxy=localhost:1", &["localhost 1 HostPort -"]),
            ("mongodb://u:p@a:1,localhost:27018,127.0.0.1:27019/db", &["localhost 27018 Url 27017", "127.0.0.1 27019 Url 27017"]),
            ("mongodb+srv://localhost/", &["localhost - Url -"]),
            ("PLAINTEXT://:9092,EXTERNAL_1://localhost:29092", &["localhost 29092 Url -"]),
            ("${SCHEME}://localhost:1", &["localhost 1 Url -"]),
            ("see http://localhost.", &["localhost - Url 80"]),
        ]);
    }

    #[test]
    fn connection_strings() {
        check(&[
            ("jdbc:postgresql://localhost:5432/db", &["localhost 5432 Jdbc 5432"]),
            ("jdbc:mysql://localhost/db", &["localhost - Jdbc 3306"]),
            ("jdbc:mysql:replication://localhost:1,localhost:2/db", &["localhost 1 Jdbc 3306", "localhost 2 Jdbc 3306"]),
            ("jdbc:sqlserver://localhost:1433;databaseName=x", &["localhost 1433 Jdbc 1433"]),
            ("jdbc:oracle:thin:@localhost:1521/x", &["localhost 1521 Jdbc 1521"]),
            ("jdbc:oracle:thin:@//localhost:1521/x", &["localhost 1521 Jdbc 1521"]),
            ("Server=127.0.0.1;Port=5433;User Id=x", &["127.0.0.1 5433 AdoNet -"]),
            ("Port=5433;Server=127.0.0.1", &["127.0.0.1 5433 AdoNet -"]),
            ("Server=localhost,1433;Database=x", &["localhost 1433 AdoNet -"]),
            ("Server=tcp:localhost,1433", &["localhost 1433 AdoNet -"]),
            ("Server=localhost\\SQLEXPRESS;x=y", &["localhost - AdoNet -"]),
            ("Host=localhost;Port=${DB_PORT:-5432};", &["localhost ${DB_PORT:-5432} AdoNet 5432"]),
            ("Data Source=localhost", &["localhost - AdoNet -"]),
            ("Host=localhost;Username=x;Database=y", &["localhost - AdoNet 5432"]),
            ("host=localhost port=5432 dbname=x", &["localhost 5432 Dsn -"]),
            ("user=x port = '5433' host = 'localhost'", &["localhost 5433 Dsn -"]),
            ("mysql:host=localhost;port=3307;dbname=x", &["localhost 3307 AdoNet 3306"]),
            ("u:p@tcp(localhost:3306)/db?x=y", &["localhost 3306 Dsn 3306"]),
            ("u:p@tcp(localhost)/db", &["localhost - Dsn 3306"]),
        ]);
    }

    #[test]
    fn hosts_with_and_without_ports() {
        check(&[
            ("localhost", &["localhost - Bare -"]),
            ("localhost.", &["localhost - Bare -"]),
            ("127.0.0.1:6379", &["127.0.0.1 6379 HostPort -"]),
            ("[::]:80 ::1 [::1]", &["[::] 80 HostPort -", "::1 - Bare -", "[::1] - Bare -"]),
            ("localhost:9092,localhost:9093", &["localhost 9092 HostPort -", "localhost 9093 HostPort -"]),
            ("127.0.0.1/9996", &["127.0.0.1 9996 SlashPort -"]),
            ("localhost/3050:/data/x.fdb", &["localhost 3050 SlashPort -"]),
            ("echo > /dev/tcp/127.0.0.1/80;", &["127.0.0.1 80 SlashPort -"]),
            ("HOST=0.0.0.0", &["0.0.0.0 - Bare -"]),
            ("ADDRESS=0.0.0.0:8080", &["0.0.0.0 8080 HostPort -"]),
            ("1@localhost:9093", &["localhost 9093 HostPort -"]),
            ("rabbit@localhost", &["localhost - Other -"]),
            ("--host=localhost --port=80", &["localhost - Bare -"]),
            ("{\"url\":\"localhost:5432\",\"h\":\"127.0.0.1\"}", &["localhost 5432 HostPort -", "127.0.0.1 - Bare -"]),
            ("host: localhost\naddress = \"localhost:1\"\n", &["localhost - Bare -", "localhost 1 HostPort -"]),
            ("TCP:localhost:80", &["localhost 80 HostPort -"]),
            ("localhost:/data", &["localhost - Bare -"]),
            ("localhost:99999", &["localhost - Bare -"]),
            ("localhost:80a", &["localhost - Bare -"]),
        ]);
    }

    #[test]
    fn raw_compose_text() {
        check(&[
            ("${DB_HOST:-localhost}", &["localhost - Bare -"]),
            ("${DB_HOST-localhost}:5432", &["localhost 5432 HostPort -"]),
            ("localhost:${PORT:-5432}", &["localhost ${PORT:-5432} HostPort -"]),
            ("localhost:${A:-${B:-1}}/x", &["localhost ${A:-${B:-1}} HostPort -"]),
            ("localhost:$PORT/x", &["localhost $PORT HostPort -"]),
            ("http://${HOST:-localhost}:${PORT:-80}/", &["localhost ${PORT:-80} Url 80"]),
            ("${URL:-http://localhost:3000}", &["localhost 3000 Url 80"]),
            ("${URL-redis://localhost}", &["localhost - Url 6379"]),
            ("postgres://${U:-u}:${P:-p}@${H:-localhost}:5432/x", &["localhost 5432 Url 5432"]),
        ]);
    }

    #[test]
    fn what_only_looks_like_an_address() {
        for value in [
            "localhost.example.com",
            "my-localhost",
            "notlocalhost:80",
            "localhost_db",
            "localhosts",
            "/localhost/",
            "http://x.example/localhost:80",
            "a.localhost",
            "127.0.0.11",
            "1127.0.0.1",
            "127.0.0.1.nip.io",
            "127.0.0.0/8",
            "127.0.0.1/32",
            "0.0.0.0/0",
            "10.0.0.0:80",
            "fe80::1",
            "[fe80::1]:80",
            "::ffff:127.0.0.1",
            "tcp://:8080",
            "$localhost ${localhost}",
            "my${SUFFIX:-localhost}",
            "redis://:localhost@redis:6379",
            "postgres://localhost:5432@db/x",
            "file://localhost/x",
        ] {
            assert_eq!(mentions(value), [], "{value}");
        }
    }

    #[test]
    fn the_port_is_what_is_written_or_the_schemes() {
        let table = [
            ("redis://localhost:6380", Some(6380)),
            ("redis://localhost", Some(6379)),
            ("redis://localhost:$PORT", None),
            ("localhost", None),
            ("Server=localhost;Port=5433", Some(5433)),
        ];
        for (text, number) in table {
            assert_eq!(mentions(text)[0].number(), number, "{text}");
        }
    }

    #[test]
    fn a_text_of_one_long_line_is_searched_in_no_time() {
        let text = "{\"host\":\"localhost\",\"n\":1},".repeat(40_000);
        assert_eq!(mentions(&text).len(), 40_000);
    }

    proptest! {
        #[test]
        fn ranges_hold_what_they_say(value in "(localhost|127\\.0\\.0\\.1|\\[::1\\]|::1|:|80|/|//|@|,|;|=| |host|port|Server|jdbc:|tcp\\(|\\$|\\{|\\}|:-|A|é|http://|\"|\\\\|\n){0,20}") {
            for mention in mentions(&value) {
                let host = value.get(mention.host.clone()).map(str::to_ascii_lowercase);
                let whole = host.as_deref().and_then(|host| hosts::find(host).next().filter(|(at, _)| at.len() == host.len()));
                prop_assert_eq!(whole.map(|(_, kind)| LocalHost::from(kind)), Some(mention.named));
                match mention.port {
                    Some(Port::Number(number, place)) => prop_assert_eq!(value[place].parse(), Ok(number)),
                    Some(Port::Variable(place)) => prop_assert!(value[place].starts_with('$')),
                    None => {}
                }
            }
        }
    }
}
