//! Planners that write something wrong: whatever they meant to change, the gate must not let it pass.
//!
//! The edits of every case, example and small project are changed in every way that a slip could change them, while what
//! was announced stays. A result that says the same to every reader, comments included, is no mistake: those are few, and
//! of the kinds in [`HARMLESS`].

use crate::check::proposed;
use crate::cli;
use crate::compose::Project;
use crate::edit::{Edit, EditSet};
use crate::fix::Fix;
use crate::settings::Settings;
use crate::source::{FileId, Sources, Span};
use crate::tests::project::Given;
use crate::tests::support::files::root;
use crate::tests::support::projects;
use crate::verify::{union, verify};
use crate::yaml::{self, oracle};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;

/// What is put in place of each character, besides another of its kind.
const SLIPS: [&str; 8] = [" ", "\n", "#", "\"", "'", ":", "-", "é"];

/// The slips that can leave a text saying the same, and how.
const HARMLESS: [&str; 3] = [
    // A block that is indented in another way than the rest, a blank line, a break at the end of the file, a space too few
    // between brackets.
    WHITE_SPACE,
    // Behind a blank line, or behind another edit at the same place.
    MOVED,
    // The edit writes what is there: an entry that keeps its text while others of its list change.
    LEFT_OUT,
];
const WHITE_SPACE: &str = "white space becomes other white space, or goes";
const MOVED: &str = "an edit is made elsewhere";
const LEFT_OUT: &str = "an edit is left out";
const CHARACTER: &str = "a character becomes another, or goes";
const WORD: &str = "a name or a number becomes another";

/// How many of a hundred may say the same.
const FEW: usize = 5;

/// What became of the mutants of some projects.
#[derive(Debug, Default)]
struct Tally {
    made: usize,
    /// Those that say the same, by the way in which they were changed.
    same: BTreeMap<&'static str, usize>,
    /// Those that the gate let through and that say something else.
    missed: Vec<String>,
}

impl Tally {
    fn and(mut self, other: Self) -> Self {
        self.made += other.made;
        other.same.into_iter().for_each(|(kind, count)| *self.same.entry(kind).or_default() += count);
        self.missed.extend(other.missed);
        self
    }
}

#[test]
fn a_planner_that_slips_is_caught() {
    let tally = subjects().into_par_iter().map(|(name, given, modes)| tally(&name, &given, &modes));
    let tally = tally.reduce(Tally::default, Tally::and);
    let first = tally.missed.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(tally.made > 10_000, "only {} slips", tally.made);
    assert!(tally.missed.is_empty(), "{} of {} pass\n{first}", tally.missed.len(), tally.made);
    assert!(tally.same.keys().all(|kind| HARMLESS.contains(kind)), "they say the same: {:?}", tally.same);
    assert!(tally.same.values().sum::<usize>() * 100 < tally.made * FEW, "of {} say the same: {:?}", tally.made, tally.same);
}

/// Every project with the settings that it is migrated with: those of its case, and those with `--unsafe`.
fn subjects() -> Vec<(String, Given, [Settings; 2])> {
    let mut found = Vec::new();
    for folder in ["tests/cases", "examples"].iter().flat_map(|part| fs::read_dir(root().join(part)).unwrap()) {
        let path = folder.unwrap().path();
        let arguments = fs::read_to_string(path.join("args")).unwrap_or_default();
        found.extend(with_settings(&path.display().to_string(), &Given::find(&path), &arguments));
    }
    for small in projects::all() {
        let (_folder, root) = small.unpack();
        let given = match small.named().as_slice() {
            [] => Given::find(&root),
            files => Given::of_files(&files.iter().map(|file| root.join(file)).collect::<Vec<_>>()),
        };
        found.extend(with_settings(&small.name, &given, &small.words("args").join(" ")));
    }
    found
}

