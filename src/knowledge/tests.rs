//! The tables of `data/` are well kept: sorted, explained, understood, and all of them read.

use super::patterns::matches;
use super::table::{Line, Table, range};
use super::*;
use std::fs;
use std::path::Path;

/// A table, and what may stand in it.
struct Kept {
    file: &'static str,
    text: &'static str,
    shape: Shape,
}

enum Shape {
    /// `NAME WORD KEY=VALUE …`.
    Things { words: Kinds, keys: &'static [&'static str], ports: &'static [&'static str] },
    /// `KIND PATTERN`, the pattern up to the end of the line.
    Patterns(Kinds),
    /// `KIND PATTERN MORE`.
    PatternsWithMore(Kinds),
    /// `KIND LANGUAGE PATTERN`.
    Phrases(Kinds),
}

/// Words, each with its variant as code names it.
type Kinds = &'static [(&'static str, &'static str)];

fn tables() -> Vec<Kept> {
    use Shape::*;
    let kept = |file, text, shape| Kept { file, text, shape };
    let image_keys = &[
        "as", "bridged", "caveats", "derived", "dials", "doc", "env", "flags", "from", "more", "needs", "ports", "runs", "see", "settled",
        "stores", "tag", "wide",
    ];
    let program_keys =
        &["address", "after", "args", "config", "doc", "env", "first", "host", "opens", "port", "ports", "skip", "takes", "verbs"];
    vec![
        kept("config_files", config_files::TEXT, PatternsWithMore(config_files::Says::KINDS)),
        kept("config_keys", config_keys::TEXT, Patterns(config_keys::Says::KINDS)),
        kept("flags", flags::TEXT, Patterns(flags::Says::KINDS)),
        kept("host_access", host_access::TEXT, Patterns(host_access::Says::KINDS)),
        kept("hosts", hosts::TEXT, Patterns(hosts::Host::KINDS)),
        kept("images", images::TEXT, Things { words: images::Role::KINDS, keys: image_keys, ports: &["more", "ports", "wide"] }),
        kept("labels", labels::TEXT, Patterns(labels::Says::KINDS)),
        kept("phrases", phrases::TEXT, Phrases(phrases::Tells::KINDS)),
        kept("presumptions", presumptions::TEXT, Things { words: &[], keys: &["of", "right"], ports: &[] }),
        kept("programs", programs::TEXT, Things { words: programs::Kind::KINDS, keys: program_keys, ports: &["ports"] }),
        kept("protocols", protocols::TEXT, Things { words: &[], keys: &["clients", "ports", "schemes", "stems"], ports: &["ports"] }),
        kept("registries", registries::TEXT, PatternsWithMore(registries::Says::KINDS)),
        kept("variables", variables::TEXT, Patterns(variables::Says::KINDS)),
        kept("words", words::TEXT, PatternsWithMore(words::Says::KINDS)),
    ]
}

/// Words of things that are said beside their kind.
const MARKS: &[(&str, &str)] = &[
    ("programs", "complete"),
    ("programs", "idle"),
    ("programs", "loopback"),
    ("programs", "transparent"),
    ("protocols", "discovery"),
    ("protocols", "public"),
    ("protocols", "queue"),
    ("protocols", "store"),
];

/// Keys whose values are words.
const WORDED: &[(&str, &str, Kinds)] = &[("images", "caveats", images::Caveat::KINDS), ("images", "needs", images::HostNeed::KINDS)];

/// What an image is when nothing follows from it yet.
const UNASKED: &[(&str, &str)] = &[("images", "agent")];

impl Kept {
    fn kinds(&self) -> Kinds {
        match self.shape {
            Shape::Things { words: kinds, .. } | Shape::Patterns(kinds) | Shape::PatternsWithMore(kinds) | Shape::Phrases(kinds) => kinds,
        }
    }

    /// The comments at the top.
    fn head(&self) -> String {
        self.text.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n")
    }

    fn marks(&self) -> impl Iterator<Item = &'static str> {
        MARKS.iter().filter(|(file, _)| *file == self.file).map(|(_, mark)| *mark)
    }

    /// The code of the module that reads it.
    fn code(&self) -> String {
        code(&root().join(format!("src/knowledge/{}.rs", self.file)))
    }

    /// The pattern of a line.
    fn pattern(&self, line: Line) -> &'static str {
        match self.shape {
            Shape::Things { .. } => line.key(),
            Shape::Patterns(_) => line.rest(),
            Shape::PatternsWithMore(_) => line.rest().split(' ').next().unwrap(),
            Shape::Phrases(_) => line.rest().split_once(' ').unwrap().1,
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A source file without its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()
}

/// All code below a directory.
fn code_below(directory: &Path) -> String {
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: std::path::PathBuf| if path.is_dir() { code_below(&path) } else { code(&path) };
    paths.filter(|path| !path.ends_with("tests") && !path.ends_with("tests.rs")).map(of).collect()
}

