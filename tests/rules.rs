//! Every rule as a user meets it: its line in the list, its page, its name in the output.
//!
//! The examples on the pages are run: what a page says of its example is what the program says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

mod support;

use std::collections::BTreeSet;
use support::files::{root, tree};
use support::program::run;

const SECTIONS: [&str; 5] = ["## What it does", "## Why", "## Example", "## How to verify", "## How to override"];

/// Rules whose example cannot be run here: they need an engine, or a mistake in the program. Tests beside the code produce
/// them.
const NOT_RUN: [&str; 4] = ["silent-mapping", "unmapped-listener", "internal", "not-accepted"];

/// What stands between fences: the language behind the first one, and the lines.
struct Block<'a> {
    language: &'a str,
    text: &'a str,
}

/// The names of all rules, as `--list-rules` prints them.
fn rules() -> Vec<String> {
    let list = run(&root(), &["--list-rules"]).stdout;
    let names: Vec<String> = list.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert!(names.len() > 40, "{list}");
    names
}

fn page(rule: &str) -> String {
    run(&root(), &["--explain", rule]).stdout
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let fenced = page.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).map(|(language, text)| Block { language, text }).collect()
}

/// The name of a file of an example: its first line says it, as a comment, unless it is the Compose file.
fn file_name(text: &str) -> &str {
    text.strip_prefix("# ").and_then(|rest| rest.lines().next()).unwrap_or("compose.yaml")
}

/// The page without what stands between fences.
fn prose(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

#[test]
fn the_list_names_each_rule_once() {
    let rules = rules();
    let is_kebab = |name: &String| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit());
    assert!(rules.iter().all(is_kebab), "{rules:?}");
    assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), rules.len(), "{rules:?}");
}

#[test]
fn every_page_has_its_sections_in_order_and_is_neither_a_remark_nor_an_essay() {
    for rule in rules() {
        let page = page(&rule);
        let prose = prose(&page);
        let headings: Vec<&str> = prose.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, SECTIONS, "{rule}");
        let (_, body) = page.split_once("\n\n").unwrap();
        let words = body.split_whitespace().count();
        assert!((100..=250).contains(&words), "the page of {rule} has {words} words");
        assert!(prose.lines().all(|line| line.chars().count() <= 80), "{rule}");
    }
}

#[test]
fn what_a_page_shows_is_what_the_program_says() {
    for rule in rules() {
        let page = page(&rule);
        let blocks = blocks(&page);
        let (shown, files): (Vec<_>, Vec<_>) = blocks.iter().partition(|block| block.language == "text");
        let [shown] = shown.as_slice() else { panic!("{rule}: one block shows what is reported") };
        assert!(shown.text.contains(&format!("[{rule}]")), "{rule} is not named");
        if NOT_RUN.contains(&rule.as_str()) {
            continue;
        }
        let files: Vec<(&str, &str)> = files.iter().map(|file| (file_name(file.text), file.text)).collect();
        let directory = tree(&files);
        let (command, expected) = shown.text.split_once('\n').unwrap();
        let arguments: Vec<&str> = command.strip_prefix("$ compose-fix").unwrap().split_whitespace().collect();
        let said = run(directory.path(), &arguments).stderr;
        let mut lines = said.lines();
        for line in expected.lines() {
            assert!(lines.any(|other| other == line), "{rule}: `{line}` is not said, or not there:\n{said}");
        }
    }
}
