//! What must hold for every edit of every text: what the text says changes in the announced way and in no other, and
//! comments survive.
//!
//! Texts are those below, random ones, and, where `COMPOSE_FIX_CORPUS` names a folder, all YAML files in it; of each of
//! those some edits are tried, and more if `COMPOSE_FIX_EDITS_PER_FILE` says so.

use super::{cases, suite};
use crate::edit::EditSet;
use crate::source::{Sources, Span};
use crate::tests::support::files::{self, root, yaml_below};
use crate::yaml::change::{self, Comments, NewEntry, NewValue, Refusal, Replacement};
use crate::yaml::oracle::{self, Content, Value};
use crate::yaml::parse::parse;
use crate::yaml::{CollectionStyle, Kind, Node, Path, ScalarStyle, Step, Stream};
use proptest::prelude::*;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// Texts with every construct that edits treat in a way of its own.
const TEXTS: &[&str] = &[
    "# header\nservices: # all\n  web:\n    image: nginx:1.0 # pin\n    ports:\n      - \"80:80\"\n      # tls\n      - '443:443'\n    # environment:\n    #   A: b\n\n  # the store\n  db:\n    image: postgres\n    command: >\n      postgres\n      -c x=1\n\nvolumes:\n  data:\n",
    "x-a: &a\n  restart: always\nservices:\n- <<: *a\n  name: x # n\n  # id\n  id: 1\n- name: y\n-\n- - p\n  - q\n",
    "a: |\n  # text\n  x\n\nb: |+\n  y\n\n\nc: >-\n  one\n  two\n\n  three\n# end\nd: 1\n",
    "l: [a, 'b', {c: d, e: [f]}, g: h,]\nm: {\n  a: 1, # one\n  b: 2 # two\n} # close\nn: []\no: {}\np: {q:, r, \"s\":t}\n",
    "? explicit\n: value\n? [complex, key]\n: - 1\n  - 2\n? lonely\n: # nothing\n",
    "%YAML 1.2\n---\na: !t &x 'multi\n  line'\nb: *x\n...\n---\n- one # 1\n- \"two \\\n  lines\"\n- plain over\n  two lines\n",
    "a:\n- 1\n- b:\n  - 2\n  - c: 3\n    d:\n    # why\n    - 4\n\n\ne: 5\n",
    "k:\n    deep:\n        deeper: # here\n            - x: 1\n\n              y: 2\n    # gone\n\n    next: \u{e9}\u{2014}\u{65e5}\nq: |2\n   lead\n  x\n",
    "only: &o\n  child: 1 # c\n",
    "- a\n",
    "plain\n",
];

/// Strings that some style of scalar cannot hold.
const STRINGS: &[&str] = &[
    "x",
    "",
    " lead",
    "trail ",
    "a: b",
    "a #b",
    "it's \"q\"",
    "yes",
    "08",
    "l1\nl2",
    "l1\nl2\n",
    "l\n\n",
    "\n",
    "\ttab",
    "- a",
    "{a}",
    "a,b]",
    "\u{e9}\u{2014}",
    "\u{1}",
    "*a",
    "a\\b",
    "# c",
    "---",
    "  two\nlines",
    "a\n   \nb\n",
    "a\r\nb",
    "a\u{2028}b",
    "l1\n--- \n",
    "~",
    "a\n\tb\n",
];

