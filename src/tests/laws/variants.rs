//! Changes of a text that must not change what is done: line breaks of Windows, no last line break, a comment above, a block
//! of wide characters above, a service beside.

use super::{Broken, Trial, broken};
use crate::source::{FileId, SourceFile};
use crate::tests::project::{Given, Texts};
use crate::yaml::{CollectionStyle, Entry, Stream};

/// What is put into a file, and where.
type Insertion = (FileId, usize, String);

pub(super) fn broken_by(trial: &Trial<'_>) -> Vec<Broken> {
    let before = trial.before;
    let plain = || before.parts.iter().map(|id| &before.texts[id]);
    let mut failures = Vec::new();
    let mut hold = |law: &'static str, changed: Given, back: &dyn Fn(&Given) -> Given| {
        let run = changed.run(trial.settings);
        if run.verdicts() != trial.run.verdicts() {
            failures.push(broken(law, "another verdict"));
        } else if back(&changed.with(run.after)).texts != trial.after.texts {
            failures.push(broken(law, "another edit"));
        }
    };
    if plain().all(|text| !text.contains('\r')) {
        let unix = |given: &Given| given.with_compose(|text| text.replace("\r\n", "\n"));
        hold("windows", before.with_compose(|text| text.replace('\n', "\r\n")), &unix);
    }
    if plain().all(|text| text.ends_with('\n') && !text.ends_with("\n\n") && !text.ends_with("\r\n")) {
        let ended = |given: &Given| given.with_compose(|text| if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") });
        hold("last-line", before.with_compose(|text| text.strip_suffix('\n').unwrap_or(text).to_owned()), &ended);
    }
    if plain().all(|text| !text.starts_with('\u{feff}')) {
        let line = "# é—\n";
        let without = |given: &Given| given.with_compose(|text| text.replacen(line, "", 1));
        hold("comment-above", before.with_compose(|text| format!("{line}{text}")), &without);
    }
    let mut insert = |law: &'static str, insertions: Vec<Insertion>| {
        if !insertions.is_empty() {
            hold(law, before.with(inserted(before, &insertions)), &|given| given.with(without(given, &insertions)));
        }
    };
    insert("block-above", insertions(before, above));
    insert("service-beside", insertions(before, beside).into_iter().take(1).collect());
    failures
}

fn insertions(given: &Given, find: fn(&Stream<'_>) -> Option<(usize, String)>) -> Vec<Insertion> {
    let find = |(id, stream): (&FileId, &Stream<'_>)| find(stream).map(|(at, text)| (*id, at, text));
    given.load(|project, _| project.streams.iter().filter_map(find).collect()).unwrap_or_default()
}

fn inserted(given: &Given, insertions: &[Insertion]) -> Texts {
    let mut texts = given.texts.clone();
    for (id, at, added) in insertions {
        if let Some(text) = texts.get_mut(id) {
            text.insert_str(*at, added);
        }
    }
    texts
}

fn without(given: &Given, insertions: &[Insertion]) -> Texts {
    let mut texts = given.texts.clone();
    for (id, _, added) in insertions {
        if let Some(text) = texts.get_mut(id) {
            *text = text.replacen(added, "", 1);
        }
    }
    texts
}

/// A block scalar of wide characters before everything else.
fn above(stream: &Stream<'_>) -> Option<(usize, String)> {
    let source: &SourceFile = stream.source;
    let entries = &stream.documents.first()?.root.as_mapping()?.entries;
    let first = entries.first()?;
    let at = first.span.start;
    let is_block = first.key.span.start == at && source.line_column(at).column == 1 && !source.text.contains('\r');
    // Blank lines between all entries are a style, which the new one follows.
    let is_spaced = |pair: &[Entry<'_>]| {
        let between = &source.text[pair[0].span.end..pair[1].span.start];
        between.lines().skip(1).any(|line| line.trim().is_empty())
    };
    let blank = if entries.len() > 1 && entries.windows(2).all(is_spaced) { "\n" } else { "" };
    is_block.then(|| (at, format!("x-wide: |\n  ————————\n\n  — # —\n{blank}")))
}

/// A service that nobody knows, after the last one.
fn beside(stream: &Stream<'_>) -> Option<(usize, String)> {
    let text = &stream.source.text;
    let services = stream.documents.first()?.root.get("services")?.as_mapping()?;
    let last = services.entries.last()?;
    let at = if text[..last.span.end].ends_with('\n') { last.span.end } else { last.span.end + text[last.span.end..].find('\n')? + 1 };
    let indent = " ".repeat(services.column);
    let is_block = services.style == CollectionStyle::Block && !text.contains('\r');
    is_block.then(|| (at, format!("{indent}zz-other:\n{indent}  image: example/zz-other:1\n")))
}
