//! The laws of the program, held against every case and example, and against every Compose file below
//! `COMPOSE_FIX_CORPUS`, where that is set.
//!
//! The cases say what comes out; the laws say what must be true of whatever comes out. They are checked through the
//! library, file by file, and with means of their own where the program checks itself.

use crate::settings::Settings;
use crate::source::{FileId, Sources};
use crate::tests::project::Given;
use crate::yaml::oracle::{self, Content, Value};
use crate::yaml::{self, Kind, Node, Stream};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The text of every file of a project, by name.
type Texts = BTreeMap<FileId, String>;

/// What is wrong, with the file it is wrong with.
type Failures = Vec<String>;

#[test]
fn laws_hold_for_cases_and_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [compose_files(&root.join("tests/cases")), compose_files(&root.join("examples"))].concat();
    assert!(files.len() > 80, "only {} files", files.len());
    hold(&files, |project| [laws(project), metamorphic(project)].concat());
}

#[test]
fn a_file_with_a_wrong_byte_is_refused_or_migrated_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [compose_files(&root.join("tests/cases")), compose_files(&root.join("examples"))].concat();
    let small = |path: &PathBuf| fs::metadata(path).is_ok_and(|file| file.len() < 300);
    let small: Vec<PathBuf> = files.into_iter().filter(small).collect();
    assert!(small.len() > 50, "only {} files", small.len());
    hold(&small, mutations);
}

#[test]
fn laws_hold_for_real_files() {
    let Some(corpus) = corpus() else { return };
    let files = [compose_files(&corpus.join("corpus")), compose_files(&corpus.join("more"))].concat();
    assert!(files.len() > 200, "only {} files", files.len());
    hold(&files, |project| [laws(project), metamorphic(project)].concat());
}

#[test]
fn files_without_host_networking_stay_as_they_are() {
    let Some(corpus) = corpus() else { return };
    let files = compose_files(&corpus.join("negatives"));
    assert!(files.len() > 1000, "only {} files", files.len());
    hold(&files, |project| {
        let run = run(project, project.texts(), &Settings::default());
        let mut failures = spans(project);
        failures.extend((!run.quiet).then(|| "something is said of a file without host networking".to_owned()));
        failures.extend((run.after != project.texts()).then(|| "a file without host networking changes".to_owned()));
        failures
    });
}

fn corpus() -> Option<PathBuf> {
    std::env::var_os("COMPOSE_FIX_CORPUS").map(PathBuf::from)
}

/// Every file below `directory` that is named like YAML, and not the expected result of another.
fn compose_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(directory, &mut files);
    files.sort();
    files
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
        if path.is_dir() && !path.is_symlink() {
            collect(&path, files);
        } else if name.ends_with(".yaml") || name.ends_with(".yml") {
            files.push(path);
        }
    }
}

/// Checks every file as a project of its own, and names the first failures.
fn hold(files: &[PathBuf], check: impl Fn(&Project) -> Failures + Sync) {
    let one = |path: &PathBuf| {
        let failures: Failures = Project::read(path).iter().flat_map(&check).collect();
        failures.into_iter().map(|failure| format!("{}: {failure}", path.display())).collect::<Vec<_>>()
    };
    let failures: Vec<String> = files.par_iter().flat_map_iter(one).collect();
    let first = failures.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} failures\n{first}", failures.len());
}

/// A project as it is on disk.
struct Project {
    given: Given,
}

/// What came of a project.
struct Run {
    after: Texts,
    /// Nothing was found: neither a service on host networking nor something wrong.
    quiet: bool,
    /// The program said that it made a mistake.
    mistake: bool,
}

impl Project {
    /// The project of one file; none for a file that is not text.
    fn read(path: &Path) -> Vec<Self> {
        Given::find(path).into_iter().map(|given| Self { given }).collect()
    }

    fn texts(&self) -> Texts {
        self.given.texts.clone()
    }

    /// The file it was read for.
    fn main(&self) -> Option<FileId> {
        self.given.compose.first().copied()
    }

    /// That file alone.
    fn alone(&self) -> Option<Sources> {
        let sources = Sources::default();
        sources.add("", self.given.texts[&self.main()?].as_str());
        Some(sources)
    }

    /// The texts with the Compose files changed.
    fn with(&self, texts: &Texts, change: impl Fn(&str) -> String) -> Texts {
        let changed = |(id, text): (&FileId, &String)| {
            let text = if self.given.compose.contains(id) { change(text) } else { text.clone() };
            (*id, text)
        };
        texts.iter().map(changed).collect()
    }
}

fn both() -> [Settings; 2] {
    [Settings::default(), Settings { unsafe_edits: true, ..Settings::default() }]
}