#[derive(Debug, Clone, Copy)]
enum Change {
    Remove(Comments),
    Insert,
    Append,
    Replace,
    Set(&'static str),
}

#[test]
fn edits_of_our_texts_change_just_what_they_say() {
    for text in TEXTS {
        for variant in variants(text) {
            with_stream(&variant, |stream| assert_sound(stream, text)).expect("our texts are YAML");
            try_edits(&variant, usize::MAX).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }
}

#[test]
#[ignore = "needs COMPOSE_FIX_CORPUS"]
fn edits_of_real_files_change_just_what_they_say() {
    let limit = std::env::var("COMPOSE_FIX_EDITS_PER_FILE").ok().and_then(|limit| limit.parse().ok()).unwrap_or(3);
    let failures: Vec<String> = corpus()
        .par_iter()
        .flat_map_iter(|(path, text)| variants(text).into_iter().filter_map(move |text| Some((path, try_edits(&text, limit).err()?))))
        .map(|(path, failure)| format!("{}: {failure}", path.display()))
        .collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures[..failures.len().min(10)].join("\n\n"));
}

#[test]
fn trees_of_cases_and_examples_account_for_every_byte() {
    let files: Vec<PathBuf> = ["tests/cases", "examples"].iter().flat_map(|part| yaml_below(&root().join(part))).collect();
    assert!(files.len() > 150, "only {} files", files.len());
    for (path, text) in texts(files) {
        with_stream(&text, |stream| assert_sound(stream, &path.display().to_string()));
    }
}

#[test]
fn trees_of_the_suite_account_for_every_byte() {
    for case in cases::read(suite::SUITE) {
        with_stream(&case.text, |stream| assert_sound(stream, case.title));
    }
}

#[test]
#[ignore = "needs COMPOSE_FIX_CORPUS"]
fn trees_of_real_files_account_for_every_byte() {
    corpus().par_iter().for_each(|(path, text)| {
        with_stream(text, |stream| assert_sound(stream, &path.display().to_string()));
    });
}

#[test]
fn mutated_texts_do_no_harm() {
    TEXTS.par_iter().for_each(|text| {
        for at in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            let end = at + text[at..].chars().next().unwrap().len_utf8();
            for new in [
                "", "\0", "\t", "\n", "\r", " ", "#", "&", "*", "!", "|", ">", "'", "\"", "%", "-", "?", ":", ",", "[", "]", "{", "}",
                "\\", "a", "\u{feff}", "\u{85}",
            ] {
                for mutated in [[&text[..at], new, &text[end..]].concat(), [&text[..at], new, &text[at..]].concat()] {
                    with_stream(&mutated, |stream| assert_exact(stream, &mutated));
                }
            }
        }
    });
}

