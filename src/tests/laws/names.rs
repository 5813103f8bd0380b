//! Names are no evidence: services in another order, services with other names, and variables that nobody documents with
//! other names lead to the same verdicts.

use super::{Broken, Trial, broken};
use crate::diagnostic::Outcome;
use crate::source::{FileId, Span};
use crate::tests::project::{Given, Run};
use crate::tests::support::files::root;
use crate::yaml::{CollectionStyle, Kind, Node, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

/// Verdicts by the name of the service.
type Verdicts = BTreeMap<String, (Outcome, BTreeSet<String>)>;

pub(super) fn broken_by(trial: &Trial<'_>) -> Vec<Broken> {
    if trial.run.services.is_empty() {
        return Vec::new();
    }
    let before = trial.before;
    let expected = verdicts(&trial.run, &BTreeMap::new());
    let mut failures = Vec::new();
    let mut hold = |law: &'static str, changed: Option<Given>, names: &BTreeMap<String, String>| {
        let Some(found) = changed.map(|changed| verdicts(&changed.run(trial.settings), names)) else { return };
        let different = expected.iter().filter(|(name, verdict)| found.get(*name) != Some(verdict));
        let shown: Vec<String> = different.map(|(name, verdict)| format!("`{name}`: {verdict:?} and then {:?}", found.get(name))).collect();
        if !shown.is_empty() {
            failures.push(broken(law, shown.join(", ")));
        }
    };
    hold("reordered", reordered(before), &BTreeMap::new());
    let services = service_names(before);
    let back = services.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
    hold("services-renamed", renamed(before, &services), &back);
    hold("variables-renamed", with_variables_renamed(before), &BTreeMap::new());
    failures
}

fn verdicts(run: &Run, names: &BTreeMap<String, String>) -> Verdicts {
    let name = |name: String| names.get(&name).cloned().unwrap_or(name);
    let sorted = |ports: Vec<String>| ports.into_iter().collect::<BTreeSet<_>>();
    run.verdicts().into_iter().map(|(service, outcome, ports)| (name(service), (outcome, sorted(ports)))).collect()
}

/// The services in the opposite order, where they are a block that can be cut into pieces.
fn reordered(given: &Given) -> Option<Given> {
    let [id] = given.parts.as_slice() else { return None };
    let text = given.load(|project, _| backwards(project.stream(*id)?)).flatten()?;
    Some(given.with_compose(|_| text.clone()))
}

fn backwards(stream: &Stream<'_>) -> Option<String> {
    let text = &stream.source.text;
    let services = stream.documents.first()?.root.get("services")?;
    let mapping = services.as_mapping()?;
    // An anchor has to stand before its aliases.
    let anchored = stream.nodes().any(|node| services.span.contains(node.span) && node.anchor.is_some());
    if mapping.style != CollectionStyle::Block || mapping.entries.len() < 2 || anchored {
        return None;
    }
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let first = line_start(mapping.entries[0].span.start);
    let mut starts = vec![first];
    for pair in mapping.entries.windows(2) {
        starts.push(comments_above(text, line_start(pair[0].span.end.max(first)), line_start(pair[1].span.start), mapping.column));
    }
    let last = mapping.entries.last()?.span.end;
    let end = if text[..last].ends_with('\n') { last } else { last + text[last..].find('\n')? + 1 };
    let ends = starts.iter().skip(1).copied().chain([end]);
    let pieces: Vec<&str> = starts.iter().copied().zip(ends).map(|(start, end)| &text[start..end]).collect();
    let mut pieces: Vec<String> = pieces.into_iter().map(str::to_owned).collect();
    pieces.reverse();
    Some(format!("{}{}{}", &text[..first], pieces.concat(), &text[end..]))
}

/// Where the comments directly above the line at `line` begin that are indented as it is, not before `from`.
fn comments_above(text: &str, from: usize, line: usize, column: usize) -> usize {
    let mut start = line;
    for above in text[from..line].split_inclusive('\n').rev() {
        let indent = above.len() - above.trim_start_matches(' ').len();
        if indent != column || !above[indent..].starts_with('#') {
            break;
        }
        start -= above.len();
    }
    start
}

