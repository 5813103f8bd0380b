//! Applying a unified diff to the letter: every line of it has to be where the diff says, byte for byte.

use super::files::Files;
use std::iter::Peekable;

/// Applies `diff` to files by their path.
pub(crate) fn apply(files: &mut Files, diff: &str) {
    let mut lines = diff.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let path = line.trim_end().strip_prefix("--- ./").unwrap_or_else(|| panic!("no header: {line:?}"));
        assert_eq!(lines.next().map(str::trim_end), Some(format!("+++ ./{path}").as_str()));
        let before = String::from_utf8(files[path].clone()).unwrap();
        files.insert(path.to_owned(), apply_hunks(&before, &mut lines).into_bytes());
    }
}

fn apply_hunks<'a>(before: &str, lines: &mut Peekable<impl Iterator<Item = &'a str>>) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let (mut after, mut at) = (String::new(), 0);
    while let Some(header) = lines.next_if(|line| line.starts_with("@@ -")) {
        let range = header["@@ -".len()..].split(' ').next().unwrap();
        let (start, count) = range.split_once(',').unwrap_or((range, "1"));
        // An empty range is named by the line in front of it.
        let start = start.parse::<usize>().unwrap() - usize::from(count != "0");
        after.extend(old[at..start].iter().copied());
        at = start;
        while let Some(line) = lines.next_if(|line| line.starts_with([' ', '-', '+']) && !line.starts_with("--- ./")) {
            let unbroken = lines.next_if(|line| line.starts_with('\\')).is_some();
            let text = if unbroken { line[1..].strip_suffix('\n').unwrap() } else { &line[1..] };
            if !line.starts_with('+') {
                assert_eq!(old.get(at), Some(&text), "line {} is another one", at + 1);
                at += 1;
            }
            if !line.starts_with('-') {
                after.push_str(text);
            }
        }
    }
    after.extend(old[at..].iter().copied());
    after
}