#[test]
fn edits_of_mutated_texts_do_what_they_say_or_are_noticed() {
    TEXTS.par_iter().for_each(|text| {
        for at in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            let end = at + text[at..].chars().next().unwrap().len_utf8();
            for new in ["", "\n", " ", "#", ":", "-", "?", "'", "+"] {
                try_edits(&[&text[..at], new, &text[end..]].concat(), 3).unwrap_or_else(|failure| panic!("{failure}"));
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_of_random_texts_change_just_what_they_say(entries in mapping(collection()), offset in 0..3_usize) {
        let mut lines = Vec::new();
        write_entries(&entries, 0, 2, offset.min(2), &mut lines);
        let text = lines.join("\n") + "\n";
        with_stream(&text, |stream| assert_sound(stream, &text)).expect("a text made by the rules is YAML");
        for variant in variants(&text) {
            if let Err(failure) = try_edits(&variant, 40) {
                prop_assert!(false, "{failure}");
            }
        }
    }
}

/// The text with the line breaks of Unix, of Windows, and without the last one.
fn variants(text: &str) -> [String; 3] {
    let unix = text.replace("\r\n", "\n");
    [unix.replace('\n', "\r\n"), unix.strip_suffix('\n').unwrap_or(&unix).to_owned(), unix]
}

fn corpus() -> Vec<(PathBuf, String)> {
    let files = yaml_below(&files::corpus());
    assert!(files.len() > 3000, "only {} files", files.len());
    texts(files)
}

fn texts(files: Vec<PathBuf>) -> Vec<(PathBuf, String)> {
    files.into_iter().filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

fn with_stream<T>(text: &str, test: impl FnOnce(&Stream<'_>) -> T) -> Option<T> {
    let sources = Sources::default();
    let id = sources.add("a.yaml", text);
    parse(sources.get(id)).ok().map(|stream| test(&stream))
}

/// Nodes lie in their parents and in order, and outside of them there are only comments, blanks and indicators.
fn assert_exact(stream: &Stream<'_>, name: &str) {
    let text = stream.source.text.as_str();
    let mut covered = vec![false; text.len()];
    let mut cover = |span: Span| covered[span.start..span.end].fill(true);
    for node in stream.nodes() {
        let properties = node.anchor.map(|anchor| anchor.span).into_iter().chain(node.tag.map(|tag| tag.span));
        let mut inner: Vec<Span> = properties.collect();
        inner.iter().copied().for_each(&mut cover);
        match &node.kind {
            Kind::Mapping(mapping) => inner.extend(mapping.entries.iter().flat_map(|entry| [entry.key.span, entry.value.span])),
            Kind::Sequence(sequence) => inner.extend(sequence.items.iter().map(|item| item.value.span)),
            Kind::Scalar(_) | Kind::Alias(_) => cover(node.content),
            Kind::Null => {}
        }
        assert!(node.span.contains(node.content), "{name}: {node:?}");
        let properties_end = inner.iter().filter(|span| span.start < node.content.start).count();
        inner[..properties_end].sort();
        assert!(inner.iter().all(|span| node.span.contains(*span)), "{name}: {node:?}");
        assert!(inner.windows(2).all(|pair| pair[0].end <= pair[1].start), "{name}: {node:?}");
    }
    stream.comments().iter().copied().for_each(&mut cover);
    let rest: String = text.char_indices().map(|(at, c)| if covered[at] { ' ' } else { c }).collect();
    for line in rest.split(['\n', '\r']).filter(|line| !line.trim_start_matches('\u{feff}').starts_with('%')) {
        let allowed = |c: char| " \t\r-?:,[]{}.\u{feff}".contains(c);
        assert!(line.chars().all(allowed), "{name}: unaccounted {line:?}");
    }
}

/// What is written at a scalar's place, taken by itself, is read as its value by a parser that knows nothing of places.
fn assert_decodes(node: &Node<'_>, column: Option<usize>, text: &str, name: &str) {
    match &node.kind {
        Kind::Mapping(mapping) => {
            let column = if mapping.style == CollectionStyle::Block { Some(mapping.column) } else { column };
            for node in mapping.entries.iter().flat_map(|entry| [&entry.key, &entry.value]) {
                assert_decodes(node, column, text, name);
            }
        }
        Kind::Sequence(sequence) => {
            let column = if sequence.style == CollectionStyle::Block { Some(sequence.column) } else { column };
            sequence.items.iter().for_each(|item| assert_decodes(&item.value, column, text, name));
        }
        Kind::Scalar(scalar) => {
            let written = node.content.of(text);
            if scalar.style == ScalarStyle::Plain && written == scalar.value {
                return;
            }
            // The lines of a block scalar are indented by what it is in.
            let alone = match (scalar.style, column) {
                (ScalarStyle::Literal | ScalarStyle::Folded, Some(column)) => format!("{}- {written}", " ".repeat(column)),
                _ => format!("--- {written}"),
            };
            let read = oracle::parse(&alone).unwrap_or_else(|error| panic!("{name}: {error} in {alone:?}"));
            let value = if let Content::Sequence(items) = &read[0].content { &items[0] } else { &read[0] };
            assert_eq!(value.as_str(), Some(&*scalar.value), "{name}: {alone:?}");
        }
        Kind::Null | Kind::Alias(_) => {}
    }
}

/// Both laws of trees: every byte is accounted for, and every scalar decodes to its value.
fn assert_sound(stream: &Stream<'_>, name: &str) {
    assert_exact(stream, name);
    stream.documents.iter().for_each(|document| assert_decodes(&document.root, None, &stream.source.text, name));
}

/// Tries at most `limit` edits of `text`, spread over all that there are. A text that is no YAML has none.
fn try_edits(text: &str, limit: usize) -> Result<(), String> {
    let Some(outcome) = with_stream(text, |stream| {
        if !stream.duplicate_keys.is_empty() {
            return Ok(()); // No change of such a text is made, which has a test of its own.
        }
        let before = oracle::parse(text).unwrap();
        let changes = changes(stream);
        let step = changes.len().div_ceil(limit).max(1);
        changes.iter().step_by(step).try_for_each(|(path, change)| try_edit(stream, &before, path, *change))
    }) else {
        return Ok(());
    };
    outcome
}

/// All changes of all places that have a path.
fn changes(stream: &Stream<'_>) -> Vec<(Path, Change)> {
    let mut out = Vec::new();
    for (index, document) in stream.documents.iter().enumerate() {
        collect_changes(&document.root, Path { document: index, steps: Vec::new() }, &mut out);
    }
    out
}

fn collect_changes(node: &Node<'_>, path: Path, out: &mut Vec<(Path, Change)>) {
    let count = out.len();
    if !path.steps.is_empty() {
        out.extend([Change::Remove(Comments::Drop), Change::Remove(Comments::Keep)].map(|change| (path.clone(), change)));
    }
    if matches!(path.steps.last(), Some(Step::Key(_))) {
        out.push((path.clone(), Change::Replace));
    }
    match &node.kind {
        Kind::Mapping(mapping) => {
            out.push((path.clone(), Change::Insert));
            for entry in &mapping.entries {
                if let Some(key) = entry.key.as_str() {
                    collect_changes(&entry.value, path.key(key), out);
                }
            }
        }
        Kind::Sequence(sequence) => {
            out.push((path.clone(), Change::Append));
            for (index, item) in sequence.items.iter().enumerate() {
                collect_changes(&item.value, path.index(index), out);
            }
        }
        Kind::Null => {
            out.extend([Change::Insert, Change::Append, Change::Set("x"), Change::Set("a: b")].map(|change| (path.clone(), change)))
        }
        Kind::Scalar(scalar) => {
            let block = matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded);
            let strings = STRINGS.iter().enumerate().filter(|(index, _)| block || (count + index).is_multiple_of(5));
            out.extend(strings.map(|(_, string)| (path.clone(), Change::Set(string))));
        }
        Kind::Alias(_) => out.push((path.clone(), Change::Set("x"))),
    }
}

fn try_edit(stream: &Stream<'_>, before: &[Value], path: &Path, change: Change) -> Result<(), String> {
    let text = stream.source.text.as_str();
    let describe = |what: &str, after: &str| format!("{what}: {change:?} at {:?}\n--- before\n{text:?}\n--- after\n{after:?}", path.steps);
    let edits = match apply(stream, path, change) {
        Ok(edits) => edits,
        Err(refusal) => return if is_expected(stream, path, &refusal) { Ok(()) } else { Err(describe(&refusal.message, "")) },
    };
    let mut set = EditSet::default();
    set.extend(edits).map_err(|overlap| describe(&overlap.to_string(), ""))?;
    let after = set.apply(text);
    let comments = with_stream(&after, comments).ok_or_else(|| describe("no longer YAML", &after))?;
    let mut expected = before.to_vec();
    change_values(&mut expected, path, change).ok_or_else(|| describe("no such place", &after))?;
    let mut found = oracle::parse(&after).map_err(|error| describe(&error.message, &after))?;
    number_anchors(&mut expected);
    number_anchors(&mut found);
    if expected != found {
        return Err(describe("says something else", &after));
    }
    let foreign = if text.contains("\r\n") { after.replace("\r\n", "").contains('\n') } else { after.contains("\r\n") };
    if foreign {
        return Err(describe("mixes line breaks", &after));
    }
    let keeps = !matches!(change, Change::Remove(Comments::Drop));
    if keeps && comments != self::comments(stream) {
        return Err(describe("loses a comment", &after));
    }
    Ok(())
}

fn new_entries() -> [NewEntry; 2] {
    let items = NewValue::Sequence(vec![
        NewValue::Raw("\"127.0.0.1:80:80\"".into()),
        NewValue::Mapping(vec![NewEntry::new("p", NewValue::Raw("q".into()))]),
    ]);
    [NewEntry::new("new one", items), NewEntry::new("new: two", NewValue::Raw("plain".into()))]
}

fn apply(stream: &Stream<'_>, path: &Path, change: Change) -> Result<Vec<crate::edit::Edit>, Refusal> {
    match change {
        Change::Remove(comments) => change::remove(stream, path, comments),
        Change::Insert => change::insert(stream, path, &new_entries()),
        Change::Append => change::append(stream, path, &[NewValue::Mapping(new_entries().into())]),
        Change::Replace => change::replace_entry(stream, path, &new_entries()),
        Change::Set(string) => change::replace_scalar(stream, path, Replacement::String(string)),
    }
}

/// Refusals that a text can call for; all others are failures of the editor.
fn is_expected(stream: &Stream<'_>, path: &Path, refusal: &Refusal) -> bool {
    let inside_brackets = || {
        let above = (0..path.steps.len()).map(|length| Path { document: path.document, steps: path.steps[..length].to_vec() });
        above.filter_map(|path| stream.node(&path)).any(|node| match &node.kind {
            Kind::Mapping(mapping) => mapping.style != CollectionStyle::Block,
            Kind::Sequence(sequence) => sequence.style != CollectionStyle::Block,
            _ => false,
        })
    };
    let no_colon = || stream.node(path).is_some_and(|node| node.span.is_empty());
    match refusal.message.as_str() {
        "a comment inside would be lost" => inside_brackets(),
        "there is no place for a value here" => no_colon(),
        message if message.starts_with("a pair in a flow sequence") => inside_brackets(),
        message => message.starts_with("the anchor `&"),
    }
}

fn comments(stream: &Stream<'_>) -> Vec<String> {
    let text = &stream.source.text;
    let mut comments: Vec<_> = stream.comments().iter().map(|span| span.of(text).trim_end().to_owned()).collect();
    comments.sort();
    comments
}

/// Does to values what `change` is to do to the text.
fn change_values(documents: &mut [Value], path: &Path, change: Change) -> Option<()> {
    let node = path.steps.iter().try_fold(documents.get_mut(path.document)?, child)?;
    match change {
        Change::Insert => match &mut node.content {
            Content::Mapping(entries) => entries.extend(values(&new_entries())),
            other => *other = Content::Mapping(values(&new_entries())),
        },
        Change::Append => match &mut node.content {
            Content::Sequence(items) => items.push(plain(Content::Mapping(values(&new_entries())))),
            other => *other = Content::Sequence(vec![plain(Content::Mapping(values(&new_entries())))]),
        },
        Change::Set(string) => node.content = Content::Scalar { text: string.to_owned(), string: true },
        Change::Remove(_) | Change::Replace => {
            let (last, above) = path.steps.split_last()?;
            let parent = above.iter().try_fold(documents.get_mut(path.document)?, child)?;
            match (&mut parent.content, last) {
                (Content::Sequence(items), Step::Index(index)) => drop(items.remove(*index)),
                (Content::Mapping(entries), Step::Key(key)) => {
                    let index = entries.iter().position(|(found, _)| found.as_str() == Some(key))?;
                    let new = if matches!(change, Change::Remove(_)) { Vec::new() } else { values(&new_entries()) };
                    entries.splice(index..=index, new);
                }
                _ => return None,
            }
        }
    }
    Some(())
}

fn child<'a>(value: &'a mut Value, step: &Step) -> Option<&'a mut Value> {
    match (&mut value.content, step) {
        (Content::Sequence(items), Step::Index(index)) => items.get_mut(*index),
        (Content::Mapping(entries), Step::Key(key)) => {
            entries.iter_mut().find(|(found, _)| found.as_str() == Some(key)).map(|(_, value)| value)
        }
        _ => None,
    }
}

fn plain(content: Content) -> Value {
    Value { anchor: None, tag: None, content }
}

fn values(entries: &[NewEntry]) -> Vec<(Value, Value)> {
    let string = |text: &str| plain(Content::Scalar { text: text.trim_matches('"').to_owned(), string: true });
    fn value(new: &NewValue, string: &dyn Fn(&str) -> Value) -> Value {
        match new {
            NewValue::Raw(text) | NewValue::Text(text) | NewValue::Quoted(text) => string(text),
            NewValue::Tagged(tag, inner) => Value { tag: Some((*tag).to_owned()), ..value(inner, string) },
            NewValue::Sequence(items) => plain(Content::Sequence(items.iter().map(|item| value(item, string)).collect())),
            NewValue::Mapping(entries) => {
                plain(Content::Mapping(entries.iter().map(|entry| (string(&entry.key), value(&entry.value, string))).collect()))
            }
        }
    }
    entries.iter().map(|entry| (string(&entry.key), value(&entry.value, &string))).collect()
}

/// Numbers anchors anew: an edit may have taken the last alias of one.
fn number_anchors(documents: &mut [Value]) {
    fn visit(value: &mut Value, see: &mut dyn FnMut(&mut Value)) {
        see(value);
        match &mut value.content {
            Content::Sequence(items) => items.iter_mut().for_each(|item| visit(item, see)),
            Content::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
                visit(key, see);
                visit(value, see);
            }),
            _ => {}
        }
    }
    let mut used = BTreeSet::new();
    for document in documents.iter_mut() {
        visit(document, &mut |value| {
            if let Content::Alias(anchor) = value.content {
                used.insert(anchor);
            }
        });
    }
    let numbers: BTreeMap<usize, usize> = used.into_iter().enumerate().map(|(new, old)| (old, new)).collect();
    for document in documents {
        visit(document, &mut |value| {
            value.anchor = value.anchor.and_then(|anchor| numbers.get(&anchor).copied());
            if let Content::Alias(anchor) = &mut value.content {
                *anchor = numbers[&*anchor];
            }
        });
    }
}

