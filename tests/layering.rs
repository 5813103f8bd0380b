//! The shape of the code: text flows one way, and few places may touch the outside.
//!
//! Read from the source files as text, so that a shortcut fails a test and not only a reader's eye.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which text flows. Each may use those before it.
const ORDER: [&str; 22] = [
    "source",
    "edit",
    "port",
    "settings",
    "yaml",
    "knowledge",
    "formats",
    "compose",
    "diagnostic",
    "options",
    "project",
    "facts",
    "rules",
    "fix",
    "verify",
    "check",
    "report",
    "engine",
    "write",
    "cli",
    "run",
    "main",
];

/// Who may name what. A path that ends in `/` is a directory.
const RESERVED: [(&str, &[&str]); 8] = [
    ("yaml_rust2", &["yaml/parse.rs", "yaml/lenient.rs", "yaml/oracle.rs"]),
    ("similar", &["report/diff.rs"]),
    ("anyhow", &["project/", "write.rs", "cli.rs", "run.rs", "main.rs"]),
    ("std::fs", &["project/", "engine/", "write.rs"]),
    ("std::process", &["engine/", "run.rs", "main.rs"]),
    ("procfs", &["engine/"]),
    ("clap", &["cli.rs"]),
    ("rayon", &["project/", "run.rs"]),
];

const MAX_FILE_LINES: usize = 400;
const MAX_FUNCTION_LINES: usize = 60;

/// A source file without its tests.
struct Source {
    /// Its path below `src`, with `/` between names.
    path: String,
    code: String,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// The lines that are not comments, numbered from 1.
    fn statements(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.code.lines().enumerate().map(|(number, line)| (number + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 5, "the sources are not where they were");
    paths.iter().filter(|path| !path.starts_with(root.join("tests"))).map(|path| read(&root, path)).collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, paths),
            false if path.extension().is_some_and(|extension| extension == "rs") => paths.push(path),
            false => {}
        }
    }
}

fn read(root: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let tests = text.find("\n#[cfg(test)]\nmod tests");
    let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    Source { path, code: text[..tests.unwrap_or(text.len())].to_owned() }
}

/// The modules that a line names behind `crate::`, also in a group: `use crate::{edit, yaml::Node};`.
fn used_modules(line: &str) -> Vec<&str> {
    let named = line.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
        Some(group) => group.split(',').map(str::trim).collect(),
        None => vec![rest],
    });
    named.map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()).collect()
}

/// Whether a line names that crate or path, as a whole word.
fn names(line: &str, path: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(path).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + path.len()..]);
        let path_like = after.starts_with("::") || after.starts_with(';') || after.starts_with(',') || path.contains("::");
        path_like && !before.ends_with(is_word) && !before.ends_with("::") && !after.starts_with(is_word)
    })
}

fn assert_none(mistakes: &[String]) {
    assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let rank = |module: &str| ORDER.iter().position(|name| *name == module);
    let mut mistakes = Vec::new();
    for source in sources().iter().filter(|source| source.path != "lib.rs") {
        let own = rank(source.module()).unwrap_or_else(|| panic!("`{}` has no place in the order", source.module()));
        for (number, line) in source.statements() {
            let later = used_modules(line).into_iter().filter(|used| rank(used).is_some_and(|used| used > own));
            mistakes.extend(later.map(|used| format!("{}:{number}: uses `{used}`, which comes later", source.path)));
        }
    }
    assert_none(&mistakes);
}

#[test]
fn the_outside_is_touched_in_few_places() {
    let mut mistakes = Vec::new();
    for source in sources() {
        for (path, allowed) in RESERVED {
            let may = allowed.iter().any(|place| source.path == *place || (place.ends_with('/') && source.path.starts_with(place)));
            let named = source.statements().find(|(_, line)| names(line, path));
            if let (false, Some((number, _))) = (may, named) {
                mistakes.push(format!("{}:{number}: names `{path}`", source.path));
            }
        }
    }
    assert_none(&mistakes);
}

#[test]
fn files_are_short() {
    let long = |source: &Source| source.code.lines().count() > MAX_FILE_LINES;
    let mistakes: Vec<_> = sources().iter().filter(|source| long(source)).map(|source| format!("{} is too long", source.path)).collect();
    assert_none(&mistakes);
}

#[test]
fn functions_are_short() {
    let mut mistakes = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.code.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| starts_function(line)) {
            let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            let length = lines[at..].iter().position(|line| **line == end).unwrap_or(0) + 1;
            if length > MAX_FUNCTION_LINES {
                mistakes.push(format!("{}:{}: {length} lines", source.path, at + 1));
            }
        }
    }
    assert_none(&mistakes);
}

/// Whether a function with a body of several lines starts here, the way rustfmt writes it.
fn starts_function(line: &str) -> bool {
    let words = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
    words.trim_start_matches("const ").starts_with("fn ") && !line.ends_with('}') && !line.ends_with(';')
}

#[test]
fn the_checks_see_what_they_look_for() {
    assert_eq!(used_modules("use crate::{edit, yaml::Node}; // crate::plan"), ["edit", "yaml", "plan"]);
    assert!(names("use std::fs::{self, File};", "std::fs") && names("    similar::TextDiff::new()", "similar"));
    assert!(!names("let similar = 1;", "similar") && !names("use std::fstab;", "std::fs"));
    assert!(starts_function("    pub(super) fn x(") && !starts_function("fn x() {}"));
}
