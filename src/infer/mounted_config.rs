//! The listen line of a mounted configuration file.
//!
//! Only formats whose listen line can be told from a line: each is a row of [`FORMATS`]. The image's default listener
//! is moved by what the file says.

use super::{Evidence, Subject};
use crate::compose::port::{Port, Protocol};
use crate::source::Span;

pub(super) const NAME: &str = "config";

/// A configuration format.
struct Format {
    /// What the path in the container ends with, or has as a folder.
    path: &'static str,
    /// The words that begin a line which names a listener.
    directive: &'static str,
}

const FORMATS: [Format; 10] = [
    Format { path: "/etc/nginx/", directive: "listen" },
    Format { path: "nginx.conf", directive: "listen" },
    Format { path: "redis.conf", directive: "port" },
    Format { path: "valkey.conf", directive: "port" },
    Format { path: "postgresql.conf", directive: "port" },
    Format { path: "pgbouncer.ini", directive: "listen_port" },
    Format { path: "www.conf", directive: "listen" },
    Format { path: "mosquitto.conf", directive: "listener" },
    Format { path: "haproxy.cfg", directive: "bind" },
    Format { path: "my.cnf", directive: "port" },
];

pub(super) fn find(subject: &Subject<'_>) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for (target, file) in subject.project.mounted_files(subject.service) {
        let formats = FORMATS.iter().filter(|format| target.contains(format.path));
        for (port, span) in formats.take(1).flat_map(|format| listeners(&file.text, format)) {
            if found.iter().any(|evidence| evidence.port == port) {
                continue;
            }
            let moves = subject.known.as_ref().and_then(|known| known.ports.first().copied());
            let because = format!("the mounted `{}` listens on {port}", file.path.display());
            found.push(Evidence { moves, ..Evidence::strong(NAME, port, file.location(span), because) });
        }
    }
    found
}

/// The listeners that lines of the form `listen 80;`, `port = 6379` or `bind *:443 ssl` name.
fn listeners(text: &str, format: &Format) -> Vec<(Port, Span)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        if let Some(port) = listener(line.trim(), format.directive) {
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