/// A random node: as YAML text of one line, as the lines of a block scalar behind its header, or as a collection.
#[derive(Debug, Clone)]
enum Random {
    Inline(&'static str),
    Block(&'static str, Vec<&'static str>),
    Sequence(Vec<(Random, Trivia)>),
    Mapping(Vec<(Random, Trivia)>),
}

/// What stands around an element.
#[derive(Debug, Clone)]
struct Trivia {
    above: Option<&'static str>,
    behind: Option<&'static str>,
    below: Option<&'static str>,
}

fn trivia() -> impl Strategy<Value = Trivia> {
    let line = prop_oneof![6 => Just(None), 1 => Just(Some("")), 1 => Just(Some("# own line"))];
    let deeper = prop_oneof![8 => Just(None), 1 => Just(Some("   # deeper"))];
    (line, prop_oneof![3 => Just(None), 1 => Just(Some("# behind"))], deeper).prop_map(|(above, behind, below)| Trivia {
        above,
        behind,
        below,
    })
}

fn leaf() -> impl Strategy<Value = Random> {
    let inline = [
        "",
        "plain",
        "a b#c",
        "8080",
        "'it''s # not'",
        "\"q \\\" # not\"",
        "[]",
        "{}",
        "[a, 'b', {c: d}]",
        "{a: 1, b: [c, d: e], f: }",
        "!t",
        "!t x",
        "\u{e9}\u{2014}",
    ];
    let header = prop::sample::select(vec!["|", "|-", "|+", ">", ">-", ">+"]);
    let lines = prop::collection::vec(prop::sample::select(vec!["text", "# no comment", "  more", "", "\u{65e5}: x"]), 0..4);
    let lines = lines.prop_map(|mut lines| {
        lines.insert(0, "first");
        lines
    });
    prop_oneof![4 => prop::sample::select(inline.to_vec()).prop_map(Random::Inline), 1 => (header, lines).prop_map(|(header, lines)| Random::Block(header, lines))]
}

fn collection() -> impl Strategy<Value = Random> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let elements = prop::collection::vec((inner, trivia()), 1..4);
        (elements, any::<bool>())
            .prop_map(|(elements, ordered)| if ordered { Random::Sequence(elements) } else { Random::Mapping(elements) })
    })
}

