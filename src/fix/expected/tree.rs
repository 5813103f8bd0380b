//! A file's values with the announced changes made, to compare with those of the edited file.
//!
//! The values are those of the second reader, [`oracle`], and so is the way to them: no span and no edit is looked at.
//! A change whose node is not there is an error, so nothing can be announced in vain.

use crate::edit::EditSet;
use crate::yaml::change::{NewEntry, NewValue};
use crate::yaml::oracle::{self, Content, Value};
use crate::yaml::{Path, Step};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The entry or item that holds it gives way to these entries; with none it goes.
    Replaced(Vec<NewEntry>),
    /// The entry that holds it gives way to copies of these others, each named by the path to its value.
    Copied(Vec<Path>),
    /// New entries follow the last one of the mapping.
    Entries(Vec<NewEntry>),
    /// New items follow the last one of the sequence.
    Items(Vec<NewValue>),
    /// It is this from now on; anchor and tag stay.
    Set(NewValue),
    /// Its text has these bytes replaced.
    Text(EditSet),
}

/// The documents of a file with `changes` made, each at the node that its path leads to.
///
/// # Errors
/// The path of a change that does not fit what is there.
pub(super) fn changed(documents: &[Value], changes: BTreeMap<Path, Vec<Change>>) -> Result<Vec<Value>, Path> {
    let mut pending = Pending { documents, changes };
    let mut after = Vec::with_capacity(documents.len());
    for (document, root) in documents.iter().enumerate() {
        after.push(pending.value(root, &mut Path { document, steps: Vec::new() })?);
    }
    match pending.changes.into_keys().next() {
        Some(path) => Err(path),
        None => {
            number_anchors(&mut after);
            Ok(after)
        }
    }
}

/// Changes whose nodes are still to come.
struct Pending<'a> {
    documents: &'a [Value],
    changes: BTreeMap<Path, Vec<Change>>,
}

impl Pending<'_> {
    fn value(&mut self, before: &Value, path: &mut Path) -> Result<Value, Path> {
        let content = match &before.content {
            Content::Mapping(entries) => self.mapping(entries, path)?,
            Content::Sequence(items) => self.sequence(items, path)?,
            other => other.clone(),
        };
        let mut value = Value { anchor: before.anchor, tag: before.tag.clone(), content };
        for change in self.changes.remove(path).unwrap_or_default() {
            value = made(value, change).ok_or_else(|| path.clone())?;
        }
        Ok(value)
    }

    fn mapping(&mut self, entries: &[(Value, Value)], path: &mut Path) -> Result<Content, Path> {
        let mut after = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(name) = key.as_str() else {
                after.push((key.clone(), value.clone()));
                continue;
            };
            path.steps.push(Step::Key(name.to_owned()));
            match self.instead(path)? {
                Some(others) => after.extend(others),
                None => after.push((key.clone(), self.value(value, path)?)),
            }
            path.steps.pop();
        }
        // Of an only entry `{}` remains. Of several that all go, nothing is left on the lines below the key.
        Ok(if after.is_empty() && entries.len() > 1 { Content::Null } else { Content::Mapping(after) })
    }

    fn sequence(&mut self, items: &[Value], path: &mut Path) -> Result<Content, Path> {
        let mut after = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            path.steps.push(Step::Index(index));
            match self.instead(path)? {
                Some(others) if others.is_empty() => {}
                Some(_) => return Err(path.clone()),
                None => after.push(self.value(item, path)?),
            }
            path.steps.pop();
        }
        Ok(Content::Sequence(after))
    }

    /// What stands in the place of the entry or item at `path`, if it goes.
    fn instead(&mut self, path: &Path) -> Result<Option<Vec<(Value, Value)>>, Path> {
        match self.changes.get(path).map(Vec::as_slice) {
            Some([Change::Replaced(_) | Change::Copied(_)]) => {}
            _ => return Ok(None),
        }
        match self.changes.remove(path).and_then(|mut changes| changes.pop()) {
            Some(Change::Replaced(entries)) => Ok(Some(entries.iter().map(entry).collect())),
            Some(Change::Copied(paths)) => {
                let copies: Option<Vec<_>> = paths.iter().map(|path| self.original(path)).collect();
                copies.map(Some).ok_or_else(|| path.clone())
            }
            _ => Ok(None),
        }
    }

    /// The entry with the value at `path`, as it was before.
    fn original(&self, path: &Path) -> Option<(Value, Value)> {
        let (last, above) = path.steps.split_last()?;
        let root = self.documents.get(path.document)?;
        let parent = above.iter().try_fold(root, |value, step| match (step, &value.content) {
            (Step::Index(index), Content::Sequence(items)) => items.get(*index),
            (Step::Key(key), _) => value.get(key),
            _ => None,
        })?;
        let (Content::Mapping(entries), Step::Key(key)) = (&parent.content, last) else { return None };
        entries.iter().find(|(found, _)| found.as_str() == Some(key)).cloned()
    }
}