#[test]
fn every_file_is_a_table_that_is_looked_after() {
    let mut files: Vec<_> = fs::read_dir(root().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert_eq!(files, tables().iter().map(|kept| format!("{}.txt", kept.file)).collect::<Vec<_>>());
}

#[test]
fn lines_are_sorted_and_stand_once() {
    for kept in tables() {
        let texts: Vec<_> = kept.text.lines().skip_while(|line| line.starts_with('#')).collect();
        for pair in texts.windows(2) {
            assert!(pair[0] < pair[1], "{}: `{}` and `{}` are out of order, or twice there", kept.file, pair[0], pair[1]);
        }
        for text in texts {
            let tidy = text == text.trim() && !text.contains("  ") && !text.starts_with('#') && text.contains(' ');
            assert!(tidy, "{}: `{text}` needs single blanks, and no comment", kept.file);
        }
        assert!(kept.text.ends_with('\n') && !kept.text.contains('\r'), "{}", kept.file);
    }
}

#[test]
fn every_word_is_understood_explained_and_used() {
    let all = code_below(&root().join("src"));
    for kept in tables() {
        let (table, head, own) = (Table::new(kept.text), kept.head(), kept.code());
        let first = |line: &Line| if let Shape::Things { .. } = kept.shape { line.words().next() } else { Some(line.key()) };
        for line in table.lines().filter(|line| line.field("as").is_none() && !kept.kinds().is_empty()) {
            let known = first(&line).is_some_and(|word| kept.kinds().iter().any(|(kind, _)| *kind == word));
            assert!(known, "{}: `{} {}` is of no known kind", kept.file, line.key(), line.rest());
        }
        for (kind, variant) in kept.kinds() {
            assert!(table.lines().any(|line| first(&line) == Some(kind)), "{}: nothing is `{kind}`", kept.file);
            assert!(head.contains(&format!(" {kind} ")), "{}: the head does not explain `{kind}`", kept.file);
            let asked = if variant.starts_with("Says") { own.contains(variant) } else { all.contains(variant) };
            assert!(asked || UNASKED.contains(&(kept.file, kind)), "{}: nobody asks for `{kind}`", kept.file);
        }
    }
}

#[test]
fn every_field_is_known_explained_and_read() {
    let all = code_below(&root().join("src"));
    for kept in tables() {
        let Shape::Things { keys, ports, .. } = kept.shape else { continue };
        let (table, head, own) = (Table::new(kept.text), kept.head(), kept.code());
        for line in table.lines() {
            let named: Vec<_> = line.rest().split(' ').filter_map(|word| Some(word.split_once('=')?.0)).collect();
            assert!(named.iter().all(|key| keys.contains(key)), "{}: {} has an unknown key", kept.file, line.key());
            assert!(named.iter().enumerate().all(|(at, key)| !named[..at].contains(key)), "{}: {} has a key twice", kept.file, line.key());
            for key in ports {
                assert!(line.list(key).all(|port| range(port).is_some()), "{}: {} has an unreadable {key}=", kept.file, line.key());
            }
            let marks: Vec<_> = line.words().skip(usize::from(!kept.kinds().is_empty())).collect();
            assert!(marks.iter().all(|mark| kept.marks().any(|known| known == *mark)), "{}: {} {marks:?}", kept.file, line.key());
        }
        for key in keys {
            assert!(table.lines().any(|line| line.field(key).is_some()), "{}: no line has {key}=", kept.file);
            assert!(head.contains(&format!("  {key}=")), "{}: the head does not explain {key}=", kept.file);
            assert!(own.contains(&format!("\"{key}\"")), "{}: nobody reads {key}=", kept.file);
        }
        for (_, key, kinds) in WORDED.iter().filter(|(file, ..)| *file == kept.file) {
            for line in table.lines() {
                let unknown = line.list(key).find(|word| kinds.iter().all(|(kind, _)| kind != word));
                assert_eq!(unknown, None, "{}: {}", kept.file, line.key());
            }
            for (kind, variant) in *kinds {
                assert!(table.lines().any(|line| line.list(key).any(|word| word == *kind)), "{}: no line has {key}={kind}", kept.file);
                assert!(
                    head.contains(&format!(" {kind} ")) && all.contains(variant),
                    "{}: {key}={kind} is not explained, or not read",
                    kept.file
                );
            }
        }
        for mark in kept.marks() {
            assert!(table.lines().any(|line| line.words().any(|word| word == mark)), "{}: no line is {mark}", kept.file);
            assert!(head.contains(&format!("  {mark} ")), "{}: the head does not explain {mark}", kept.file);
            assert!(own.contains(&format!("\"{mark}\"")), "{}: nobody reads {mark}", kept.file);
        }
    }
}

#[test]
fn no_pattern_says_what_another_says_already() {
    for kept in tables().iter().filter(|kept| !matches!(kept.shape, Shape::Things { .. })) {
        let table = Table::new(kept.text);
        for line in table.lines() {
            let pattern = kept.pattern(line);
            let covers = |other: &Line| {
                let wider = kept.pattern(*other);
                other.key() == line.key() && wider != pattern && matches(wider, &pattern.replace('*', "\u{1}"))
            };
            let wider = table.lines().find(covers).map(|other| kept.pattern(other));
            assert_eq!(wider, None, "{}: `{pattern}` is not needed", kept.file);
            assert!(pattern.trim_matches('*').len() > 1 || !pattern.contains('*'), "{}: `{pattern}` is no pattern", kept.file);
        }
    }
}