/// Migrates a project whose files hold `texts`.
fn run(project: &Project, texts: Texts, options: &Settings) -> Run {
    let run = project.given.with(texts).run(options);
    let mistake = run.diagnostics.iter().any(|diagnostic| diagnostic.rule.id == "internal");
    Run { quiet: run.services.is_empty(), after: run.after, mistake }
}

/// Laws that one run shows: spans, idempotence, comments, and that nothing else changes.
fn laws(project: &Project) -> Failures {
    let mut failures = spans(project);
    for options in both() {
        let before = project.texts();
        let first = run(project, before.clone(), &options);
        if first.mistake {
            failures.push("the program's own check failed".to_owned());
        }
        if first.quiet && first.after != before {
            failures.push("a change without a finding".to_owned());
        }
        if first.after == before {
            continue;
        }
        for (id, after) in first.after.iter().filter(|(id, after)| before[*id] != **after) {
            failures.extend(lost_comment(&before[id], after));
            if project.given.compose.contains(id) {
                failures.extend(changed_elsewhere(&before[id], after));
            }
        }
        let second = run(project, first.after.clone(), &options);
        if second.after != first.after {
            failures.push("the second run changes something".to_owned());
        }
    }
    failures
}

/// Spans nest, and what is written at a plain scalar's span is its value.
fn spans(project: &Project) -> Failures {
    let Some(sources) = project.alone() else { return Vec::new() };
    let Some(file) = sources.iter().next() else { return Vec::new() };
    let Ok(stream) = yaml::parse_leniently(file) else { return Vec::new() };
    stream.documents.iter().flat_map(|document| span_failures(&stream, &document.root)).collect()
}

fn span_failures(stream: &Stream<'_>, root: &Node<'_>) -> Failures {
    let text = &stream.source.text;
    let mut failures = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let children: Vec<&Node<'_>> = match &node.kind {
            Kind::Mapping(mapping) => mapping.entries.iter().flat_map(|entry| [&entry.key, &entry.value]).collect(),
            Kind::Sequence(sequence) => sequence.items.iter().map(|item| &item.value).collect(),
            Kind::Null | Kind::Scalar(_) | Kind::Alias(_) => Vec::new(),
        };
        if children.iter().any(|child| !node.span.contains(child.span)) {
            failures.push(format!("a child of bytes {:?} lies outside", node.span));
        }
        if let Kind::Scalar(scalar) = &node.kind {
            let written = node.content.of(text);
            let plain = scalar.style == yaml::ScalarStyle::Plain && !written.contains('\n');
            if plain && written != scalar.value {
                failures.push(format!("`{}` is not what stands at {:?}", scalar.value, node.content));
            }
        }
        open.extend(children);
    }
    failures
}

/// What looks like a comment, counted line by line without regard to YAML, has to be there afterwards.
fn lost_comment(before: &str, after: &str) -> Option<String> {
    let mut left = comment_like(after);
    let lost = comment_like(before).into_iter().find(|(text, count)| left.remove(text).unwrap_or_default() < *count);
    lost.map(|(text, _)| format!("lost: {text}"))
}

fn comment_like(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        let at = line.match_indices('#').find(|(at, _)| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
        if let Some((at, _)) = at {
            *counts.entry(line[at..].trim_end()).or_default() += 1;
        }
    }
    counts
}

/// The keys below which a migration may change something.
const MAY_CHANGE: [&str; 10] =
    ["network_mode", "ports", "networks", "extra_hosts", "environment", "command", "entrypoint", "hostname", "dns", "<<"];

fn changed_elsewhere(before: &str, after: &str) -> Failures {
    let (Ok(before), Ok(after)) = (oracle::parse(before), oracle::parse(after)) else {
        return vec!["the result is not YAML".to_owned()];
    };
    let mut failures = Vec::new();
    if before.len() != after.len() {
        failures.push("documents came or went".to_owned());
    }
    for (before, after) in before.iter().zip(&after) {
        compare(before, after, "", &mut failures);
    }
    failures
}

fn compare(before: &Value, after: &Value, path: &str, failures: &mut Failures) {
    let (Content::Mapping(old), Content::Mapping(new)) = (&before.content, &after.content) else {
        // Environments are merged from extensions.
        let inline_file = path.starts_with("/configs/") && path.ends_with("/content");
        let same = before.content == after.content || path.starts_with("/x-") || inline_file;
        failures.extend((!same).then(|| format!("`{path}` changed")));
        return;
    };
    // A service that is taken out of a merge gets the merged keys for itself.
    let merges = before.get("<<").is_some();
    for key in old.iter().chain(new).filter_map(|(key, _)| key.as_str()).filter(|key| !MAY_CHANGE.contains(key)) {
        match (before.get(key), after.get(key)) {
            (Some(before), Some(after)) => compare(before, after, &format!("{path}/{key}"), failures),
            (None, Some(_)) if merges => {}
            _ => failures.push(format!("`{path}/{key}` came or went")),
        }
    }
}