fn mapping(value: impl Strategy<Value = Random>) -> impl Strategy<Value = Vec<(Random, Trivia)>> {
    prop::collection::vec((value, trivia()), 1..5)
}

fn write_entries(entries: &[(Random, Trivia)], column: usize, indent: usize, offset: usize, lines: &mut Vec<String>) {
    let prefix = " ".repeat(column);
    for (index, (value, trivia)) in entries.iter().enumerate() {
        write_line(trivia.above, &prefix, lines);
        let behind = trivia.behind.map(|comment| format!(" {comment}")).unwrap_or_default();
        let key = format!("{prefix}k{index}:");
        match value {
            Random::Inline(text) => lines.push(format!("{key} {text}{behind}")),
            Random::Block(header, text) => {
                lines.push(format!("{key} {header}{behind}"));
                lines.extend(text.iter().map(|line| format!("{prefix}  {line}").trim_end().to_owned()));
                continue;
            }
            Random::Mapping(entries) => {
                lines.push(key + &behind);
                write_entries(entries, column + indent, indent, offset, lines);
            }
            Random::Sequence(items) => {
                lines.push(key + &behind);
                write_items(items, column + offset, indent, offset, lines);
            }
        }
        write_line(trivia.below.filter(|_| !ends_in_block(value)), &prefix, lines);
    }
}

