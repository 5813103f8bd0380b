//! References in files that a service mounts: proxies' upstreams, scrapers' targets, application settings.
//!
//! Formats are not parsed. A line that is no comment and names an address of the host with a port is enough to hold the
//! service back and to tell where to look.

use super::{Dialler, Field, Owner, Reference, WrittenPort};
use crate::compose::address::{self, LocalHost, Mention};
use crate::compose::tree::{Place, Text};
use crate::source::{SourceFile, Span};

pub(super) fn find(dialler: &Dialler<'_>) -> Vec<Reference> {
    let files = dialler.subject.project.mounted_files(dialler.subject.service);
    files.into_iter().filter(|(target, _)| is_configuration(target)).flat_map(|(_, file)| in_file(dialler, file)).collect()
}

/// Documentation and scripts of the web are not read by the service to find its peers.
fn is_configuration(target: &str) -> bool {
    ![".md", ".html", ".htm", ".css", ".svg", ".lock", ".sql", ".csv", ".txt", ".log", ".map"].iter().any(|end| target.ends_with(end))
}

fn in_file(dialler: &Dialler<'_>, file: &SourceFile) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let at = file.location(Span::new(start, start + line.len()));
        start += line.len();
        if is_comment(line) {
            continue;
        }
        let text = Text { raw: line.to_owned(), value: line.to_owned(), missing: Vec::new(), place: Place::Bytes(at), plain: false };
        found.extend(address::mentions(line).into_iter().filter_map(|mention| in_line(dialler, &text, mention)));
    }
    found
}

fn is_comment(line: &str) -> bool {
    ["#", "//", ";", "--", "*", "/*", "<!--"].iter().any(|mark| line.trim_start().starts_with(mark))
}

fn in_line(dialler: &Dialler<'_>, text: &Text, mention: Mention) -> Option<Reference> {
    let (number, written) = match &mention.port {
        Some((number, range)) => (*number, Some(WrittenPort { text: text.clone(), range: range.clone() })),
        None => (mention.implied_port?, None),
    };
    let owner = dialler.owner(number);
    if mention.host == LocalHost::Unspecified && !matches!(owner, Owner::Service { .. }) {
        return None;
    }
    Some(Reference {
        from: dialler.index,
        field: Field::File,
        text: text.clone(),
        host: mention.host_range,
        named: mention.host,
        number: Some(number),
        port: written,
        owner,
    })
}
