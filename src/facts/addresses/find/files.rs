//! Addresses in files that services mount: proxies' upstreams, scrapers' targets, application settings.
//!
//! Formats are not parsed. A line that is no comment and names an address of the host with a port, there or in a setting
//! close by, is enough to hold a service back and to tell where to look.

use super::found::{Around, Found};
use super::text::{of_mention, setting};
use crate::compose::Project;
use crate::compose::tree::{Text, Value};
use crate::facts::addresses::lines::Lines;
use crate::facts::addresses::mention;
use crate::formats::mapped::{Mapped, Place};
use crate::knowledge::config_files;
use crate::source::{Location, SourceFile, Span};
use std::ops::Range;

/// The contents of the files that the `configs` of a service mount and that stand in the Compose file.
pub(in crate::facts::addresses) fn contents<'a>(project: &'a Project<'_>, configs: Option<&'a Value>) -> impl Iterator<Item = &'a Text> {
    let items = configs.map(Value::items).unwrap_or_default();
    items.iter().filter_map(|item| {
        let name = item.as_str().or_else(|| item.get("source").and_then(Value::as_str))?;
        project.configs().iter().find(|config| config.key == name)?.value.get("content")?.as_text()
    })
}

/// Whether a service that has a file at `target` may read it to find its peers: it is no documentation, and none of the
/// project's own files, which a mounted project folder brings along.
pub(super) fn is_read(project: &Project<'_>, target: &str, file: &SourceFile) -> bool {
    let about_project = project.input.compose.contains(&file.id) || project.input.env == Some(file.id);
    !about_project && !config_files::is_prose(target) && !is_compose(target)
}

/// Whether a file is called as Compose files are.
fn is_compose(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or_default();
    name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// Every address in a file.
pub(super) fn in_file(file: &SourceFile) -> Vec<Found> {
    if !mention::is_in(&file.text) {
        return Vec::new();
    }
    let at = |range: &Range<usize>| file.location(Span::new(range.start, range.end));
    let value = Mapped::whole(file.text.as_str(), Place::Bytes(at(&(0..file.text.len()))));
    in_lines(&value, &value, at)
}

/// Every address in a file whose content stands in the Compose file.
pub(super) fn in_content(text: &Text) -> Vec<Found> {
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
    let starred = || line.starts_with('*') && !line.starts_with("* =");
    line.starts_with(['#', ';']) || starred() || ["//", "--", "<!--"].iter().any(|mark| line.starts_with(mark)) || line.starts_with("/*")
}
