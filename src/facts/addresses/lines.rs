//! Host and port as two settings of one text: `address: localhost` beside `port_value: 8081`.
//!
//! Configuration files, and variables that hold a whole file, come in many formats that have this in common: a key, a
//! separator, a value, and related keys on the same line or close by with the same indentation. That is all that is read.
//! A text is cut into lines once, and a line is read once, however many addresses stand in it.

use crate::knowledge::config_keys;
use std::collections::BTreeMap;
use std::ops::Range;

/// A text in lines.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where each line starts; the last entry is the end of the text.
    starts: Vec<usize>,
    /// The ports on the lines that were asked for.
    ports: BTreeMap<usize, Ports>,
}

/// The digits that may be ports on a line, by the key in front of them, without separators and case. Of a key that is there
/// twice, the first counts.
type Ports = BTreeMap<String, Range<usize>>;

/// The key in front of a host, and the port that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// The key, as written.
    pub(super) key: String,
    /// The bytes of the port.
    pub(super) port: Option<Range<usize>>,
}

/// How many lines around the host are searched for its port.
const NEAR: usize = 4;

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len());
        Self { text, starts: std::iter::once(0).chain(breaks).chain([text.len()]).collect(), ports: BTreeMap::new() }
    }

    /// The bytes of each line, its line break included.
    pub(super) fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.starts.windows(2).filter_map(|pair| Some(*pair.first()?..*pair.last()?))
    }

    /// Reads what stands around the host at `host`; nothing when no key is in front of it.
    pub(super) fn setting(&mut self, host: &Range<usize>) -> Option<Setting> {
        let number = self.number(host.start);
        let key = key_before(&self.text[self.line(number).start..host.start])?;
        let wanted: Vec<String> = config_keys::ports_beside(&plain(&key)).collect();
        let indent = self.indent(number);
        let last = self.starts.len().saturating_sub(1);
        let mut near: Vec<usize> = (number.saturating_sub(NEAR)..last.min(number + NEAR + 1)).collect();
        near.sort_by_key(|other| (other.abs_diff(number), *other < number));
        near.retain(|other| self.indent(*other) == indent);
        let port = near.into_iter().find_map(|other| {
            let ports = self.ports_on(other);
            wanted.iter().filter_map(|key| ports.get(key)).min_by_key(|port| port.start).cloned()
        });
        Some(Setting { key, port })
    }

    /// The number of the line that holds byte `at`.
    fn number(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    fn line(&self, number: usize) -> Range<usize> {
        let start = |number: usize| self.starts.get(number).copied().unwrap_or(self.text.len());
        start(number)..start(number + 1)
    }

    fn indent(&self, number: usize) -> usize {
        let line = &self.text[self.line(number)];
        line.len() - line.trim_start_matches([' ', '\t', '-']).len()
    }

    fn ports_on(&mut self, number: usize) -> &Ports {
        let line = self.line(number);
        self.ports.entry(number).or_insert_with(|| ports(self.text, &line))
    }
}

fn is_key(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')
}

/// The key whose value begins at the end of `text`; none when something else stands in between.
fn key_before(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['"', '\'', ' ', '\t', '[']);
    let text = text.trim_end_matches([':', '=', ' ', '\t', '"', '\'']);
    let key = text.rsplit(|char: char| !is_key(char)).next()?;
    (!key.is_empty()).then(|| key.to_owned())
}

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

fn ports(text: &str, line: &Range<usize>) -> Ports {
    let content = &text[line.clone()];
    let mut found = Ports::new();
    let mut at = 0;
    while let Some(offset) = content[at..].find(|char: char| char.is_ascii_digit()) {
        let start = at + offset;
        at = start + content[start..].bytes().take_while(u8::is_ascii_digit).count();
        let number = content[start..at].parse::<u16>().is_ok_and(|number| number > 0);
        let whole = !content[at..].starts_with(|char: char| is_key(char) || char == ':');
        if let Some(key) = key_before(&content[..start]).filter(|_| number && whole) {
            found.entry(plain(&key)).or_insert(line.start + start..line.start + at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<&str>)> {
        let at = text.find("localhost").unwrap_or_default();
        Lines::new(text).setting(&(at..at + "localhost".len())).map(|setting| (setting.key, setting.port.map(|port| &text[port])))
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

    #[test]
    fn a_text_is_cut_into_its_lines() {
        for text in ["", "a", "a\n", "a\n\nb", "\n"] {
            let lines: Vec<_> = Lines::new(text).iter().map(|line| &text[line]).filter(|line| !line.is_empty()).collect();
            assert_eq!(lines, text.split_inclusive('\n').collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_read_once() {
        let text = "{\"host\": \"localhost\", \"n\": 1, ".repeat(20_000);
        let mut lines = Lines::new(&text);
        let hosts = text.match_indices("localhost").map(|(at, host)| at..at + host.len());
        assert!(hosts.into_iter().all(|host| lines.setting(&host).is_some_and(|setting| setting.port.is_none())));
    }
}
