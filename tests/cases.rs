//! Cases and examples: folders of texts as a user has them, and of texts as they must come out.
//!
//! A folder holds a project (`compose.yaml` and what lies beside it); what each file becomes, byte for byte
//! (`compose.fixed.yaml`, `web.env.fixed`; a file without such a twin stays as it is); what is said about it
//! (`report.txt`); and, if need be, the arguments of the run (`args`). `COMPOSE_FIX_BLESS=1` writes the expectations
//! anew: read the difference before you commit it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use support::diff;
use support::files::{Files, pack, root, unpack};
use support::program::{self, Run};
use tempfile::TempDir;

/// A folder of texts and what must become of them.
struct Folder {
    path: PathBuf,
    arguments: Vec<String>,
    input: Files,
    fixed: Files,
    report: String,
}

#[test]
fn cases_come_out_as_they_should() {
    hold(&root().join("tests/cases"), 40);
}

#[test]
fn examples_come_out_as_they_should() {
    hold(&root().join("examples"), 6);
}

#[test]
#[ignore = "needs git"]
fn diffs_of_cases_and_examples_are_taken_by_git() {
    for path in ["tests/cases", "examples"].iter().flat_map(|parent| folders(&root().join(parent))) {
        let folder = Folder::read(&path);
        let directory = folder.unpack();
        apply(directory.path(), &run(directory.path(), &with("--dry-run", &folder)).stdout);
        assert_eq!(shown(&pack(directory.path())), shown(&folder.fixed), "{}", path.display());
    }
}

#[test]
fn the_first_command_of_the_readme_shows_changes_and_succeeds() {
    let run = run(&root(), &["--dry-run".into(), "examples".into()]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("+      - \"127.0.0.1:3000:3000\""));
    assert!(!run.stderr.contains("error") && !run.stderr.contains("fixed"), "{}", run.stderr);
}

fn bless() -> bool {
    std::env::var_os("COMPOSE_FIX_BLESS").is_some()
}

/// Holds every folder below `parent` to its expectations, and names all that fail.
fn hold(parent: &Path, at_least: usize) {
    let paths = folders(parent);
    assert!(paths.len() >= at_least, "only {} folders in {}", paths.len(), parent.display());
    let failures: Vec<String> = paths.iter().flat_map(|path| check(&Folder::read(path))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The folders in a folder, in order.
fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    paths.sort();
    paths
}

impl Folder {
    fn read(path: &Path) -> Self {
        let mut all = pack(path);
        let arguments = all.remove("args").map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
        let report = all.remove("report.txt").map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
        let twins: Vec<String> = all.keys().map(|name| fixed_name(name)).collect();
        let (fixed, input): (Files, Files) = all.into_iter().partition(|(name, _)| twins.contains(name));
        let mut expected = input.clone();
        for (name, bytes) in &mut expected {
            if let Some(twin) = fixed.get(&fixed_name(name)) {
                bytes.clone_from(twin);
            }
        }
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Self { path: path.to_owned(), arguments, input, fixed: expected, report }
    }

    fn unpack(&self) -> TempDir {
        unpack(self.input.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
    }

    /// Writes what the program does as what it should do.
    fn bless(&self, after: &Files, report: &str) {
        fs::write(self.path.join("report.txt"), report).unwrap();
        for (name, before) in &self.input {
            let twin = self.path.join(fixed_name(name));
            match after.get(name) {
                Some(after) if after != before => fs::write(twin, after).unwrap(),
                _ => drop(fs::remove_file(twin)),
            }
        }
    }
}

/// `compose.yaml` becomes `compose.fixed.yaml`, `web.env` becomes `web.env.fixed`.
fn fixed_name(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension @ ("yaml" | "yml"))) => format!("{stem}.fixed.{extension}"),
        _ => format!("{name}.fixed"),
    }
}

/// Runs a folder every way there is, and says what is not as it should be.
fn check(folder: &Folder) -> Vec<String> {
    let name = folder.path.file_name().unwrap().to_string_lossy().into_owned();
    let mut failures = Vec::new();
    let mut expect = |what: &str, expected: &str, found: &str| {
        if expected != found {
            failures.push(format!("== {name}: {what}\n-- expected\n{expected}\n-- found\n{found}"));
        }
    };

    let preview_directory = folder.unpack();
    let preview = run(preview_directory.path(), &with("--dry-run", folder));
    expect("files after --dry-run", &shown(&folder.input), &shown(&pack(preview_directory.path())));
    let mut after_diff = folder.input.clone();
    diff::apply(&mut after_diff, &preview.stdout);

    let write_directory = folder.unpack();
    let write = run(write_directory.path(), &with("--write", folder));
    let after_write = pack(write_directory.path());
    if bless() {
        folder.bless(&after_write, &preview.stderr);
        return Vec::new();
    }
    expect("report", &folder.report, &preview.stderr);
    expect("files after the diff", &shown(&folder.fixed), &shown(&after_diff));
    expect("files after --write", &shown(&folder.fixed), &shown(&after_write));
    expect("report of --write", &done(&folder.report), &write.stderr);
    let status = if folder.report.lines().any(|line| line.starts_with("error")) { 2 } else { 0 };
    expect("exit status", &format!("{:?}", [Some(status); 2]), &format!("{:?}", [preview.code, write.code]));

    run(write_directory.path(), &with("--write", folder));
    expect("files after --write twice", &shown(&folder.fixed), &shown(&pack(write_directory.path())));
    failures
}

fn with(mode: &str, folder: &Folder) -> Vec<String> {
    std::iter::once(mode.to_owned()).chain(folder.arguments.iter().cloned()).collect()
}

/// What a preview says, in the words for what was written.
fn done(report: &str) -> String {
    report.replace("to migrate  ", "  migrated  ").replace(" to migrate (--write)", " migrated")
}

/// Files as one text that a person can compare: line endings and other signs that cannot be seen are spelt out.
fn shown(files: &Files) -> String {
    let one = |(name, bytes): (&String, &Vec<u8>)| {
        let text = String::from_utf8_lossy(bytes).replace('\r', "\\r").replace('\t', "\\t").replace('\u{feff}', "\\u{feff}");
        format!("[{name}]\n{text}<end>\n")
    };
    files.iter().map(one).collect()
}

fn run(folder: &Path, arguments: &[String]) -> Run {
    program::run(folder, &["--color", "never"].into_iter().chain(arguments.iter().map(String::as_str)).collect::<Vec<_>>())
}

/// Applies a diff as users do, with git.
fn apply(directory: &Path, diff: &str) {
    if diff.is_empty() {
        return;
    }
    let patch = tempfile::NamedTempFile::new().unwrap();
    fs::write(patch.path(), diff).unwrap();
    let mut git = process::Command::new("git");
    git.current_dir(directory).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", patch.path().with_extension("none"));
    // Inside of a repository, git would take the paths as relative to its root.
    git.env("GIT_CEILING_DIRECTORIES", directory.parent().unwrap());
    let output = git.args(["apply", "--whitespace=nowarn"]).arg(patch.path()).output().unwrap();
    assert!(output.status.success(), "git apply: {}\n{diff}", String::from_utf8_lossy(&output.stderr));
}
