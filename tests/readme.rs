//! What the README shows is what the program says: its generated blocks are held against the program itself.
//!
//! `COMPOSE_FIX_BLESS=1` writes them anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic: that is how they fail")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;

#[test]
fn the_readme_shows_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let before = fs::read_to_string(&path).unwrap();
    let (example, report) = run(&["--dry-run", "examples/app-and-database"]);
    let (options, _) = run(&["-h"]);
    let options = options.split_once("Options:\n").unwrap().1;
    let (rules, _) = run(&["--list-rules"]);
    let blocks = [
        ("example", fenced("diff", &example)),
        ("report", fenced("text", &report)),
        ("options", fenced("text", options)),
        ("rules", table(&rules)),
    ];
    let after = blocks.into_iter().fold(before.clone(), |text, (name, block)| with_block(&text, name, &block));
    if std::env::var_os("COMPOSE_FIX_BLESS").is_some() {
        fs::write(path, after).unwrap();
    } else {
        assert!(before == after, "README.md is out of date; COMPOSE_FIX_BLESS=1 mends it:\n{after}");
    }
}

fn run(arguments: &[&str]) -> (String, String) {
    let mut command = Command::cargo_bin("compose-fix").unwrap();
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["--color", "never"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}

/// The list of rules, whose columns two blanks or more part, as a table.
fn table(list: &str) -> String {
    let cells = |line: &str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let row = |line: &str| match cells(line).as_slice() {
        [id, family, obligation, summary] => format!("| `{id}` | {family} | {obligation} | {summary} |\n"),
        _ => panic!("not four columns: {line}"),
    };
    let head = "| rule | family | obligation | what it found |\n|---|---|---|---|\n";
    format!("{head}{}", list.lines().map(row).collect::<String>())
}

/// The text with what stands between the comments `begin NAME` and `end NAME` replaced.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let begin = text.find(&format!("<!-- begin {name}")).unwrap();
    let start = begin + text[begin..].find("-->\n").unwrap() + "-->\n".len();
    let end = text.find(&format!("<!-- end {name} -->")).unwrap();
    format!("{}{block}{}", &text[..start], &text[end..])
}
