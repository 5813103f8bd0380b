//! One file before and after: bytes, comments, values.
//!
//! Compose files are compared as values by a reader of their own, env files line by line, all others byte by byte.

use super::law::{Law, Violation};
use crate::edit::EditSet;
use crate::fix::expected::{Expected, assignments, dotted};
use crate::source::SourceFile;
use crate::yaml::oracle::{self, Content, Value};
use crate::yaml::{Path, Step, Stream};
use std::collections::BTreeMap;

/// What lies between the edits is what lay there.
pub(super) fn bytes_stay(before: &str, edits: &EditSet, after: &str) -> Result<(), Violation> {
    let (mut old, mut new) = (0, 0);
    let outside = edits.iter().map(|edit| (edit.span.start, edit.span.end, edit.text.len())).chain([(before.len(), before.len(), 0)]);
    for (start, end, inserted) in outside {
        let kept = before.get(old..start);
        if kept.is_none() || kept != after.get(new..new + start - old) {
            return Err(Violation::new(Law::Bytes, format!("something outside of the edits would change before byte {start}")));
        }
        new += start - old + inserted;
        old = end;
    }
    if new == after.len() { Ok(()) } else { Err(Violation::new(Law::Bytes, "the text would be longer or shorter")) }
}

/// A Compose file says what was announced, and its comments stay.
pub(super) fn yaml(before: &Stream<'_>, after: Option<&Stream<'_>>, expected: &Expected) -> Result<(), Violation> {
    let path = before.source.path.display();
    let after = after.ok_or_else(|| Violation::new(Law::Syntax, format!("`{path}` could not be read again")))?;
    comments_stay(before, after, expected)?;
    let read = |stream: &Stream<'_>| {
        oracle::parse(&stream.source.text).map_err(|error| Violation::new(Law::Syntax, format!("`{path}`: {}", error.message)))
    };
    let announced = expected.values(before, &read(before)?).map_err(|misplaced| values(&path, misplaced))?;
    let found = read(after)?;
    let documents = announced.len().max(found.len());
    for document in 0..documents {
        let mut at = Path { document, steps: Vec::new() };
        if !equal(announced.get(document), found.get(document), &mut at) {
            return Err(values(&path, format_args!("`{}` would not be what was announced", dotted(&at))));
        }
    }
    Ok(())
}

/// A file of another format says what was announced.
pub(super) fn other(before: &SourceFile, after: &SourceFile, expected: &Expected) -> Result<(), Violation> {
    let path = before.path.display();
    let announced = expected.assignments(before).map_err(|misplaced| values(&path, misplaced))?;
    if announced.is_some() && announced != assignments(after) {
        return Err(values(&path, "the variables would not be what was announced"));
    }
    if expected.plain(before) != after.text {
        return Err(values(&path, "the text would not be what was announced"));
    }
    Ok(())
}

fn values(path: &impl std::fmt::Display, detail: impl std::fmt::Display) -> Violation {
    Violation::new(Law::Values, format!("`{path}`: {detail}"))
}

fn comments_stay(before: &Stream<'_>, after: &Stream<'_>, expected: &Expected) -> Result<(), Violation> {
    let written = |stream: &Stream<'_>| stream.comments().iter().map(|span| span.of(&stream.source.text).to_owned()).collect::<Vec<_>>();
    let copied = expected.copied_comments(before).into_iter().map(str::to_owned);
    let (announced, found) = (counted(written(before).into_iter().chain(copied)), counted(written(after)));
    if let Some((comment, _)) = announced.iter().find(|(comment, count)| found.get(*comment).is_none_or(|there| there < *count)) {
        return Err(Violation::new(Law::Comments, format!("`{comment}` would be lost")));
    }
    if announced == found { Ok(()) } else { Err(Violation::new(Law::Comments, "a comment would appear that was not there")) }
}

fn counted(comments: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for comment in comments {
        *counts.entry(comment.trim_end().to_owned()).or_default() += 1;
    }
    counts
}

/// Whether both are the same; otherwise `at` leads to the first difference.
fn equal(announced: Option<&Value>, found: Option<&Value>, at: &mut Path) -> bool {
    let (Some(announced), Some(found)) = (announced, found) else { return announced.is_none() && found.is_none() };
    if announced == found {
        return true;
    }
    match (&announced.content, &found.content) {
        (Content::Mapping(old), Content::Mapping(new)) => {
            let differs = |((old_key, old), (new_key, new)): &(&(Value, Value), &(Value, Value))| (old_key, old) != (new_key, new);
            if let Some(((key, old), (new_key, new))) = old.iter().zip(new).find(differs) {
                at.steps.push(Step::Key(key.as_str().unwrap_or_default().to_owned()));
                return key == new_key && equal(Some(old), Some(new), at);
            }
        }
        (Content::Sequence(old), Content::Sequence(new)) => {
            if let Some((index, (old, new))) = old.iter().zip(new).enumerate().find(|(_, (old, new))| old != new) {
                at.steps.push(Step::Index(index));
                return equal(Some(old), Some(new), at);
            }
        }
        _ => {}
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;
    use crate::source::Span;

    #[test]
    fn a_text_that_is_not_what_its_edits_make_of_it_is_noticed() {
        let mut edits = EditSet::default();
        edits.extend([Edit::insert(1, "xy"), Edit::delete(Span::new(2, 3))]).unwrap();
        assert_eq!(bytes_stay("abcd", &edits, "axybd"), Ok(()));
        for other in ["axyb", "axybdd", "bxybd", "axycd", "abd"] {
            assert_eq!(bytes_stay("abcd", &edits, other).map_err(|found| found.law), Err(Law::Bytes), "{other}");
        }
    }

    #[test]
    fn the_first_difference_is_named() {
        let differs = |a: &str, b: &str| {
            let mut at = Path::default();
            let [a, b] = [a, b].map(|text| oracle::parse(text).unwrap());
            assert!(!equal(a.first(), b.first(), &mut at));
            dotted(&at)
        };
        assert_eq!(differs("a: {b: [1, 2]}\n", "a: {b: [1, 3]}\n"), "a.b.1");
        assert_eq!(differs("a: {b: 1, c: 2}\n", "a: {c: 2, b: 1}\n"), "a.b");
        assert_eq!(differs("a: [1]\n", "a: [1, 2]\n"), "a");
    }
}