fn with_settings(name: &str, projects: &[Given], arguments: &str) -> Vec<(String, Given, [Settings; 2])> {
    let words = ["compose-fix"].into_iter().chain(arguments.split_whitespace());
    let stated = cli::parse(words.map(OsString::from)).unwrap().settings;
    let modes = [stated.clone(), Settings { unsafe_edits: true, ..stated }];
    projects.iter().map(|given| (name.to_owned(), given.clone(), modes.clone())).collect()
}

fn tally(name: &str, given: &Given, modes: &[Settings; 2]) -> Tally {
    let of_modes = given.load(|project, _| {
        let [first, second] = modes.each_ref().map(|settings| proposed(project, None, settings, &BTreeSet::new()));
        let edits = |fixes: &[Fix]| fixes.iter().map(|fix| fix.edits.clone()).collect::<Vec<_>>();
        let more = if edits(&first) == edits(&second) { Vec::new() } else { second };
        tally_of(name, project, &first).and(tally_of(name, project, &more))
    });
    of_modes.unwrap_or_default()
}

fn tally_of(name: &str, project: &Project<'_>, fixes: &[Fix]) -> Tally {
    let mut tally = Tally::default();
    let Some(first) = fixes.first().cloned() else { return tally };
    // Units have edits in common, and a slip is made in all of them.
    let (edits, expected) = union(&fixes.iter().collect::<Vec<_>>()).unwrap();
    let fix = Fix { edits, expected, ..first };
    verify(project, &[&fix], &|_| Ok(())).unwrap();
    let right = Said::of(project, &fix);
    let planned = || fix.edits.iter().flat_map(|(file, set)| set.iter().map(|edit| (*file, edit)));
    for (file, edit) in planned() {
        for (kind, place, text) in slips(project, file, edit, &words(project, &fix)) {
            let Some(mutant) = with(&fix, (file, edit), place, &text) else { continue };
            tally.made += 1;
            if verify(project, &[&mutant], &|_| Ok(())).is_err() {
                continue;
            }
            if Said::of(project, &mutant) == right {
                *tally.same.entry(kind).or_default() += 1;
            } else {
                tally.missed.push(format!("{name}: {kind} in {:?}: {text:?} at {place:?}", edit.text));
            }
        }
    }
    tally
}

/// The fix with another edit in the place of one of its own; nothing if that would be at odds with the others.
fn with(fix: &Fix, (file, edit): (FileId, &Edit), (other, span): (FileId, Span), text: &str) -> Option<Fix> {
    let mut lists: BTreeMap<FileId, Vec<Edit>> = fix.edits.iter().map(|(file, set)| (*file, set.iter().cloned().collect())).collect();
    let replaced = Edit::replace(span, text);
    let list = lists.get_mut(&file)?;
    let at = list.iter().position(|own| own == edit)?;
    if file == other {
        list[at] = replaced;
    } else {
        list.remove(at);
        lists.entry(other).or_default().push(replaced);
    }
    lists.retain(|_, list| !list.is_empty());
    let set = |(file, list): (FileId, Vec<Edit>)| {
        let (mut set, count) = (EditSet::default(), list.len());
        set.extend(list).ok()?;
        (set.iter().count() == count).then_some((file, set))
    };
    Some(Fix { edits: lists.into_iter().map(set).collect::<Option<_>>()?, ..fix.clone() })
}