/// Changes of a text that must not change the edits.
fn metamorphic(project: &Project) -> Failures {
    let options = Settings { unsafe_edits: true, ..Settings::default() };
    let before = project.texts();
    let base = run(project, before.clone(), &options);
    let Some(text) = project.main().map(|id| before[&id].clone()) else { return Vec::new() };
    if project.given.compose.len() != 1 || base.quiet {
        return Vec::new();
    }
    let mut failures = Vec::new();
    let mut law = |name: &str, texts: Texts, back: &dyn Fn(&str) -> String| {
        let after = run(project, texts, &options).after;
        if project.with(&after, back) != base.after {
            failures.push(name.to_owned());
        }
    };
    if !text.contains('\r') {
        law("with CRLF, another edit", project.with(&before, |text| text.replace('\n', "\r\n")), &|text| text.replace("\r\n", "\n"));
    }
    if text.ends_with('\n') && !text.ends_with("\n\n") && !text.ends_with("\r\n") {
        let chopped = project.with(&before, |text| text.strip_suffix('\n').unwrap_or(text).to_owned());
        law("without the last newline, another edit", chopped, &|text| {
            if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
        });
    }
    if !text.starts_with('\u{feff}') {
        let line = "# é—\n";
        law("below a comment, another edit", project.with(&before, |text| format!("{line}{text}")), &|text| text.replacen(line, "", 1));
    }
    for (name, at, added) in [in_front(project), at_the_end(project)].into_iter().flatten() {
        let texts = project.with(&before, |text| format!("{}{added}{}", &text[..at], &text[at..]));
        law(name, texts, &|text| text.replacen(&added, "", 1));
    }
    failures
}

/// A block scalar of wide characters before everything else.
fn in_front(project: &Project) -> Option<(&'static str, usize, String)> {
    let sources = project.alone()?;
    let source = sources.iter().next()?;
    let stream = yaml::parse_leniently(source).ok()?;
    let entries = &stream.documents.first()?.root.as_mapping()?.entries;
    let first = entries.first()?;
    let at = first.span.start;
    let is_block = first.key.span.start == at && source.line_column(at).column == 1 && !source.text.contains('\r');
    // Blank lines between all entries are a style, which the new one follows.
    let is_spaced = |pair: &[yaml::Entry<'_>]| {
        let between = &source.text[pair[0].span.end..pair[1].span.start];
        between.lines().skip(1).any(|line| line.trim().is_empty())
    };
    let blank = if entries.len() > 1 && entries.windows(2).all(is_spaced) { "\n" } else { "" };
    is_block.then(|| ("below a block scalar, another edit", at, format!("x-wide: |\n  ————————\n\n  — # —\n{blank}")))
}

/// A service that nobody knows, after the last one.
fn at_the_end(project: &Project) -> Option<(&'static str, usize, String)> {
    let sources = project.alone()?;
    let source = sources.iter().next()?;
    let stream = yaml::parse_leniently(source).ok()?;
    let services = stream.documents.first()?.root.get("services")?.as_mapping()?;
    let last = services.entries.last()?;
    let rest = &source.text[last.span.end..];
    let at = last.span.end + rest.find('\n')? + 1;
    let ends_line = source.text[..last.span.end].ends_with('\n');
    let at = if ends_line { last.span.end } else { at };
    let indent = " ".repeat(services.column);
    let is_block = services.style == yaml::CollectionStyle::Block && !source.text.contains('\r');
    is_block.then(|| ("beside an unrelated service, another edit", at, format!("{indent}zz-other:\n{indent}  image: example/zz-other:1\n")))
}

/// What a slip of the hand puts into a file.
const SLIPS: [&str; 14] = ["", ":", "\"", "'", "\t", "{", "]", "#", "- ", "&", "*", "\n", " ", "—"];

/// One byte of the Compose file replaced, at every place: no panic, no edit that the program takes back, no invalid YAML.
fn mutations(project: &Project) -> Failures {
    let (texts, Some(id)) = (project.texts(), project.main()) else { return Vec::new() };
    let text = &texts[&id];
    let mut failures = Vec::new();
    for (number, (at, old)) in text.char_indices().enumerate() {
        let slip = SLIPS[number % SLIPS.len()];
        let slipped = format!("{}{slip}{}", &text[..at], &text[at + old.len_utf8()..]);
        let run = run(project, Texts::from_iter(texts.clone().into_iter().chain([(id, slipped.clone())])), &both()[1]);
        let invalid = run.after[&id] != slipped && oracle::parse(&run.after[&id]).is_err();
        if invalid || run.mistake {
            failures.push(format!("a wrong edit with `{slip}` at byte {at}:\n{slipped}"));
        }
    }
    failures
}