/// `value` after a change of the node itself, if it is a node for such a change.
fn made(mut value: Value, change: Change) -> Option<Value> {
    match (&mut value.content, change) {
        (Content::Mapping(there), Change::Entries(entries)) => there.extend(entries.iter().map(entry)),
        (Content::Null, Change::Entries(entries)) => value.content = Content::Mapping(entries.iter().map(entry).collect()),
        (Content::Sequence(there), Change::Items(items)) => there.extend(items.iter().map(new_value)),
        (Content::Null, Change::Items(items)) => value.content = Content::Sequence(items.iter().map(new_value).collect()),
        (Content::Scalar { .. } | Content::Null | Content::Alias(_), Change::Set(new)) => value.content = new_value(&new).content,
        (Content::Scalar { text, string }, Change::Text(replacements)) => {
            *text = replacements.apply(text);
            // What was a string has to stay one; of anything else the new text decides.
            *string = *string || oracle::is_string(text);
        }
        _ => return None,
    }
    Some(value)
}

fn entry(new: &NewEntry) -> (Value, Value) {
    (string(&new.key), new_value(&new.value))
}

fn new_value(new: &NewValue) -> Value {
    let plain = |content| Value { anchor: None, tag: None, content };
    match new {
        NewValue::Raw(text) => oracle::parse(text).ok().and_then(|mut parsed| parsed.pop()).unwrap_or(plain(Content::Null)),
        NewValue::Text(text) | NewValue::Quoted(text) => string(text),
        NewValue::Sequence(items) => plain(Content::Sequence(items.iter().map(new_value).collect())),
        NewValue::Mapping(entries) => plain(Content::Mapping(entries.iter().map(entry).collect())),
        NewValue::Tagged(tag, value) => Value { tag: Some((*tag).to_owned()), ..new_value(value) },
    }
}

fn string(text: &str) -> Value {
    Value { anchor: None, tag: None, content: Content::Scalar { text: text.to_owned(), string: true } }
}

/// Numbers the anchors that aliases stand for anew: with an alias that went, its anchor may count no longer.
fn number_anchors(documents: &mut [Value]) {
    let mut used = BTreeSet::new();
    let mut note = |value: &mut Value| {
        if let Content::Alias(anchor) = value.content {
            used.insert(anchor);
        }
    };
    documents.iter_mut().for_each(|document| each(document, &mut note));
    let used: Vec<usize> = used.into_iter().collect();
    let mut number = |value: &mut Value| {
        value.anchor = value.anchor.and_then(|anchor| used.binary_search(&anchor).ok());
        if let Content::Alias(anchor) = &mut value.content {
            *anchor = used.binary_search(anchor).unwrap_or_default();
        }
    };
    documents.iter_mut().for_each(|document| each(document, &mut number));
}

