//! The listen line of a mounted configuration file.
//!
//! Only formats whose listen line can be told from a line: the knowledge base has them by path. The image's default listener
//! is moved by what the file says.

use super::evidence::{Evidence, SourceId};
use crate::facts::ServiceFacts;
use crate::knowledge::{config_files, config_keys, hosts};
use crate::port::{Port, Protocol};
use crate::source::Span;

pub(super) fn find(subject: &ServiceFacts<'_>) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for (target, file) in subject.project.mounted_files(subject.service) {
        let directive = config_files::listen_directive(&target);
        for (port, span) in directive.iter().flat_map(|directive| listeners(&file.text, directive)) {
            if found.iter().any(|evidence| evidence.port == port) {
                continue;
            }
            let moves = subject.known.as_ref().and_then(|known| known.ports.first().copied());
            let port = as_documented(subject, port);
            let because = format!("the mounted `{}` listens on {port}", file.path.display());
            found.push(Evidence { moves, ..Evidence::strong(SourceId::Config, port, file.location(span), because) });
        }
        for (port, span) in further(&file.text) {
            if found.iter().any(|evidence| evidence.port == port) {
                continue;
            }
            let because = format!("the mounted `{}` listens on {port}", file.path.display());
            found.push(Evidence { moves: Some(port), ..Evidence::strong(SourceId::Config, port, file.location(span), because) });
        }
    }
    found
}

/// The port with the protocol that the image documents for its number; a line of a file seldom says it.
fn as_documented(subject: &ServiceFacts<'_>, port: Port) -> Port {
    let documented = || subject.known.iter().flat_map(|known| known.ports.iter().chain(&known.more_ports));
    let other = documented().find(|known| known.number == port.number);
    if documented().any(|known| *known == port) { port } else { other.copied().unwrap_or(port) }
}

/// Listeners that any format shows: a key that speaks of listening, with an address that stands for all of the host's.
fn further(text: &str) -> Vec<(Port, Span)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        found.extend(open_address(line.trim()).map(|port| (port, span)));
    }
    found
}

/// `RPCListen = "0.0.0.0:20090"`, `bind_addr: ":8300"`.
fn open_address(line: &str) -> Option<Port> {
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim();
    let is_key = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'"'));
    if !is_key || !config_keys::is_listener(key) {
        return None;
    }
    let value = value.trim().trim_end_matches(',').trim_matches(['\'', '"']);
    let (host, number) = value.rsplit_once(':')?;
    if !(matches!(host, "" | "*") || hosts::is_unspecified(host)) {
        return None;
    }
    number.parse().ok().filter(|number| *number > 0).map(|number| Port { number, protocol: Protocol::Tcp })
}

/// The listeners that lines of the form `listen 80;`, `port = 6379` or `bind *:443 ssl` name.
fn listeners(text: &str, directive: &str) -> Vec<(Port, Span)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        if let Some(port) = listener(line.trim(), directive) {
            found.push((port, span));
        }
    }
    found
}

fn listener(line: &str, directive: &str) -> Option<Port> {
    let rest = line.strip_prefix(directive)?;
    let rest = rest.strip_prefix([' ', '\t', '=']).map(|rest| rest.trim_start_matches([' ', '\t', '=']))?;
    let word = rest.split([' ', '\t', ';', '#']).next()?.trim_matches(['\'', '"']);
    if word.starts_with("unix:") || word.starts_with('/') {
        return None;
    }
    let number = word.rsplit_once(':').map_or(word, |(_, port)| port).parse().ok().filter(|number| *number > 0)?;
    let protocol = if rest.contains(" quic") || rest.contains(" udp") { Protocol::Udp } else { Protocol::Tcp };
    Some(Port { number, protocol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_address_is_a_listener_in_any_format() {
        let port = |line| open_address(line).map(|port| port.number);
        assert_eq!(port("RPCListen = \"0.0.0.0:20090\""), Some(20090));
        assert_eq!(port("bind_addr: ':8300'"), Some(8300));
        assert_eq!(port("listen: 127.0.0.1:9000"), None);
        assert_eq!(port("# listen: 0.0.0.0:9000"), None);
        assert_eq!(port("upstream: 0.0.0.0:9000"), None);
    }

    #[test]
    fn listen_lines_of_many_formats() {
        let port = |line, directive| listener(line, directive).map(|port| port.to_string());
        assert_eq!(port("listen 9999;", "listen").as_deref(), Some("9999/tcp"));
        assert_eq!(port("listen [::]:80 default_server;", "listen").as_deref(), Some("80/tcp"));
        assert_eq!(port("listen 443 quic;", "listen").as_deref(), Some("443/udp"));
        assert_eq!(port("port = 5433 # moved", "port").as_deref(), Some("5433/tcp"));
        assert_eq!(port("listen unix:/run/a.sock;", "listen"), None);
        assert_eq!(port("listen_addresses = '*'", "listen"), None);
        assert_eq!(port("#port = 5433", "port"), None);
    }
}
