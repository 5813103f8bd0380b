//! The shape of the code: text flows one way, and few places may touch the outside.
//!
//! Held against the source files themselves, so that a shortcut fails a test and not only a reader's eye.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod code;
mod graph;

use code::{Code, read_all};

/// The rooms in the order in which text flows. Each may use those before it.
const ORDER: &[&str] = &[
    "source",
    "edit",
    "port",
    "settings",
    "yaml",
    "knowledge",
    "formats",
    "files",
    "compose",
    "diagnostic",
    "project",
    "facts",
    "rules",
    "fix",
    "verify",
    "check",
    "options",
    "report",
    "engine",
    "write",
    "cli",
    "run",
    "main",
];

/// Who may name what. A place that ends in `/` is a directory.
const RESERVED: &[(&str, &[&str])] = &[
    ("yaml_rust2", &["yaml/parse.rs", "yaml/lenient.rs", "yaml/oracle.rs"]),
    ("similar", &["report/diff.rs"]),
    ("anyhow", &["write.rs", "engine/", "cli.rs", "run.rs", "main.rs"]),
    ("std::fs", &["files/disk.rs", "engine/", "write.rs"]),
    ("std::process", &["engine/", "run.rs", "main.rs"]),
    ("procfs", &["engine/"]),
    ("clap", &["cli.rs"]),
    ("rayon", &["run.rs"]),
    ("ignore", &["files/disk.rs"]),
    ("tempfile", &["engine/", "write.rs"]),
];

/// Rooms in which some files still need each other. One that is free of that comes off the list; none is added.
const CIRCULAR: &[&str] = &[];

/// Files whose lists are no knowledge: the words of a specification, or of another program's command line.
const LISTS: &[(&str, &str)] = &[
    ("compose/include.rs", "what a project is made of (Compose spec, 14-include)"),
    ("compose/loader.rs", "how remote resources are named (Compose spec, 14-include)"),
    ("compose/merge.rs", "how attributes merge (Compose spec, 13-merge)"),
    ("compose/tree.rs", "null (YAML 1.2, section 10.3.2)"),
    ("compose/validate.rs", "the attributes that there are (Compose spec, 03-compose-file and 05-services)"),
    ("engine/docker.rs", "arguments of docker"),
    ("facts/addresses/readers.rs", "attributes whose addresses are found (Compose spec, 05-services)"),
    ("formats/shell/mod.rs", "reserved words (POSIX, Shell Command Language, section 2.4)"),
    ("project/walk.rs", "the names of Compose files (Compose spec, 03-compose-file)"),
    ("rules/host_network/edit/overlay.rs", "what says what a service runs (Compose spec, 05-services)"),
    ("yaml/quote.rs", "words that are no strings (YAML 1.1 and 1.2)"),
];

/// The room whose lists are tables.
const TABLES: &str = "knowledge";

/// Longer lists are knowledge, and stand in `data/`. An address is four numbers.
const MAX_STRINGS: usize = 3;
const MAX_NUMBERS: usize = 4;

const MAX_FILE_LINES: usize = 400;
const MAX_FUNCTION_LINES: usize = 60;

#[track_caller]
fn assert_none(mistakes: &[String]) {
    assert!(mistakes.is_empty(), "{} mistakes\n{}", mistakes.len(), mistakes.join("\n"));
}

fn rank(room: &str) -> usize {
    ORDER.iter().position(|name| *name == room).unwrap_or_else(|| panic!("`{room}` has no place in the order"))
}

#[test]
fn rooms_use_only_what_stands_before_them() {
    let files = read_all();
    let mut mistakes = Vec::new();
    for (file, needs) in files.iter().zip(graph::needs(&files)).filter(|(file, _)| file.path != "lib.rs") {
        for (other, line) in needs.into_iter().map(|(other, line)| (&files[other], line)).filter(|(other, _)| other.path != "lib.rs") {
            if rank(other.room()) > rank(file.room()) {
                mistakes.push(format!("{}:{line}: uses `{}`, which comes later", file.path, other.path));
            }
        }
    }
    assert_none(&mistakes);
}

#[test]
fn no_files_need_each_other() {
    let files = read_all();
    let circles = graph::circles(&graph::needs(&files));
    let shown = |circle: &Vec<usize>| circle.iter().map(|number| files[*number].path.as_str()).collect::<Vec<_>>().join(" -> ");
    let circles: Vec<String> = circles.iter().map(shown).collect();
    let within = |circle: &str, room: &str| circle.split(" -> ").all(|path| path.starts_with(room));
    let new = circles.iter().filter(|circle| !CIRCULAR.iter().any(|room| within(circle, room))).cloned();
    let mended = CIRCULAR.iter().filter(|room| !circles.iter().any(|circle| within(circle, room)));
    assert_none(&new.chain(mended.map(|room| format!("{room} is free of circles: take it off the list"))).collect::<Vec<_>>());
}

#[test]
fn the_outside_is_touched_in_few_places() {
    let mut mistakes = Vec::new();
    for file in read_all() {
        for (reserved, allowed) in RESERVED {
            let may = allowed.iter().any(|place| file.path == *place || (place.ends_with('/') && file.path.starts_with(place)));
            if let (false, Some(line)) = (may, names(&file, reserved)) {
                mistakes.push(format!("{}:{line}: names `{reserved}`", file.path));
            }
        }
    }
    assert_none(&mistakes);
}

/// The first line in which a file names that crate or module.
fn names(file: &Code, path: &str) -> Option<usize> {
    let path: Vec<&str> = path.split("::").collect();
    file.named
        .iter()
        .find(|(named, _)| named.len() >= path.len() && named.iter().zip(&path).all(|(name, part)| name == part))
        .map(|(_, line)| *line)
}

