//! The unified diff of what would change, for standard output, `git apply` and `patch`.
//!
//! Paths are written `./path`: `git apply` and `patch -p1` strip the `./` as they strip `a/`, and `patch -p0` takes it as
//! it stands, so one diff serves all three. (A header with `a/` and `b/` fails under `-p0`, a bare path under `-p1`.)
//! The bytes of the files go through unchanged: line breaks of either kind, control characters, a missing final newline.

use crate::check::Report;
use crate::options::{Format, Manner};
use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, DiffOp, TextDiff};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Component, Path};

/// The format.
pub(crate) static FORMAT: Format = Format { name: "diff", summary: "what changes, as a unified diff", write };

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// Writes the changes of all projects, each file once.
fn write(report: &Report, manner: Manner, out: &mut dyn Write) -> io::Result<()> {
    let mut done = BTreeSet::new();
    for project in &report.projects {
        for (before, after) in project.changes() {
            if done.insert(&before.path) {
                write_file(&before.path, &before.text, after, manner.color, out)?;
            }
        }
    }
    out.flush()
}

fn write_file(path: &Path, before: &str, after: &str, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let (before, after) = (lines(before), lines(after));
    let diff = TextDiff::from_slices(&before, &after);
    let hunks = diff.grouped_ops(CONTEXT);
    if hunks.is_empty() {
        return Ok(());
    }
    let (name, bold) = (header_path(path), style(color, Style::new().bold()));
    writeln!(out, "{bold}--- {name}{bold:#}")?;
    writeln!(out, "{bold}+++ {name}{bold:#}")?;
    for hunk in hunks {
        let cyan = style(color, AnsiColor::Cyan.on_default());
        let (old, new) = (hunk_range(&hunk, DiffOp::old_range), hunk_range(&hunk, DiffOp::new_range));
        writeln!(out, "{cyan}@@ -{old} +{new} @@{cyan:#}")?;
        for change in hunk.iter().flat_map(|op| diff.iter_changes(op)) {
            write_line(change.tag(), change.value(), color, out)?;
        }
    }
    Ok(())
}

fn write_line(tag: ChangeTag, line: &str, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let (sign, style) = match tag {
        ChangeTag::Equal => (' ', Style::new()),
        ChangeTag::Delete => ('-', style(color, AnsiColor::Red.on_default())),
        ChangeTag::Insert => ('+', style(color, AnsiColor::Green.on_default())),
    };
    match line.strip_suffix('\n') {
        Some(text) => writeln!(out, "{style}{sign}{text}{style:#}"),
        None => writeln!(out, "{style}{sign}{line}{style:#}\n\\ No newline at end of file"),
    }
}

/// Lines with their breaks. Only `\n` breaks lines in a diff; a `\r` is a byte like any other.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// `first,count` as diff writes it: one line needs no count, and no line is counted behind the line before.
fn hunk_range(hunk: &[DiffOp], range: impl Fn(&DiffOp) -> std::ops::Range<usize>) -> String {
    let start = hunk.first().map(|op| range(op).start).unwrap_or_default();
    let end = hunk.last().map(|op| range(op).end).unwrap_or_default();
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

/// The path as `git` and `patch` read it: `/` between names; in double quotes, C style, when it holds a quote, a
/// backslash or a control character; with a tab behind it when it holds a blank, which would end it otherwise.
fn header_path(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().filter(|part| *part != Component::CurDir).map(|part| part.as_os_str().to_string_lossy()).collect();
    let joined = if path.has_root() { path.to_string_lossy().into_owned() } else { format!("./{}", parts.join("/")) };
    if joined.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        return format!("\"{}\"", joined.chars().map(escape).collect::<String>());
    }
    if joined.contains(' ') { format!("{joined}\t") } else { joined }
}

fn escape(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => c.to_string().bytes().map(|byte| format!("\\{byte:03o}")).collect(),
        c => c.to_string(),
    }
}