/// Services with names that mean nothing.
fn service_names(given: &Given) -> BTreeMap<String, String> {
    let names: Option<Vec<String>> = given.load(|project, _| project.services.iter().map(|service| service.name.clone()).collect());
    names.unwrap_or_default().into_iter().zip(meaningless()).map(|(old, new)| (old, format!("zq{new}"))).collect()
}

/// `a`, `b`, … `z`, `aa`, …
fn meaningless() -> impl Iterator<Item = String> {
    let letters = || ('a'..='z').map(String::from);
    letters().chain(letters().flat_map(move |first| letters().map(move |second| format!("{first}{second}"))))
}

/// The project with its services renamed, wherever a Compose file names them and wherever an address has one for its host.
fn renamed(given: &Given, names: &BTreeMap<String, String>) -> Option<Given> {
    let mut texts = given.texts.clone();
    let changed = given.load(|project, _| {
        let streams = project.streams.iter();
        streams.map(|(id, stream)| (*id, with_replaced(&stream.source.text, &named_in(stream, names)))).collect::<Vec<(FileId, String)>>()
    })?;
    texts.extend(changed);
    // A Dockerfile names images where others name hosts.
    let is_read = |id: &FileId| !given.parts.contains(id) && !given.path(*id).to_string_lossy().contains("Dockerfile");
    for (id, text) in texts.iter_mut().filter(|(id, _)| is_read(id)) {
        let hosts = hosts_in(text, Span::new(0, text.len()), names);
        *text = with_replaced(&given.texts[id], &hosts);
    }
    accepted(given.with(texts))
}

/// The project, unless names in it are put together from parts, so that renaming tears it.
fn accepted(given: Given) -> Option<Given> {
    given.load(|_, rejections| rejections.is_empty())?.then_some(given)
}

fn with_replaced(text: &str, replacements: &BTreeMap<Span, String>) -> String {
    let mut out = text.to_owned();
    for (span, new) in replacements.iter().rev() {
        out.replace_range(span.start..span.end, new);
    }
    out
}

/// The places of a Compose file that name services; what is kept for merging (`x-`) names them as services do.
fn named_in(stream: &Stream<'_>, names: &BTreeMap<String, String>) -> BTreeMap<Span, String> {
    let mut found = BTreeMap::new();
    let text = &stream.source.text;
    for document in &stream.documents {
        for service in document.root.get("services").and_then(Node::as_mapping).into_iter().flat_map(|services| &services.entries) {
            found.extend(name_at(&service.key, names));
        }
    }
    for entry in stream.nodes().filter_map(Node::as_mapping).flat_map(|mapping| &mapping.entries) {
        match entry.key.as_str() {
            Some("depends_on" | "links" | "volumes_from" | "network_mode" | "ipc" | "pid" | "uts" | "extends") => {
                found.extend(nodes(&entry.value).into_iter().filter_map(|node| name_at(node, names)));
            }
            Some("environment" | "command" | "entrypoint" | "healthcheck" | "labels") => {
                let scalars = nodes(&entry.value).into_iter().filter(|node| matches!(node.kind, Kind::Scalar(_)));
                found.extend(scalars.flat_map(|node| hosts_in(text, node.content, names)));
            }
            _ => {}
        }
    }
    for comment in stream.comments() {
        found.extend(words_in(text, *comment, names));
    }
    found
}

/// The node and all nodes in it.
fn nodes<'a, 'src>(node: &'a Node<'src>) -> Vec<&'a Node<'src>> {
    let inner: Vec<&Node<'_>> = match &node.kind {
        Kind::Mapping(mapping) => mapping.entries.iter().flat_map(|entry| [&entry.key, &entry.value]).flat_map(nodes).collect(),
        Kind::Sequence(sequence) => sequence.items.iter().flat_map(|item| nodes(&item.value)).collect(),
        Kind::Null | Kind::Scalar(_) | Kind::Alias(_) => Vec::new(),
    };
    [vec![node], inner].concat()
}

/// The name of a service that a scalar says: `db`, `db:alias`, `service:db`.
fn name_at(node: &Node<'_>, names: &BTreeMap<String, String>) -> Option<(Span, String)> {
    let value = node.as_str()?;
    let start = value.strip_prefix("service:").map_or(0, |_| "service:".len());
    let name = value[start..].split(':').next()?;
    let new = names.get(name)?;
    let at = node.content.start + usize::from(node.content.end - node.content.start > value.len()) + start;
    Some((Span::new(at, at + name.len()), new.clone()))
}

