//! Host and port as two settings of one text: `address: localhost` beside `port_value: 8081`.
//!
//! Configuration files, and variables that hold a whole file, come in many formats that have this in common: a key, a
//! separator, a value, and related keys on the same line or close by with the same indentation. That is all that is read.

use std::ops::Range;

/// The key in front of a host, and the port that goes with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Keyed {
    /// The key, as written.
    pub(super) key: String,
    /// The bytes of the port.
    pub(super) port: Option<Range<usize>>,
}

/// How many lines around the host are searched for its port.
const NEAR: usize = 4;

/// Reads what stands around the host at `host`.
pub(super) fn around(text: &str, host: &Range<usize>) -> Option<Keyed> {
    let lines = lines(text);
    let line = lines.iter().position(|line| line.start <= host.start && host.start < line.end)?;
    let key = key_before(&text[lines.get(line)?.start..host.start])?;
    let wanted = port_keys(&key);
    let indent = |line: &Range<usize>| text[line.clone()].len() - text[line.clone()].trim_start_matches([' ', '\t', '-']).len();
    let own = lines.get(line)?;
    let mut near: Vec<usize> = (line.saturating_sub(NEAR)..lines.len().min(line + NEAR + 1)).collect();
    near.sort_by_key(|other| (other.abs_diff(line), *other < line));
    let beside = near.iter().filter_map(|other| lines.get(*other)).filter(|other| indent(other) == indent(own));
    let port = beside.into_iter().find_map(|other| port_in(text, other, &wanted));
    Some(Keyed { key, port })
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.push(start..start + line.len());
        start += line.len();
    }
    lines
}

/// The key whose value begins at the end of `text`; none when something else stands in between.
fn key_before(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['"', '\'', ' ', '\t', '[']);
    let text = text.trim_end_matches([':', '=', ' ', '\t', '"', '\'']);
    let key = text.rsplit(|char: char| !is_key(char)).next()?;
    (!key.is_empty()).then(|| key.to_owned())
}

fn is_key(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')
}

/// The keys that hold the port of a host behind `key`, without separators and case.
fn port_keys(key: &str) -> Vec<String> {
    let plain = plain(key);
    let ends = ["hostname", "host", "address", "addr", "server", "endpoint", "ip", "url"];
    let stem = ends.iter().find_map(|end| plain.strip_suffix(end)).unwrap_or(&plain);
    ["port", "portvalue", "portnumber"].iter().map(|end| format!("{stem}{end}")).collect()
}

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// The digits behind one of the keys on a line.
fn port_in(text: &str, line: &Range<usize>, keys: &[String]) -> Option<Range<usize>> {
    let content = &text[line.clone()];
    let mut at = 0;
    while let Some(offset) = content[at..].find(|char: char| char.is_ascii_digit()) {
        let start = at + offset;
        let length = content[start..].bytes().take_while(u8::is_ascii_digit).count();
        at = start + length;
        let number = content[start..at].parse::<u16>().is_ok_and(|number| number > 0);
        let whole = !content[at..].starts_with(|char: char| is_key(char) || char == ':');
        let key = key_before(&content[..start]).filter(|_| number && whole);
        if key.is_some_and(|key| keys.contains(&plain(&key))) {
            return Some(line.start + start..line.start + at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<&str>)> {
        let at = text.find("localhost").unwrap_or_default();
        around(text, &(at..at + "localhost".len())).map(|keyed| (keyed.key, keyed.port.map(|port| &text[port])))
    }

    #[test]
    fn the_port_stands_close_by() {
        for (text, key, port) in [
            ("a:\n  address: localhost\n  port_value: 8081\n", "address", Some("8081")),
            ("socket: { address: localhost, port_value: 8081 }\n", "address", Some("8081")),
            ("{\"port\": 5432, \"host\": \"localhost\"}", "host", Some("5432")),
            ("[redis]\nport = 6379\nhost = \"localhost\"\n", "host", Some("6379")),
            ("spring.redis.host=localhost\nspring.redis.port=6380\n", "spring.redis.host", Some("6380")),
            ("db_host: localhost\ncache_port: 1\ndb_port: '5432'\n", "db_host", Some("5432")),
            ("- host: localhost\n  port: 80\n", "host", Some("80")),
            ("host: localhost\nnested:\n  port: 80\n", "host", None),
            ("server_name localhost;\nlisten 80;\n", "server_name", None),
            ("bind localhost\n", "bind", None),
        ] {
            assert_eq!(read(text), Some((key.to_owned(), port)), "{text}");
        }
        assert_eq!(read("localhost\n"), None);
    }
}
