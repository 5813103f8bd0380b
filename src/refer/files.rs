//! References in files that a service mounts: proxies' upstreams, scrapers' targets, application settings.
//!
//! Formats are not parsed. A line that is no comment and names an address of the host with a port, there or in a setting
//! close by, is enough to hold the service back and to tell where to look.

use super::{Dialler, Field, Owner, Reference, WrittenPort, keyed, pairs};
use crate::compose::address::{self, LocalHost, Mention};
use crate::compose::tree::{Place, Text};
use crate::source::{SourceFile, Span};
use std::ops::Range;

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
        let at = start..start + line.len();
        start += line.len();
        if is_comment(line) {
            continue;
        }
        found.extend(address::mentions(line).into_iter().filter_map(|mention| in_line(dialler, file, &at, &mention)));
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    // `* = host=…` is how PgBouncer names every database.
    ["#", "//", ";", "--", "*", "/*", "<!--"].iter().any(|mark| line.starts_with(mark)) && !line.starts_with("* =")
}

fn text_of(file: &SourceFile, range: &Range<usize>) -> Text {
    let raw = file.text[range.clone()].to_owned();
    let place = Place::Bytes(file.location(Span::new(range.start, range.end)));
    Text { value: raw.clone(), raw, missing: Vec::new(), place, plain: false }
}

fn in_line(dialler: &Dialler<'_>, file: &SourceFile, line: &Range<usize>, mention: &Mention) -> Option<Reference> {
    let host = line.start + mention.host_range.start..line.start + mention.host_range.end;
    let setting = keyed::around(&file.text, &host);
    let key = setting.as_ref().map(|setting| setting.key.as_str()).unwrap_or_default();
    let written = |range: Range<usize>| WrittenPort { text: text_of(file, &range), range: 0..range.len(), variable: false };
    let beside = setting.as_ref().and_then(|setting| setting.port.clone()).filter(|_| mention.port_text.is_none());
    let (number, port) = match (&mention.port, mention.implied_port, beside) {
        (Some((number, range)), ..) => (Some(*number), Some(written(line.start + range.start..line.start + range.end))),
        (None, Some(implied), _) => (Some(implied), None),
        (None, None, Some(range)) => (file.text[range.clone()].parse().ok(), Some(written(range))),
        (None, None, None) => (None, None),
    };
    let owner = match number {
        _ if is_bind(key) => bind(dialler, number)?,
        Some(number) => dialler.owner(number),
        None => pairs::by_key(dialler, key)?,
    };
    if mention.host == LocalHost::Unspecified && !matches!(owner, Owner::Service { .. }) {
        return None;
    }
    let text = text_of(file, line);
    Some(Reference {
        from: dialler.index,
        field: Field::File,
        text,
        host: mention.host_range.clone(),
        named: mention.host,
        number,
        port,
        owner,
    })
}

/// Whether a setting of that name says where the program listens.
fn is_bind(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["bind", "listen"].iter().any(|part| key.contains(part))
}

/// A listener on loopback matters where its port is mapped; others are the program's own affair.
fn bind(dialler: &Dialler<'_>, number: Option<u16>) -> Option<Owner> {
    number.is_none_or(|number| dialler.listens_on(number)).then_some(Owner::Bind)
}