/// Where an edit is made and what it puts in, and the kind of slip that this is.
type Slip = (&'static str, (FileId, Span), String);

fn slips(project: &Project<'_>, file: FileId, edit: &Edit, words: &BTreeSet<String>) -> Vec<Slip> {
    let here = (file, edit.span);
    let mut slips = vec![(LEFT_OUT, (file, Span::at(edit.span.start)), String::new())];
    for (number, (at, old)) in edit.text.char_indices().enumerate() {
        let other = match old {
            '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from_u32(u32::from(old) + 1).unwrap_or('x'),
            '9' => '0',
            _ => 'x',
        };
        let end = at + old.len_utf8();
        let slip = SLIPS[number % SLIPS.len()].to_owned();
        for slip in [String::new(), slip, other.to_string()].into_iter().filter(|slip| *slip != old.to_string()) {
            let white = old.is_whitespace() && slip.trim().is_empty();
            let kind = if white { WHITE_SPACE } else { CHARACTER };
            slips.push((kind, here, format!("{}{slip}{}", &edit.text[..at], &edit.text[end..])));
        }
    }
    for (at, word) in words_of(&edit.text) {
        for other in words.iter().filter(|other| **other != word && is_number(other) == is_number(&word)) {
            let text = format!("{}{other}{}", &edit.text[..at], &edit.text[at + word.len()..]);
            slips.push((WORD, here, text));
        }
    }
    for place in places(project.sources(), file, edit.span) {
        slips.push((MOVED, place, edit.text.clone()));
    }
    slips
}

/// Numbers and names that could be mixed up: those that are put in, and the names of all services.
fn words(project: &Project<'_>, fix: &Fix) -> BTreeSet<String> {
    let put_in = fix.edits.values().flat_map(EditSet::iter).flat_map(|edit| words_of(&edit.text)).map(|(_, word)| word);
    put_in.chain(project.services.iter().map(|service| service.name.clone())).collect()
}

fn words_of(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, char) in text.char_indices().filter(|(_, char)| char.is_alphanumeric() || "_-".contains(*char)) {
        match found.last_mut() {
            Some((start, word)) if *start + word.len() == at => word.push(char),
            _ => found.push((at, char.to_string())),
        }
    }
    found
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Other places for an edit: a byte or a line further up or down, and wherever else its bytes stand.
fn places(sources: &Sources, file: FileId, span: Span) -> Vec<(FileId, Span)> {
    let text = sources.get(file).text.as_str();
    let moved = |start: usize| (start != span.start).then(|| (file, Span::new(start, start + span.end - span.start)));
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let above = text[..line.saturating_sub(1)].rfind('\n').map_or(0, |at| at + 1);
    let below = text[span.start..].find('\n').map_or(text.len(), |at| span.start + at + 1);
    let near = [span.start.saturating_sub(1), span.start + 1, line, above, below].into_iter().filter_map(moved);
    let written = span.of(text);
    let all = sources.iter().flat_map(|other| {
        let found = other.text.match_indices(written).filter(|_| !written.is_empty()).map(|(at, _)| at);
        let same_offset = (other.id != file).then_some(span.start);
        found.chain(same_offset).map(|at| (other.id, Span::new(at, at + written.len())))
    });
    let fits = |(file, span): &(FileId, Span)| sources.get(*file).text.get(span.start..span.end).is_some();
    near.chain(all).filter(|place| *place != (file, span)).filter(fits).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What the files of a project say once a fix is made.
#[derive(Debug, PartialEq)]
struct Said {
    values: BTreeMap<FileId, Vec<oracle::Value>>,
    comments: BTreeMap<FileId, Vec<String>>,
    others: BTreeMap<FileId, String>,
}

impl Said {
    fn of(project: &Project<'_>, fix: &Fix) -> Self {
        let mut said = Self { values: BTreeMap::new(), comments: BTreeMap::new(), others: BTreeMap::new() };
        for file in project.sources().iter() {
            let after = fix.edits.get(&file.id).map_or_else(|| file.text.clone(), |edits| edits.apply(&file.text));
            if !project.streams.contains_key(&file.id) {
                said.others.insert(file.id, after);
                continue;
            }
            let sources = Sources::default();
            let id = sources.add(&file.path, after);
            let source = sources.get(id);
            let stream = yaml::parse_leniently(source).unwrap();
            said.values.insert(file.id, oracle::parse(&source.text).unwrap());
            said.comments.insert(file.id, stream.comments().iter().map(|span| span.of(&source.text).trim_end().to_owned()).collect());
        }
        said
    }
}