fn each(value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    visit(value);
    match &mut value.content {
        Content::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
            each(key, visit);
            each(value, visit);
        }),
        Content::Sequence(items) => items.iter_mut().for_each(|item| each(item, visit)),
        Content::Null | Content::Scalar { .. } | Content::Alias(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;
    use crate::source::Span;

    /// Changes, each with the path to its node.
    type Announced<'a> = &'a [(&'a str, Change)];

    fn path(steps: &str) -> Path {
        let step = |step: &str| step.parse().map_or_else(|_| Step::Key(step.to_owned()), Step::Index);
        Path { document: 0, steps: steps.split('/').filter(|step| !step.is_empty()).map(step).collect() }
    }

    fn after(text: &str, changes: Announced<'_>) -> Result<Vec<Value>, Path> {
        let mut by_path: BTreeMap<Path, Vec<Change>> = BTreeMap::new();
        for (at, change) in changes {
            by_path.entry(path(at)).or_default().push(change.clone());
        }
        changed(&oracle::parse(text).unwrap(), by_path)
    }

    fn new(key: &str, value: NewValue) -> Change {
        Change::Replaced(vec![NewEntry::new(key, value)])
    }

    fn text(range: std::ops::Range<usize>, new: &str) -> Change {
        let mut edits = EditSet::default();
        edits.extend([Edit::replace(Span::new(range.start, range.end), new)]).unwrap();
        Change::Text(edits)
    }

    #[test]
    fn announced_changes_make_the_values_of_the_edited_text() {
        let quoted = |text: &str| NewValue::Quoted(text.into());
        let list = NewValue::Sequence(vec![quoted("1:1")]);
        let reset = || NewValue::Tagged("!reset", Box::new(NewValue::Raw("null".into())));
        let table: [(&str, Announced<'_>, &str); 12] = [
            ("a: 1\nb: 2\nc: 3\n", &[("b", new("x", list.clone()))], "a: 1\nx: ['1:1']\nc: 3\n"),
            ("a: 1\nb: 2\n", &[("a", Change::Replaced(vec![]))], "b: 2\n"),
            ("a: {b: 1}\n", &[("a/b", Change::Replaced(vec![]))], "a: {}\n"),
            ("a:\n  b: 1\n  c: 2\n", &[("a/b", Change::Replaced(vec![])), ("a/c", Change::Replaced(vec![]))], "a:\n"),
            ("a: [1, 2, 3]\n", &[("a/1", Change::Replaced(vec![])), ("a/2", Change::Set(quoted("4")))], "a: [1, '4']\n"),
            ("a: [1]\n", &[("a", Change::Items(vec![quoted("2")]))], "a: [1, '2']\n"),
            ("a:\n", &[("a", Change::Items(vec![quoted("2")]))], "a: ['2']\n"),
            ("a: 1\n", &[("", Change::Entries(vec![NewEntry::new("b", reset())]))], "a: 1\nb: !reset null\n"),
            ("a: [{b: 1}]\n", &[("a/0", Change::Entries(vec![NewEntry::new("c", NewValue::Text("2".into()))]))], "a: [{b: 1, c: '2'}]\n"),
            ("a: !t \"x:1\"\n", &[("a", text(0..1, "yy"))], "a: !t yy:1\n"),
            ("a: 80\n", &[("a", text(0..2, "81"))], "a: 81\n"),
            (
                "x: &x {m: 1, e: 5}\nv: &v 2\na: {<<: *x, c: 1}\n",
                &[("a/<<", Change::Copied(vec![path("x/e")]))],
                "x: {m: 1, e: 5}\nv: 2\na: {e: 5, c: 1}\n",
            ),
        ];
        for (before, changes, expected) in table {
            assert_eq!(after(before, changes), Ok(oracle::parse(expected).unwrap()), "{before}");
        }
    }

    #[test]
    fn a_string_that_would_become_something_else_differs() {
        let announced = after("a: localhost\n", &[("a", text(0..9, "123"))]).unwrap();
        assert_ne!(announced, oracle::parse("a: 123\n").unwrap());
        assert_eq!(announced, oracle::parse("a: \"123\"\n").unwrap());
    }

    #[test]
    fn aliases_stand_for_the_nodes_that_they_stood_for() {
        let before = "a: &a 1\nb: &b 2\nc: *a\nd: *b\n";
        let announced = after(before, &[("c", Change::Replaced(vec![]))]);
        assert_eq!(announced, Ok(oracle::parse("a: 1\nb: &b 2\nd: *b\n").unwrap()));
        assert_ne!(announced, Ok(oracle::parse("a: &a 1\nb: 2\nd: *a\n").unwrap()));
    }

    #[test]
    fn a_change_of_what_is_not_there_is_an_error() {
        let gone = || Change::Replaced(vec![]);
        for (text, at, change) in [
            ("a: 1\n", "b", gone()),
            ("a: 1\n", "a", Change::Items(vec![])),
            ("a: [1]\n", "a", Change::Set(NewValue::Raw("1".into()))),
            ("a: [1]\n", "a/0", new("b", NewValue::Raw("1".into()))),
            ("a: &a {b: 1}\nc: *a\n", "c/b", gone()),
            ("a: {<<: {c: 1}}\n", "a/<<", Change::Copied(vec![path("x")])),
        ] {
            assert_eq!(after(text, &[(at, change)]), Err(path(at)), "{text}");
        }
    }
}