fn style(color: bool, style: Style) -> Style {
    if color { style } else { Style::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::ProjectReport;
    use crate::options::Options;
    use crate::tests::support::diff::apply;
    use crate::tests::support::files::Files;
    use crate::verify::Verified;
    use std::fs;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    fn project(path: &str, before: &str, after: &str) -> ProjectReport {
        let mut project = ProjectReport::default();
        let file = project.sources.add(path, before);
        project.changes = Verified::assume(vec![(file, after.to_owned())]);
        project
    }

    fn diff(projects: Vec<ProjectReport>) -> String {
        written(projects, false)
    }

    fn written(projects: Vec<ProjectReport>, color: bool) -> String {
        let mut out = Vec::new();
        let report = Report { projects, ..Report::default() };
        write(&report, Manner { options: &Options::default(), color }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_change_is_shown_with_three_lines_around_it() {
        let text = diff(vec![project("compose.yaml", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n")]);
        assert_eq!(text, "--- ./compose.yaml\n+++ ./compose.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    }

    #[test]
    fn a_missing_final_newline_is_said_on_either_side() {
        let text = diff(vec![project("a", "x\ny", "x\nz\n")]);
        assert_eq!(text, "--- ./a\n+++ ./a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n");
    }

    #[test]
    fn a_lone_carriage_return_breaks_no_line() {
        let text = diff(vec![project("a", "x\ry\r\n", "x\ry\r\nz\r")]);
        assert_eq!(text, "--- ./a\n+++ ./a\n@@ -1 +1,2 @@\n x\ry\r\n+z\r\n\\ No newline at end of file\n");
    }

    #[test]
    fn a_file_of_two_projects_and_one_that_stays_are_not_repeated() {
        let text = diff(vec![project("a", "1\n", "2\n"), project("a", "1\n", "2\n"), project("b", "1\n", "1\n")]);
        assert_eq!(text.matches("---").count(), 1);
    }

    #[test]
    fn colour_goes_around_lines_and_not_into_line_breaks() {
        assert!(written(vec![project("a", "1\n", "2\n")], true).ends_with("\u{1b}[32m+2\u{1b}[0m\n"));
    }

    /// Everything that is hard about names and line ends, in one diff of several files.
    const HARD: [(&str, &str, &str); 6] = [
        ("sub/compose.yaml", "a\r\nb\r\nc", "a\r\nB\r\nc"),
        ("compose.yaml", "a\nb\n", "a\nb\nc"),
        ("sp ace/x y.yaml", "a\n", "b\n"),
        ("é/日本.yaml", "a\n", ""),
        ("q\"u\\o/t\te.yaml", "\u{1b}[31m\n", "\u{1b}[32m\n"),
        ("a/b/c.yaml", "\u{feff}x\r\ny\n", "\u{feff}x\r\nz\n"),
    ];

    fn applies_with(program: &str, arguments: &[&str]) {
        let directory = tempfile::tempdir().unwrap();
        for (path, before, _) in HARD {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, before).unwrap();
        }
        let patch = diff(HARD.iter().map(|(path, before, after)| project(path, before, after)).collect());
        let mut child = Command::new(program);
        child.args(arguments).current_dir(directory.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = child.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
        child.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{program} refuses:\n{patch}");
        for (path, _, after) in HARD {
            // `patch` removes a file that it empties.
            let text = fs::read_to_string(directory.path().join(path)).unwrap_or_default();
            assert_eq!(text, after, "{program} {path}");
        }
    }

    #[test]
    fn it_says_the_changes_to_the_letter() {
        // A name with quotes is written as git writes it; the reader here knows plain ones.
        let hard = || HARD.into_iter().filter(|(path, ..)| !path.contains('"'));
        let mut files: Files = hard().map(|(path, before, _)| (path.to_owned(), before.into())).collect();
        apply(&mut files, &diff(hard().map(|(path, before, after)| project(path, before, after)).collect()));
        for (path, _, after) in hard() {
            assert_eq!(String::from_utf8_lossy(&files[path]), after, "{path}");
        }
    }

    #[test]
    #[ignore = "needs git"]
    fn git_apply_takes_it() {
        applies_with("git", &["apply"]);
    }

    #[test]
    #[ignore = "needs patch"]
    fn patch_takes_it_with_and_without_stripping() {
        applies_with("patch", &["-p0"]);
        applies_with("patch", &["-p1"]);
    }

    #[test]
    fn absolute_paths_stay_absolute() {
        assert_eq!(header_path(&PathBuf::from("/srv/compose.yaml")), "/srv/compose.yaml");
    }
}
