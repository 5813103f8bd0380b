//! Addresses in files that services mount: proxies' upstreams, scrapers' targets, application settings.
//!
//! Formats are not parsed. A line that is no comment and names an address of the host with a port, there or in a setting
//! close by, is enough to hold a service back and to tell where to look. A file is searched once, whoever mounts it.

use super::found::{Around, Found};
use super::text::{of_mention, setting};
use crate::compose::Project;
use crate::compose::tree::{Text, Value};
use crate::facts::addresses::lines::Lines;
use crate::facts::addresses::mention;
use crate::formats::mapped::{Mapped, Place};
use crate::knowledge::config_files;
use crate::source::{FileId, Location, SourceFile, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// The files of a project that were searched.
#[derive(Debug, Default)]
pub(in crate::facts::addresses) struct Searched {
    files: BTreeMap<FileId, Vec<Found>>,
    /// The files whose content stands in the Compose file, by where it does.
    contents: BTreeMap<Place, Vec<Found>>,
}

impl Searched {
    /// The addresses in a file, unless nobody in a container reads it to find its peers.
    pub(in crate::facts::addresses) fn file(&mut self, project: &Project<'_>, target: &str, file: &SourceFile) -> &[Found] {
        // A mounted project folder brings the Compose files along.
        let about_project = project.input.compose.contains(&file.id) || project.input.env == Some(file.id);
        if about_project || config_files::is_prose(target) || is_compose(target) {
            return &[];
        }
        self.files.entry(file.id).or_insert_with(|| in_file(file))
    }

    /// The addresses in a file whose content stands in the Compose file.
    pub(in crate::facts::addresses) fn content(&mut self, text: &Text) -> &[Found] {
        self.contents.entry(text.place).or_insert_with(|| in_content(text))
    }
}

/// The contents of the files that the `configs` of a service mount and that stand in the Compose file.
pub(in crate::facts::addresses) fn contents<'a>(project: &'a Project<'_>, configs: Option<&'a Value>) -> impl Iterator<Item = &'a Text> {
    let items = configs.map(Value::items).unwrap_or_default();
    items.iter().filter_map(|item| {
        let name = item.as_str().or_else(|| item.get("source").and_then(Value::as_str))?;
        project.configs().iter().find(|config| config.key == name)?.value.get("content")?.as_text()
    })
}

/// Whether a file is called as Compose files are.
fn is_compose(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or_default();
    name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

fn in_file(file: &SourceFile) -> Vec<Found> {
    if !mention::is_in(&file.text) {
        return Vec::new();
    }
    let at = |range: &Range<usize>| file.location(Span::new(range.start, range.end));
    let value = Mapped::whole(file.text.as_str(), Place::Bytes(at(&(0..file.text.len()))));
    in_lines(&value, &value, at)
}

fn in_content(text: &Text) -> Vec<Found> {
    in_lines(&text.raw, &text.value.with_unset(), |_| text.at())
}

/// `raw` is what a host that is put together from several texts is put together from; `shown` is the place to show to a
/// person for a line.
fn in_lines(raw: &str, value: &Mapped, shown: impl Fn(&Range<usize>) -> Location) -> Vec<Found> {
    let mut lines = Lines::new(value);
    let mut found = Vec::new();
    for line in lines.iter().filter(|line| !is_comment(&value[line.clone()])).collect::<Vec<_>>() {
        for mention in mention::mentions(&value[line.clone()]) {
            let mention = mention.moved_by(line.start);
            let at = shown(&(line.start..line.start + value[line.clone()].trim_end_matches('\n').len()));
            let around = Around::Setting(setting(&mut lines, value, &mention));
            found.push(of_mention(raw, value, &mention, around, at));
        }
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    // `* = host=…` is how PgBouncer names every database.
    ["#", "//", ";", "--", "*", "/*", "<!--"].iter().any(|mark| line.starts_with(mark)) && !line.starts_with("* =")
}