fn write_items(items: &[(Random, Trivia)], column: usize, indent: usize, offset: usize, lines: &mut Vec<String>) {
    let prefix = " ".repeat(column);
    for (value, trivia) in items {
        write_line(trivia.above, &prefix, lines);
        let start = lines.len();
        match value {
            Random::Inline(text) => {
                lines.push(format!("{prefix}- {text}{}", trivia.behind.map(|comment| format!(" {comment}")).unwrap_or_default()))
            }
            Random::Block(header, text) => {
                lines.push(format!("{prefix}- {header}"));
                lines.extend(text.iter().map(|line| format!("{prefix}  {line}").trim_end().to_owned()));
            }
            Random::Mapping(entries) => write_entries(entries, column + 2, indent, offset, lines),
            Random::Sequence(items) => write_items(items, column + 2, indent, offset, lines),
        }
        // The first line of a collection moves up behind the dash, unless it is a comment or blank.
        if matches!(value, Random::Mapping(_) | Random::Sequence(_)) {
            if lines[start].trim_start().starts_with(['k', '-']) {
                lines[start].replace_range(column..=column, "-");
            } else {
                lines.insert(start, format!("{prefix}-"));
            }
        }
    }
}

fn write_line(line: Option<&str>, prefix: &str, lines: &mut Vec<String>) {
    lines.extend(line.map(|line| format!("{prefix}{line}").trim_end().to_owned()));
}

fn ends_in_block(value: &Random) -> bool {
    match value {
        Random::Inline(_) => false,
        Random::Block(..) => true,
        Random::Sequence(elements) | Random::Mapping(elements) => elements.last().is_some_and(|(last, _)| ends_in_block(last)),
    }
}
