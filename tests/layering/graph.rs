//! Which file needs which, and the circles in that.

use crate::code::Code;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Files by their number in the list, each with the files that it needs and the first line that says so.
pub(crate) type Needs = Vec<BTreeMap<usize, usize>>;

/// What every file needs.
pub(crate) fn needs(files: &[Code]) -> Needs {
    let one = |(number, file): (usize, &Code)| {
        let mut needed = BTreeMap::new();
        for (path, line) in &file.named {
            if let Some(other) = home(files, path).filter(|other| *other != number) {
                needed.entry(other).or_insert(*line);
            }
        }
        needed
    };
    files.iter().enumerate().map(one).collect()
}

/// The file that holds what a path names, for paths inside the crate. What a module only hands on is looked for where it
/// comes from.
pub(crate) fn home(files: &[Code], path: &[String]) -> Option<usize> {
    // Handing on in a circle would not compile.
    let mut path = path.to_vec();
    loop {
        let (number, rest) = file_of(files, &path)?;
        let Some(name) = rest.first() else { return Some(number) };
        let file = &files[number];
        let whole =
            || file.handed_on_whole.iter().find(|module| file_of(files, module).is_some_and(|(at, _)| files[at].items.contains(name)));
        path = match (file.handed_on.get(name), whole()) {
            _ if file.items.contains(name) => return Some(number),
            (Some(from), _) => from.iter().chain(&rest[1..]).cloned().collect(),
            (None, Some(module)) => module.iter().chain(rest).cloned().collect(),
            (None, None) => return Some(number),
        };
    }
}

/// The innermost file that is a module of the path, and what the path names in it.
fn file_of<'a>(files: &[Code], path: &'a [String]) -> Option<(usize, &'a [String])> {
    (1..=path.len()).rev().find_map(|length| {
        let number = files.iter().position(|file| file.path != "main.rs" && file.module == path[..length])?;
        Some((number, &path[length..]))
    })
}

/// Groups of files that all need each other, each as the shortest circle through its first file.
pub(crate) fn circles(needs: &Needs) -> Vec<Vec<usize>> {
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in 0..needs.len() {
        if seen.contains(&start) {
            continue;
        }
        if let Some(circle) = shortest_circle(needs, start) {
            seen.extend(reach(needs, start).into_iter().filter(|other| reach(needs, *other).contains(&start)));
            circles.push(circle);
        }
    }
    circles
}

fn reach(needs: &Needs, start: usize) -> BTreeSet<usize> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(file) = open.pop() {
        open.extend(needs[file].keys().copied().filter(|other| seen.insert(*other)));
    }
    seen
}

fn shortest_circle(needs: &Needs, start: usize) -> Option<Vec<usize>> {
    let (mut from, mut open) = (BTreeMap::new(), VecDeque::from([start]));
    while let Some(file) = open.pop_front() {
        for other in needs[file].keys().copied() {
            if other == start {
                let mut way = vec![start, file];
                while let Some(before) = from.get(&way[way.len() - 1]) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = from.entry(other) {
                entry.insert(file);
                open.push_back(other);
            }
        }
    }
    None
}
