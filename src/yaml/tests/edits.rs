//! Edits of YAML text, before and after.
//!
//! Short tables by what an edit does stand here; a longer one, each case with a name, is read from `tests/data`.

use super::cases::{self, Case, unescaped};
use crate::edit::{Edit, EditSet};
use crate::source::Sources;
use crate::yaml::change::{self, Comments, NewEntry, NewValue, Replacement};
use crate::yaml::parse::parse;
use crate::yaml::{self, Kind, Node, Path, Step};

/// An operation; new entries and items are given as YAML.
enum Change<'a> {
    Remove,
    RemoveKeepingComments,
    Insert(&'a str),
    Append(&'a str),
    Replace(&'a str),
    Set(&'a str),
    SetRaw(&'a str),
}

use Change::*;

fn edited(text: &str, path: &Path, change: &Change<'_>) -> Result<String, String> {
    let sources = Sources::default();
    let id = sources.add("a.yaml", text);
    let stream = parse(sources.get(id)).map_err(|error| error.to_string())?;
    let edits: Vec<Edit> = match change {
        Remove => change::remove(&stream, path, Comments::Drop),
        RemoveKeepingComments => change::remove(&stream, path, Comments::Keep),
        Insert(yaml) => change::insert(&stream, path, &entries(yaml)),
        Append(yaml) => change::append(&stream, path, &[value(yaml)]),
        Replace(yaml) => change::replace_entry(&stream, path, &entries(yaml)),
        Set(string) => change::replace_scalar(&stream, path, Replacement::String(string)),
        SetRaw(yaml) => change::replace_scalar(&stream, path, Replacement::Raw(yaml)),
    }
    .map_err(|refusal| refusal.to_string())?;
    let mut set = EditSet::default();
    set.extend(edits).unwrap();
    let after = set.apply(text);
    yaml::oracle::parse(&after).map_err(|error| format!("{error} in {after:?}"))?;
    Ok(after)
}

fn entries(yaml: &str) -> Vec<NewEntry> {
    match value(yaml) {
        NewValue::Mapping(entries) => entries,
        other => unreachable!("{other:?}"),
    }
}

fn value(yaml: &str) -> NewValue {
    let sources = Sources::default();
    let id = sources.add("new.yaml", yaml);
    new(&parse(sources.get(id)).unwrap().documents[0].root, yaml)
}

fn new(node: &Node<'_>, text: &str) -> NewValue {
    match &node.kind {
        Kind::Mapping(mapping) if !mapping.entries.is_empty() => {
            let entry = |entry: &yaml::Entry<'_>| NewEntry::new(entry.key.as_str().unwrap(), new(&entry.value, text));
            NewValue::Mapping(mapping.entries.iter().map(entry).collect())
        }
        Kind::Sequence(sequence) if !sequence.items.is_empty() => {
            NewValue::Sequence(sequence.items.iter().map(|item| new(&item.value, text)).collect())
        }
        _ => NewValue::Raw(node.span.of(text).to_owned()),
    }
}

/// `a.0.b`, and `2/a` in the second document.
fn path(text: &str) -> Path {
    let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.to_owned()), Step::Index);
    let (number, text) = text.split_once('/').unwrap_or(("1", text));
    Path { document: number.parse::<usize>().unwrap() - 1, steps: text.split('.').filter(|part| !part.is_empty()).map(step).collect() }
}

/// Checks `(before, path, change, after)`; also with the line breaks of Windows, which must come out the same.
fn check(cases: &[(&str, &str, Change<'_>, &str)]) {
    for (before, to, change, after) in cases {
        let result = edited(before, &path(to), change);
        assert_eq!(result.as_deref(), Ok(*after), "\nbefore: {before:?} at {to}");
        let windows = edited(&before.replace('\n', "\r\n"), &path(to), change);
        assert_eq!(windows, Ok(after.replace('\n', "\r\n")), "\nbefore: {before:?} at {to}");
    }
}

#[test]
fn removing_takes_the_lines_and_the_comments_that_belong_to_them() {
    check(&[
        ("web: 1\ndb: 2 # two\nmq: 3\n", "db", Remove, "web: 1\nmq: 3\n"),
        ("web: 1\n# store\n# of data\ndb: 2\nmq: 3\n", "db", Remove, "web: 1\nmq: 3\n"),
        ("web: 1\n\n# stores\n\ndb: 2\nmq: 3\n", "db", Remove, "web: 1\n\n# stores\n\nmq: 3\n"),
        ("web: 1\n\ndb: 2\n\nmq: 3\n", "db", Remove, "web: 1\n\nmq: 3\n"),
        ("web: 1\n\ndb: 2\n", "db", Remove, "web: 1\n"),
        ("# our stack\nweb: 1\ndb: 2\n", "web", Remove, "# our stack\ndb: 2\n"),
        ("\u{feff}web: 1\ndb: 2\n", "web", Remove, "\u{feff}db: 2\n"),
        ("s:\n  web:\n    a: 1\n    # b: 2\n\n    # c: 3\n  # store\n  db: 2\n", "s.web", Remove, "s:\n  # store\n  db: 2\n"),
        ("s:\n  web: 1\n\n  db: 2\n", "s.web", Remove, "s:\n  db: 2\n"),
        ("l:\n  - a\n  # second\n  - b # x\n  - c\n", "l.1", Remove, "l:\n  - a\n  - c\n"),
        ("a: |\n  # text\n\n  x\nb: 1\n", "a", Remove, "b: 1\n"),
        ("a: one\n  two\nb: 1\n", "a", Remove, "b: 1\n"),
        ("? a\n: 1\n? b\n: 2\n", "a", Remove, "? b\n: 2\n"),
        ("a:\n- 1\n- 2\nb: 3\n", "a", Remove, "b: 3\n"),
    ]);
}

#[test]
fn removing_leaves_what_is_above_and_below_as_it_was() {
    check(&[
        ("web: 1\ndb: 2", "db", Remove, "web: 1"),
        ("web: 1\ndb: 2", "web", Remove, "db: 2"),
        ("web: 1  \ndb: 2\nmq: 3\t\n", "db", Remove, "web: 1  \nmq: 3\t\n"),
        ("a: |+\n  x\n\nb: 1\nc: 2\n", "b", Remove, "a: |+\n  x\n\nc: 2\n"),
        ("a: |+\n  x\nb: 1\n\nc: 2\n", "b", Remove, "a: |+\n  x\nc: 2\n"),
        ("a: |\n  x\nb: 1", "b", Remove, "a: |\n  x\n"),
    ]);
}

#[test]
fn removing_the_only_element_leaves_empty_brackets() {
    check(&[
        ("s: # all\n  web: 1\nv: 1\n", "s.web", Remove, "s: {} # all\nv: 1\n"),
        ("s: &s !x\n  web: 1\n", "s.web", Remove, "s: &s !x {}\n"),
        ("s:\n  - web\n# end\nv: 1\n", "s.0", Remove, "s: []\n# end\nv: 1\n"),
        ("s:\n- web\n", "s.0", Remove, "s: []\n"),
        ("s:\n  web: 1", "s.web", Remove, "s: {}"),
        ("web: 1\n", "web", Remove, "{}\n"),
        ("- a: 1\n- b\n", "0.a", Remove, "- {}\n- b\n"),
        ("- # one\n  a: 1\n- b\n", "0.a", Remove, "- {} # one\n- b\n"),
        ("s:\n  # why\n  web: 1 # one\n", "s.web", RemoveKeepingComments, "s: {}\n  # why\n  # one\n"),
    ]);
}

#[test]
fn removing_behind_a_dash_moves_the_next_element_up() {
    check(&[
        ("- a: 1\n  b: 2\n- c\n", "0.a", Remove, "- b: 2\n- c\n"),
        ("- a: 1 # one\n  # two\n  b: 2\n", "0.a", Remove, "- # two\n  b: 2\n"),
        ("- - a\n  - b\n- c\n", "0.0", Remove, "- - b\n- c\n"),
        ("- a: 1 # one\n  # two\n  b: 2\n", "0.a", RemoveKeepingComments, "- # one\n  # two\n  b: 2\n"),
    ]);
}

#[test]
fn removing_from_brackets_takes_one_comma() {
    check(&[
        ("l: [a, b, c]\n", "l.0", Remove, "l: [b, c]\n"),
        ("l: [a, b, c]  # x\n", "l.2", Remove, "l: [a, b]  # x\n"),
        ("l: [a, b, ]\n", "l.1", Remove, "l: [a, ]\n"),
        ("l: [ a ]\n", "l.0", Remove, "l: []\n"),
        ("m: {a: 1, b: 2}\n", "m.a", Remove, "m: {b: 2}\n"),
        ("l: [\n  a,\n  b,\n  c\n]\n", "l.1", Remove, "l: [\n  a,\n  c\n]\n"),
        ("l: [\n  a, # one\n  b\n]\n", "l.0", Remove, "l: [\n   # one\n  b\n]\n"),
        ("l: [\n  a, # one\n  b # two\n]\n", "l.1", RemoveKeepingComments, "l: [\n  a, # one\n   # two\n]\n"),
        ("l: [ # all\n  a\n]\n", "l.0", Remove, "l: []\n"),
    ]);
}

#[test]
fn comments_can_be_kept() {
    check(&[
        ("# why\nweb: 1 # one\n\ndb: 2\n", "web", RemoveKeepingComments, "# why\n# one\n\ndb: 2\n"),
        (
            "s:\n  a: 1\n  web: # w\n    x: 1 # x\n    # y: 2\n  # store\n  db: 2\n",
            "s.web",
            RemoveKeepingComments,
            "s:\n  a: 1\n  # w\n  # x\n    # y: 2\n  # store\n  db: 2\n",
        ),
        ("a: |\n  x\nb: # one\n  - 1\n  # deep\nc: 2\n", "b", RemoveKeepingComments, "a: |\n  x\n# one\n# deep\nc: 2\n"),
        ("a: 1\nb: 2 # two", "b", RemoveKeepingComments, "a: 1\n# two"),
        ("a: 1\n\nb: 2\n\nc: 3\n", "b", RemoveKeepingComments, "a: 1\n\nc: 3\n"),
        ("a: 1\nb: | # header\n  # text\nc: 3\n", "b", RemoveKeepingComments, "a: 1\n# header\nc: 3\n"),
    ]);
}

#[test]
fn new_entries_go_behind_the_last_one_and_its_comments() {
    check(&[
        ("s:\n    a: 1\nv: 1\n", "s", Insert("b: {c: 2}"), "s:\n    a: 1\n    b:\n        c: 2\nv: 1\n"),
        ("x:\n  a: 1", "x", Insert("b: 2"), "x:\n  a: 1\n  b: 2"),
        ("s:\n  a: 1 # x\n    # deep\n\n  # other\nv: 1\n", "s", Insert("b: 2"), "s:\n  a: 1 # x\n    # deep\n  b: 2\n\n  # other\nv: 1\n"),
        ("a: 1\n\n# two\nb: 2\n", "", Insert("c: 3"), "a: 1\n\n# two\nb: 2\n\nc: 3\n"),
        ("a: 1\n\nb: 2\nc: 3\n", "", Insert("d: 4"), "a: 1\n\nb: 2\nc: 3\nd: 4\n"),
        ("s:\n  a: |+\n    x\n\nv: 1\n", "s", Insert("b: 2"), "s:\n  a: |+\n    x\n\n  b: 2\nv: 1\n"),
        ("a: 1\n...\n", "", Insert("b: 2"), "a: 1\nb: 2\n...\n"),
        ("a: 1\n---\nc: 1\n", "", Insert("b: 2"), "a: 1\nb: 2\n---\nc: 1\n"),
        ("- a: 1\n- b: 1\n", "0", Insert("c: 2"), "- a: 1\n  c: 2\n- b: 1\n"),
        ("s:\n  a:\n    - 1\nv:\n", "v", Insert("b: {c: [1, 2]}"), "s:\n  a:\n    - 1\nv:\n  b:\n    c:\n      - 1\n      - 2\n"),
        ("s:\n  a:\n  - 1\nv: # none\n", "v", Append("x"), "s:\n  a:\n  - 1\nv: # none\n- x\n"),
        ("-\n- a\n", "0", Insert("b: 2"), "-\n  b: 2\n- a\n"),
    ]);
}

#[test]
fn new_items_are_written_like_their_neighbours() {
    check(&[
        ("p:\n  - a\n  - b # x\nq: 1\n", "p", Append("c"), "p:\n  - a\n  - b # x\n  - c\nq: 1\n"),
        ("p:\n- a\nq: 1\n", "p", Append("b"), "p:\n- a\n- b\nq: 1\n"),
        ("p:\n- a\n", "p", Append("{b: 1, c: [d]}"), "p:\n- a\n- b: 1\n  c:\n  - d\n"),
        ("- - a\n- - b\n", "0", Append("z"), "- - a\n  - z\n- - b\n"),
        ("p: [\"a\"]\n", "p", Append("\"c\""), "p: [\"a\", \"c\"]\n"),
        ("p: []\n", "p", Append("c"), "p: [c]\n"),
        ("p: [a,]\n", "p", Append("c"), "p: [a, c,]\n"),
        ("p: [\n  a # x\n]\n", "p", Append("c"), "p: [\n  a, # x\n  c\n]\n"),
        ("p: [\n  a, # x\n]\n", "p", Append("c"), "p: [\n  a, # x\n  c,\n]\n"),
        ("p: [\n  a]\n", "p", Append("c"), "p: [\n  a, c]\n"),
        ("m: {a: 1}\n", "m", Insert("{b: {c: [d]}}"), "m: {a: 1, b: {c: [d]}}\n"),
        ("m: {a: }\n", "m.a", Insert("b: 2"), "m: {a: {b: 2} }\n"),
        ("m: {a:}\n", "m", Insert("b: 2"), "m: {a: , b: 2}\n"),
    ]);
}

#[test]
fn an_entry_is_replaced_and_every_comment_stays() {
    let two = "ports: ['80:80']\nnetworks: [app]\n";
    check(&[
        (
            "s:\n  web:\n    # why\n    network_mode: host # all of it\n    image: x\n",
            "s.web.network_mode",
            Replace(two),
            "s:\n  web:\n    # why\n    # all of it\n    ports:\n      - '80:80'\n    networks:\n      - app\n    image: x\n",
        ),
        (
            "w:\n- network_mode: host\n  image: x\n",
            "w.0.network_mode",
            Replace(two),
            "w:\n- ports:\n  - '80:80'\n  networks:\n  - app\n  image: x\n",
        ),
        (
            "w: {image: x, network_mode: host} # c\n",
            "w.network_mode",
            Replace(two),
            "w: {image: x, ports: ['80:80'], networks: [app]} # c\n",
        ),
        (
            "w: {\n  network_mode: host, # c\n  image: x\n}\n",
            "w.network_mode",
            Replace("a: 1\nb: 2"),
            "w: {\n  a: 1,\n  b: 2, # c\n  image: x\n}\n",
        ),
        ("a: 1\nnetwork_mode: host", "network_mode", Replace("b: 2"), "a: 1\nb: 2"),
        (
            "a: |+\n  x\n\nb: # one\n  - 1 # two\n  # three\n  - 2\nc: 3\n",
            "b",
            Replace("b: 4"),
            "a: |+\n  x\n\n# one\n# two\n# three\nb: 4\nc: 3\n",
        ),
        ("b: |+\n  x\n\nc: 3\n", "b", Replace("d: 4"), "d: 4\nc: 3\n"),
    ]);
}

#[test]
fn a_scalar_keeps_its_style_if_that_can_hold_the_value() {
    check(&[
        ("image: nginx:1.0 # pin\n", "image", Set("nginx:1.1"), "image: nginx:1.1 # pin\n"),
        ("a: 'x'\n", "a", Set("it's"), "a: 'it''s'\n"),
        ("a: \"x\"\n", "a", Set("q\"\\\t"), "a: \"q\\\"\\\\\\t\"\n"),
        ("a: x\n", "a", Set("no"), "a: \"no\"\n"),
        ("b: 'y'\na: x\n", "a", Set("no"), "b: 'y'\na: 'no'\n"),
        ("a: 'x'\n", "a", Set("l1\nl2"), "a: \"l1\\nl2\"\n"),
        ("a: 'x'\n", "a", SetRaw("80"), "a: 80\n"),
        ("a: [x, y]\n", "a.0", Set("p,q"), "a: [\"p,q\", y]\n"),
        ("a:\nb: 1\n", "a", Set("x"), "a: x\nb: 1\n"),
        ("a: !reset # c\n", "a", Set("x"), "a: !reset x # c\n"),
        ("a: &x old\nb: *x\n", "a", Set("new"), "a: &x new\nb: *x\n"),
        ("x: &x 1\na: *x\n", "a", Set("z"), "x: &x 1\na: z\n"),
        ("a: one\n  two\nb: 1\n", "a", Set("z"), "a: z\nb: 1\n"),
        ("é: \"ü\" # ñ\n", "é", Set("ö"), "é: \"ö\" # ñ\n"),
    ]);
}

#[test]
fn a_block_scalar_stays_one_if_it_can() {
    check(&[
        ("a: | # c\n    one\nb: 1\n", "a", Set("l1\n\n  l2\n"), "a: | # c\n    l1\n\n      l2\nb: 1\n"),
        ("a: |\n  x\nb: 1\n", "a", Set("y"), "a: |-\n  y\nb: 1\n"),
        ("a: |+\n  x\n\nb: 1\n", "a", Set("y\n"), "a: |\n  y\nb: 1\n"),
        ("a: >-\n  x\n  y\nb: 1\n", "a", Set("z z"), "a: >-\n  z z\nb: 1\n"),
        ("a: >\n  x\nb: 1\n", "a", Set("y\nz\n"), "a: |\n  y\n  z\nb: 1\n"),
        ("a: | # c\n  x\nb: 1\n", "a", Set("y\n\n"), "a: \"y\\n\\n\" # c\nb: 1\n"),
        ("a: | # c\n  x\nb: 1\n", "a", SetRaw("80"), "a: 80 # c\nb: 1\n"),
    ]);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_reason() {
    for (text, to, change, reason) in [
        ("a: 1\n", "b", Remove, "there is no key `b`"),
        ("- a\n", "1", Remove, "there is no item 1"),
        ("a: 1\n", "", Remove, "the root of a document cannot be taken out"),
        ("x: &d {a: 1}\n\ny: *d\n", "x", Remove, "the anchor `&d` of line 1 is used in line 3"),
        ("x: {a: &d 1}\ny: *d\n", "x", Replace("z: 1"), "the anchor `&d` of line 1 is used in line 2"),
        ("a: 1\n", "", Insert("a: 2"), "there is a key `a` already"),
        ("a: 1\nb: 2\n", "a", Replace("b: 3"), "there is a key `b` already"),
        ("a: 1\n", "a", Insert("b: 2"), "this is not a mapping"),
        ("a: 1\n", "a", Append("b"), "this is not a sequence"),
        ("a: {b: 1}\n", "a", Set("x"), "this is not a scalar"),
        ("[a: 1]\n", "0.a", Remove, "a pair in a flow sequence consists of this entry alone"),
        ("{a: [1, # one\n  2], b: 1}\n", "a", RemoveKeepingComments, "a comment inside would be lost"),
        ("a: [ # one\n  2]\n", "a.0", RemoveKeepingComments, "a comment inside would be lost"),
        ("a: 1\na: 2\n", "a", Remove, "key `a` is already defined at line 1"),
        ("a: 1\n\0b: 2\n", "a", Remove, "control character U+0000 is not allowed"),
    ] {
        assert_eq!(edited(text, &path(to), &change).unwrap_err(), reason, "{text:?}");
    }
}

#[test]
fn an_anchor_may_go_with_all_its_aliases() {
    check(&[("a: {b: &x 1, c: *x}\nd: 2\n", "a", Remove, "d: 2\n")]);
}

const CASES: &str = include_str!("../../../tests/data/yaml_edits.txt");

#[test]
fn the_named_cases_come_out_as_they_should() {
    let cases = cases::read(CASES);
    let failures: Vec<String> = cases.iter().filter_map(failure).collect();
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert_eq!(cases.len(), 84);
}

/// How the result of a case differs from what it should be.
fn failure(case: &Case<'_>) -> Option<String> {
    let (operation, refusal) = (case.says[0], case.says.get(1));
    let (operation, argument) =
        operation.split_once(" = ").map_or((operation, String::new()), |(before, after)| (before, unescaped(after)));
    let (name, to) = operation.split_once(' ').unwrap();
    let change = match name {
        "remove" => Remove,
        "insert" => Insert(&argument),
        "append" => Append(&argument),
        "set" => Set(&argument),
        "write" => SetRaw(&argument),
        other => unreachable!("`{other}` is no change"),
    };
    let expected = match refusal {
        Some(refusal) => Err(refusal.strip_prefix("refused: ").unwrap().to_owned()),
        None => Ok(case.after.clone()),
    };
    let result = edited(&case.text, &path(to), &change);
    (result != expected).then(|| format!("{}: {result:?}\n  expected {expected:?}", case.title))
}
