//! Tables of facts that are compiled in as text: one line a thing, sorted, comments that explain the columns at the top.
//!
//! A line is a key and what is said of it: `NAME WORD KEY=VALUE …` in tables of things, `KIND PATTERN` in tables of patterns. Values have no
//! blanks, lists have commas. Kept apart because all tables share it. A table is cut into lines when it is first asked, and looked up by key.
//! It knows nothing of what the words mean.

use crate::port::{Port, Protocol};

/// A table, its lines in order.
#[derive(Debug)]
pub(super) struct Table(Vec<Line>);

/// A line of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    key: &'static str,
    rest: &'static str,
}

impl Table {
    /// Cuts a text into lines, comments left out.
    pub(super) fn new(text: &'static str) -> Self {
        Self(text.lines().filter(|line| !line.starts_with('#')).map(Line::new).collect())
    }

    /// All lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        self.0.iter().copied()
    }

    /// The lines whose key is `key`, in their order.
    pub(super) fn of(&self, key: &str) -> impl Iterator<Item = Line> {
        let start = self.0.partition_point(|line| line.key < key);
        self.0.iter().skip(start).copied().take_while(move |line| line.key == key)
    }
}

impl Line {
    fn new(text: &'static str) -> Self {
        let (key, rest) = text.split_once(' ').unwrap_or((text, ""));
        Self { key, rest }
    }

    /// The first word.
    pub(super) fn key(self) -> &'static str {
        self.key
    }

    /// All that stands behind the key.
    pub(super) fn rest(self) -> &'static str {
        self.rest
    }

    /// The words that are not `KEY=VALUE`, the key left out.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> {
        self.rest.split(' ').filter(|word| !word.contains('='))
    }

    /// The value of `key`.
    pub(super) fn field(self, key: &str) -> Option<&'static str> {
        self.rest.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    /// The value of `key` as a list; empty when the line has no such key.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = &'static str> {
        self.field(key).into_iter().flat_map(|value| value.split(','))
    }

    /// The ports that `key` lists, ranges spelt out.
    pub(super) fn ports(self, key: &str) -> Vec<Port> {
        let spelt_out = |(first, last): (Port, Port)| (first.number..=last.number).map(move |number| Port { number, ..first });
        self.list(key).filter_map(range).flat_map(spelt_out).collect()
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

/// Defines an enum whose variants have names in tables.
macro_rules! kinds {
    ($(#[$doc:meta])* $visibility:vis enum $name:ident { $($(#[$of_variant:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $name {
            $($(#[$of_variant])* $variant,)+
        }

        impl $name {
            /// What a word of a table means.
            pub(super) fn read(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// All words, each with its variant as code names it.
            #[cfg(test)]
            pub(super) const KINDS: &'static [(&'static str, &'static str)] =
                &[$(($word, concat!(stringify!($name), "::", stringify!($variant))),)+];
        }
    };
}
pub(super) use kinds;

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# about\nalpha server ports=1,53/udp\nalpha tag=x server\nbeta job more=7-9\n";

    #[test]
    fn a_key_finds_all_its_lines_and_no_other() {
        let table = Table::new(TEXT);
        assert_eq!(table.of("alpha").count(), 2);
        assert_eq!(table.of("beta").next().unwrap().ports("more").len(), 3);
        for absent in ["", "a", "alph", "alphas", "gamma", "#", "about"] {
            assert_eq!(table.of(absent).count(), 0, "{absent}");
        }
    }

    #[test]
    fn a_line_is_words_and_fields() {
        let line = Table::new(TEXT).of("alpha").last().unwrap();
        assert_eq!((line.rest(), line.field("tag"), line.field("ta")), ("tag=x server", Some("x"), None));
        assert_eq!(line.words().collect::<Vec<_>>(), ["server"]);
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
}
