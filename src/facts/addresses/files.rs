//! References in files that a service mounts: proxies' upstreams, scrapers' targets, application settings.
//!
//! Formats are not parsed. A line that is no comment and names an address of the host with a port, there or in a setting
//! close by, is enough to hold the service back and to tell where to look.

use super::{Dialler, Field, Owner, Reference, keyed, pairs};
use crate::compose::tree::{Text, Value};
use crate::facts::addresses::mention::{self, LocalHost, Mention, Port};
use crate::formats::mapped::{Place, Slot};
use crate::source::{Location, SourceFile, Span};
use std::ops::Range;

pub(super) fn find(dialler: &Dialler<'_>) -> Vec<Reference> {
    let (project, service) = (dialler.subject.project, dialler.subject.service);
    let files = project.mounted_files(service);
    // A mounted project folder brings the Compose files along, which nobody in the container reads.
    let read = |(target, file): &(String, &SourceFile)| {
        is_configuration(target) && !is_compose(target) && !project.input.compose.contains(&file.id) && project.input.env != Some(file.id)
    };
    let mut found: Vec<Reference> = files.into_iter().filter(read).flat_map(|(_, file)| in_file(dialler, file)).collect();
    for item in service.get("configs").map(Value::items).unwrap_or_default() {
        let name = item.as_str().or_else(|| item.get("source").and_then(Value::as_str));
        let Some(config) = project.configs().iter().find(|config| Some(config.key.as_str()) == name) else { continue };
        found.extend(config.value.get("content").and_then(Value::as_text).into_iter().flat_map(|text| in_content(dialler, text)));
    }
    found
}

/// Documentation and scripts of the web are not read by the service to find its peers.
fn is_configuration(target: &str) -> bool {
    ![".md", ".html", ".htm", ".css", ".svg", ".lock", ".sql", ".csv", ".txt", ".log", ".map"].iter().any(|end| target.ends_with(end))
}

/// Whether a file is called as Compose files are.
fn is_compose(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or_default();
    name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

fn in_file(dialler: &Dialler<'_>, file: &SourceFile) -> Vec<Reference> {
    let locate = |range: &Range<usize>| {
        let start = file.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = file.text[range.end..].find('\n').map_or(file.text.len(), |at| range.end + at);
        let at = |start: usize, end: usize| file.location(Span::new(start, end));
        Some((Place::Bytes(at(range.start, range.end)), at(start, end)))
    };
    in_lines(dialler, &file.text, &locate)
}

/// A file whose content stands in the Compose file itself.
fn in_content(dialler: &Dialler<'_>, text: &Text) -> Vec<Reference> {
    let value = text.value.with_unset();
    in_lines(dialler, &value, &|range| value.place(range).map(|place| (place, place.location())))
}

/// Finds where a range of the value is written, and the place to show for it.
type Locate<'a> = &'a dyn Fn(&Range<usize>) -> Option<(Place, Location)>;

fn in_lines(dialler: &Dialler<'_>, value: &str, locate: Locate<'_>) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in value.split_inclusive('\n') {
        if !is_comment(line) {
            found.extend(mention::mentions(line).into_iter().filter_map(|mention| in_line(dialler, value, start, &mention, locate)));
        }
        start += line.len();
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    // `* = host=…` is how PgBouncer names every database.
    ["#", "//", ";", "--", "*", "/*", "<!--"].iter().any(|mark| line.starts_with(mark)) && !line.starts_with("* =")
}

/// The reference that a mention in the line from byte `start` on is, if it is one.
fn in_line(dialler: &Dialler<'_>, value: &str, start: usize, mention: &Mention, locate: Locate<'_>) -> Option<Reference> {
    let shifted = |range: &Range<usize>| start + range.start..start + range.end;
    let host = shifted(&mention.host);
    let setting = keyed::around(value, &host);
    let key = setting.as_ref().map(|setting| setting.key.as_str()).unwrap_or_default();
    let beside = setting.as_ref().and_then(|setting| setting.port.clone()).filter(|_| mention.port.is_none());
    let (number, port) = match (&mention.port, mention.implied, beside) {
        (Some(Port::Number(number, range)), ..) => (Some(*number), Some(shifted(range))),
        (_, Some(implied), _) => (Some(implied), None),
        (_, None, Some(range)) => (value[range.clone()].parse().ok(), Some(range)),
        (_, None, None) => (None, None),
    };
    let owner = match number {
        _ if is_bind(key) => bind(dialler, number)?,
        Some(number) => dialler.owner(number),
        None => pairs::by_key(dialler, key)?,
    };
    if mention.named == LocalHost::Unspecified && !matches!(owner, Owner::Service { .. }) {
        return None;
    }
    let port = port.and_then(|range| locate(&range)).map(|(place, _)| Slot { place, variable: false });
    let (place, at) = locate(&host)?;
    let (written, host) = (value[host].to_owned(), Some(place));
    Some(Reference { from: dialler.id, field: Field::File, written, host, named: mention.named, number, port, owner, at })
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
