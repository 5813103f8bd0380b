//! The ways to name the machine that a program runs on.
//!
//! `data/hosts.txt` has them. Whether such a name is an address where it stands is for whoever asks.

use super::table::{Table, kinds};
use aho_corasick::{AhoCorasick, MatchKind};
use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/hosts.txt");

/// The names, each with what it leads to.
static NAMES: LazyLock<Vec<(&'static str, Host)>> = LazyLock::new(|| {
    let table = Table::new(TEXT);
    table.lines().filter_map(|line| Some((line.rest(), Host::read(line.key())?))).collect()
});

/// Finds all names at once, since files may be long. It always builds: only a table of gigabytes could be too large.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let names = NAMES.iter().map(|(name, _)| name);
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(names).ok()
});

kinds! {
    /// What a name leads to.
    pub(crate) enum Host {
        /// Neither the host nor the container.
        Elsewhere = "elsewhere",
        /// The host, seen from a container.
        Gateway = "gateway",
        /// The name of the loopback address.
        Localhost = "localhost",
        /// An IPv4 loopback address.
        Loopback4 = "loopback4",
        /// The IPv6 loopback address.
        Loopback6 = "loopback6",
        /// All addresses when listened on, this machine when dialled.
        Unspecified = "unspecified",
    }
}

/// Where names of the host stand in a text of any case, the longest where several start, in order.
pub(crate) fn find(text: &str) -> impl Iterator<Item = (Range<usize>, Host)> {
    let found = FINDER.iter().flat_map(move |finder| finder.find_iter(text));
    let named = found.filter_map(|found| Some((found.range(), *NAMES.get(found.pattern().as_usize())?)));
    named
        .filter_map(move |(range, (name, host))| Some((if name.ends_with('.') { address(text, range)? } else { range }, host)))
        .filter(|(_, host)| *host != Host::Elsewhere)
}

/// The whole of the IPv4 address that begins with the bytes of `range`.
fn address(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let behind = text[range.start..].find(|c: char| !c.is_ascii_digit() && c != '.');
    let end = behind.map_or(text.len(), |length| range.start + length);
    let end = range.start + text[range.start..end].trim_end_matches('.').len();
    text[range.start..end].parse::<Ipv4Addr>().ok().map(|_| range.start..end)
}

/// Whether a name of the host stands anywhere in a text.
pub(crate) fn is_in(text: &str) -> bool {
    FINDER.iter().any(|finder| finder.is_match(text))
}

/// Whether a name or an address leads from a container to the host.
pub(crate) fn is_gateway(name: &str) -> bool {
    is(name, Host::Gateway)
}

/// Whether an address stands for all addresses.
pub(crate) fn is_unspecified(name: &str) -> bool {
    is(name, Host::Unspecified)
}

fn is(name: &str, wanted: Host) -> bool {
    NAMES.iter().any(|(known, host)| *known == name && *host == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_where_it_stands() {
        let all = |text| find(text).collect::<Vec<_>>();
        assert_eq!(all("LOCALHOST:1 x 127.0.0.1"), [(0..9, Host::Localhost), (14..23, Host::Loopback4)]);
        assert_eq!(all("127.0.1.1:5 127.1.2.300 127.0.0.11"), [(0..9, Host::Loopback4)]);
        assert_eq!(all("localhost.localdomain"), [(0..21, Host::Localhost)]);
        assert_eq!(all("http://[::1]:80"), [(7..12, Host::Loopback6)]);
        assert!(all("db:5432").is_empty() && !is_in("db:5432") && is_in("http://host.docker.internal"));
    }

    #[test]
    fn addresses_are_told_apart() {
        assert!(is_gateway("172.17.0.1") && !is_gateway("172.18.0.1"));
        assert!(is_unspecified("[::]") && is_unspecified("0.0.0.0") && !is_unspecified("127.0.0.1"));
    }
}