/// Names of services that stand where an address has its host, or that are the whole value of a variable.
fn hosts_in(text: &str, span: Span, names: &BTreeMap<String, String>) -> BTreeMap<Span, String> {
    let is_host = |found: &Span| {
        let (before, after) = (&text[span.start..found.start], &text[found.end..span.end]);
        let opens = before.ends_with("//") || before.ends_with('@');
        let has_port = after.strip_prefix(':').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '$'));
        let is_value = before.ends_with('=') && (after.is_empty() || after.starts_with(['\'', '"', '\n']));
        let named = text[..span.start].trim_end_matches([' ', '"', '\'']).ends_with("HOST:") && before.len() <= 1 && after.len() <= 1;
        opens || has_port || is_value || named
    };
    words_in(text, span, names).into_iter().filter(|(found, _)| is_host(found)).collect()
}

/// Names of services that stand in a text as words of their own.
fn words_in(text: &str, span: Span, names: &BTreeMap<String, String>) -> BTreeMap<Span, String> {
    let is_word = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let mut found = BTreeMap::new();
    let mut at = span.start;
    for piece in span.of(text).split_inclusive(|c| !is_word(c)) {
        let word = piece.trim_end_matches(|c| !is_word(c)).trim_end_matches('.');
        // Prose writes names as it likes.
        if let Some(new) = names.get(word).or_else(|| names.get(&word.to_lowercase())) {
            found.insert(Span::new(at, at + word.len()), new.clone());
        }
        at += piece.len();
    }
    found
}

/// The words, in lower case, that our tables know to mean something in the name of a variable. Where images and programs have
/// theirs, words in capitals are names of variables.
static DOCUMENTED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let words = |name: &str| {
        let text = fs::read_to_string(root().join("data").join(name)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let words = lines.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect::<Vec<_>>());
        words.collect::<Vec<_>>()
    };
    let tables = ["variables.txt", "words.txt", "protocols.txt", "host_access.txt", "config_keys.txt"];
    let capitals = ["images.txt", "programs.txt"].into_iter().flat_map(words).filter(|word| !word.chars().any(|c| c.is_ascii_lowercase()));
    tables.into_iter().flat_map(words).chain(capitals).map(|word| word.to_lowercase()).collect()
});

/// The project with every word in names of variables that is in none of our tables replaced by one that means nothing.
fn with_variables_renamed(given: &Given) -> Option<Given> {
    let names: BTreeSet<String> = given.load(|project, _| {
        let variables = project.services.iter().flat_map(|service| &service.environment);
        variables.map(|variable| variable.name.clone()).collect()
    })?;
    let unknown =
        |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()) && !DOCUMENTED.contains(&word.to_lowercase());
    let words: BTreeSet<&str> = names.iter().flat_map(|name| name.split('_')).filter(unknown).collect();
    let new: BTreeMap<&str, String> = words.into_iter().zip(meaningless().map(|letters| format!("zq{letters}"))).collect();
    let spelt = |word: &str| {
        let new = new.get(word)?;
        Some(if word.chars().any(char::is_lowercase) { new.clone() } else { new.to_uppercase() })
    };
    let renamed = |name: &str| name.split('_').map(|word| spelt(word).unwrap_or_else(|| word.to_owned())).collect::<Vec<_>>().join("_");
    let renames: BTreeMap<String, String> =
        names.iter().map(|name| (name.clone(), renamed(name))).filter(|(old, new)| old != new).collect();
    if renames.is_empty() {
        return None;
    }
    let change = |text: &String| with_replaced(text, &variables_in(text, &renames));
    accepted(given.with(given.texts.iter().map(|(id, text)| (*id, change(text))).collect()))
}

fn variables_in(text: &str, renames: &BTreeMap<String, String>) -> BTreeMap<Span, String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = BTreeMap::new();
    let mut at = 0;
    for piece in text.split_inclusive(|c| !is_word(c)) {
        let word = piece.trim_end_matches(|c| !is_word(c));
        if let Some(new) = renames.get(word) {
            found.insert(Span::new(at, at + word.len()), new.clone());
        }
        at += piece.len();
    }
    found
}