#[test]
fn files_and_functions_are_short() {
    let mut mistakes = Vec::new();
    for file in read_all() {
        if file.lines > MAX_FILE_LINES {
            mistakes.push(format!("{}: {} lines", file.path, file.lines));
        }
        let long = file.functions.iter().filter(|(_, _, lines)| *lines > MAX_FUNCTION_LINES);
        mistakes.extend(long.map(|(name, line, lines)| format!("{}:{line}: `{name}` has {lines} lines", file.path)));
    }
    assert_none(&mistakes);
}

#[test]
fn knowledge_stands_in_tables() {
    let files = read_all();
    let mut mistakes = Vec::new();
    for file in files.iter().filter(|file| file.room() != TABLES && !LISTS.iter().any(|(path, _)| *path == file.path)) {
        mistakes.extend(long_lists(file).map(|line| format!("{}:{line}: a list that belongs into a table of `data/`", file.path)));
    }
    let gone = LISTS.iter().filter(|(path, _)| !files.iter().any(|file| file.path == *path && long_lists(file).next().is_some()));
    mistakes.extend(gone.map(|(path, _)| format!("{path} has no list: take it off")));
    assert_none(&mistakes);
}

/// The lines in which lists begin that are too long for code.
fn long_lists(file: &Code) -> impl Iterator<Item = usize> {
    let long = file.lists.iter().filter(|(_, strings, numbers)| *strings > MAX_STRINGS || *numbers > MAX_NUMBERS);
    long.map(|(line, ..)| *line)
}

/// The files of a made-up crate.
fn made(files: &[(&str, &str)]) -> Vec<Code> {
    files.iter().map(|(path, text)| Code::read(path, text)).collect()
}

fn needed(files: &[Code], from: &str) -> Vec<String> {
    let number = files.iter().position(|file| file.path == from).unwrap();
    graph::needs(files)[number].keys().map(|other| files[*other].path.clone()).collect()
}

#[test]
fn every_spelling_of_a_path_is_seen() {
    let others = [
        ("lib.rs", "mod a; mod b; pub use b::Deep;"),
        ("b/mod.rs", "mod c;\npub(crate) use c::Deep;\npub(crate) struct Own;"),
        ("b/c.rs", "pub(crate) struct Deep;"),
    ];
    for (text, expected) in [
        ("use crate::{\n    b::{self, Own as Other},\n};", &["b/mod.rs"][..]),
        ("use crate::b::Deep;", &["b/c.rs"]),
        ("fn f() -> crate::b::Deep { g(super::b::Own) }", &["b/mod.rs", "b/c.rs"]),
        ("use super::Deep;", &["b/c.rs"]),
        ("use self::super::b::*;", &["b/mod.rs"]),
        ("macro_rules! m { () => { $crate::b::c::Deep } }", &["b/c.rs"]),
        ("// crate::b\n/// [`crate::b`]\nfn f() { x(\"crate::b\", b::f) }", &[]),
        ("#[cfg(test)]\nmod tests {\n    use crate::b::Own;\n}\nimpl X {\n    #[cfg(test)]\n    fn f() { crate::b::f() }\n}", &[]),
    ] {
        let files = made(&[&others[..], &[("a.rs", text)]].concat());
        assert_eq!(needed(&files, "a.rs"), expected, "{text}");
    }
}

#[test]
fn a_module_may_hand_its_children_on_and_not_use_them() {
    let child = ("a/b.rs", "use super::Own; pub(crate) fn f(own: &Own) {}");
    for (text, circles) in [
        ("mod b;\npub(crate) use b::f;\npub(crate) struct Own;", 0),
        ("mod b;\npub(crate) use self::b::{f, f as g};\npub(crate) struct Own;", 0),
        ("mod b;\npub(crate) struct Own;\nfn g() { b::f(&Own) }", 1),
        ("mod b;\nuse b::f;\npub(crate) struct Own;", 1),
    ] {
        assert_eq!(graph::circles(&graph::needs(&made(&[("a/mod.rs", text), child]))).len(), circles, "{text}");
    }
}

#[test]
fn names_of_other_crates_and_lengths_are_seen() {
    let files =
        made(&[("a.rs", "use std::{\n    fs::{self, File},\n    io,\n};\nfn f() {\n    similar::x();\n}\nstruct S { similar: u8 }")]);
    assert_eq!((names(&files[0], "std::fs"), names(&files[0], "similar"), names(&files[0], "std::io")), (Some(1), Some(6), Some(1)));
    assert_eq!((names(&files[0], "std::process"), files[0].lines), (None, 8));
    assert_eq!(files[0].functions, [("f".to_owned(), 5, 3)]);
}

#[test]
fn lists_are_seen_however_they_are_written() {
    for (text, lines) in [
        ("const A: [&str; 4] = [\n\"a\", \"b\",\n\"c\", \"d\"];", &[1][..]),
        ("fn f() -> bool { matches!(x(), \"a\" | \"b\" | \"c\" | \"d\") }", &[1]),
        ("const A: [(&str, u16); 2] = [(\"a\", 1), (\"b\", 2)];\nconst B: &[u16] = &[1, 2, 3, 4, 5];", &[2]),
        ("const A: [&str; 3] = [\"a\", \"b\", \"c\"];\nfn f(c: char) -> bool { matches!(c, 'a' | 'b' | 'c' | 'd') }", &[]),
    ] {
        assert_eq!(long_lists(&made(&[("a.rs", text)])[0]).collect::<Vec<_>>(), lines, "{text}");
    }
}
