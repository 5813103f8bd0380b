//! Tables of facts that are compiled in as text: one line a thing, sorted, `#` comments at the top.
//!
//! A line is `NAME WORD KEY=VALUE KEY=VALUE …`, values without blanks, lists with commas. Kept apart because two tables share it. A look-up
//! searches the text in place and parses the line it finds, so start-up costs nothing. It knows nothing of what the words mean.

use crate::port::{Port, Protocol};

/// A line of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line(&'static str);

/// All lines of `table` about `name`, in their order.
pub(super) fn lines(table: &'static str, name: &str) -> impl Iterator<Item = Line> {
    let start = first(table, name);
    all(table.get(start..).unwrap_or_default()).take_while(move |line| line.name() == name)
}

/// All lines of `table`, comments left out.
pub(super) fn all(table: &'static str) -> impl Iterator<Item = Line> {
    table.lines().filter(|line| !line.starts_with('#')).map(Line)
}

impl Line {
    /// The first word.
    pub(super) fn name(self) -> &'static str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// The words that are not `KEY=VALUE`, the name left out.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> {
        self.0.split(' ').skip(1).filter(|word| !word.contains('='))
    }

    /// The value of `key`.
    pub(super) fn field(self, key: &str) -> Option<&'static str> {
        self.0.split(' ').skip(1).find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    /// The value of `key` as a list; empty when the line has no such key.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = &'static str> {
        self.field(key).into_iter().flat_map(|value| value.split(','))
    }

    /// The ports that `key` lists, ranges spelt out.
    pub(super) fn ports(self, key: &str) -> Vec<Port> {
        self.list(key)
            .filter_map(range)
            .flat_map(|(first, last)| (first.number..=last.number).map(move |number| Port { number, ..first }))
            .collect()
    }
}

/// Reads `8080`, `53/udp` or `6000-6009/udp` as its first and its last port; without a protocol it is tcp.
pub(super) fn range(text: &str) -> Option<(Port, Port)> {
    let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let protocol = match protocol {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        _ => return None,
    };
    let port = |number: &str| number.parse().ok().filter(|&number| number > 0).map(|number| Port { number, protocol });
    Some((port(first)?, port(last)?)).filter(|(first, last)| first.number <= last.number)
}

/// Where the first line that is not before `name` starts. Comments sort before every name, so they need no special case.
fn first(table: &str, name: &str) -> usize {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = line_start(table, low + (high - low) / 2);
        let line = table.get(middle..).unwrap_or_default();
        let end = line.find('\n').map_or(line.len(), |at| at + 1);
        let own = line.split([' ', '\n']).next().unwrap_or_default();
        if own < name {
            low = middle + end;
        } else {
            high = middle;
        }
    }
    low
}

/// The start of the line that holds `offset`.
fn line_start(table: &str, offset: usize) -> usize {
    table.as_bytes().iter().take(offset).rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const TABLE: &str = "# about\nalpha server ports=1,53/udp\nalpha tag=x server\nbeta job more=7-9\n";

    #[test]
    fn a_name_finds_all_its_lines_and_no_other() {
        assert_eq!(lines(TABLE, "alpha").count(), 2);
        assert_eq!(lines(TABLE, "beta").next().unwrap().ports("more").len(), 3);
        for absent in ["", "a", "alph", "alphas", "gamma", "#", "about"] {
            assert_eq!(lines(TABLE, absent).count(), 0, "{absent}");
        }
    }

    #[test]
    fn every_line_is_found_by_its_name() {
        for line in all(TABLE) {
            assert!(lines(TABLE, line.name()).any(|found| found.0 == line.0));
        }
    }

    #[test]
    fn a_port_is_tcp_unless_it_says_otherwise() {
        let udp = |number| Port { number, protocol: Protocol::Udp };
        assert_eq!(range("53/udp"), Some((udp(53), udp(53))));
        assert_eq!(range("80"), range("80/tcp"));
        for wrong in ["", "0", "70000", "9-8", "80/ip", "x"] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }

    /// What holds for every table: comments on top, sorted, no line twice, single blanks, only `keys`, readable ports.
    pub(in crate::knowledge) fn assert_well_kept(table: &'static str, keys: &[&str], ports: &[&str]) {
        let texts: Vec<_> = table.lines().skip_while(|line| line.starts_with('#')).collect();
        for pair in texts.windows(2) {
            assert!(pair[0] < pair[1], "`{}` and `{}` are out of order, or twice there", pair[0], pair[1]);
        }
        for text in texts {
            let words: Vec<_> = text.split(' ').collect();
            assert!(words.len() > 1 && words.iter().all(|word| !word.is_empty()), "`{text}` needs single blanks");
            let named: Vec<_> = words.iter().skip(1).filter_map(|word| Some(word.split_once('=')?.0)).collect();
            assert!(named.iter().all(|key| keys.contains(key)), "`{text}` has an unknown key");
            assert!(named.iter().enumerate().all(|(at, key)| !named[..at].contains(key)), "`{text}` has a key twice");
            for key in ports {
                assert!(Line(text).list(key).all(|port| range(port).is_some()), "`{text}` has an unreadable port in {key}=");
            }
        }
    }
}
