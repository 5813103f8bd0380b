//! The official YAML test suite: what is YAML is accepted with the very events that the suite lists, the rest is not.
//!
//! The suite is not part of this project; it is found next to the corpus that `COMPOSE_FIX_CORPUS` names.

use crate::source::Sources;
use crate::yaml::{self, CollectionStyle, Kind, Node, ScalarStyle, Stream};
use std::fmt::Write;
use std::path::PathBuf;

#[derive(serde::Deserialize)]
struct Case {
    id: String,
    yaml: String,
    fail: bool,
    tree: String,
    skip: bool,
}

#[test]
fn the_suite_is_accepted_with_its_events_and_rejected_where_it_is_invalid() {
    let Some(corpus) = std::env::var_os("COMPOSE_FIX_CORPUS").map(PathBuf::from) else { return };
    let Ok(text) = std::fs::read_to_string(corpus.join("../yaml/test_suite.json")) else { return };
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let (mut failures, mut valid) = (Vec::new(), 0);
    for case in cases.iter().filter(|case| !case.skip) {
        let mut sources = Sources::default();
        let id = sources.add(&case.id, case.yaml.as_str());
        match yaml::parse(sources.get(id)) {
            Ok(_) if case.fail => failures.push(format!("{}: accepted", case.id)),
            Err(error) if !case.fail => failures.push(format!("{}: {error} at {:?}", case.id, error.span)),
            Err(_) => {}
            Ok(stream) => {
                valid += 1;
                if events(&stream) != expected(&case.tree) {
                    failures.push(format!("{}:\n{}\n{:?}", case.id, case.yaml, events(&stream)));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(valid, 308);
}

/// The suite's events, without what the tree does not hold: document markers and what tags resolve to.
fn expected(tree: &str) -> Vec<String> {
    let simplify = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_suffix(" ---").or_else(|| line.strip_suffix(" ...")).filter(|line| line.ends_with("DOC")).unwrap_or(line);
        match (line.find(" <"), line.find("> ")) {
            _ if line.starts_with("=VAL :") || line.starts_with("=VAL \"") || line.starts_with("=VAL '") => line.to_owned(),
            (Some(open), Some(close)) if open < close => format!("{} <>{}", &line[..open], &line[close + 1..]),
            (Some(open), None) if line.ends_with('>') => format!("{} <>", &line[..open]),
            _ => line.to_owned(),
        }
    };
    tree.lines().map(simplify).collect()
}

fn events(stream: &Stream<'_>) -> Vec<String> {
    let mut out = vec!["+STR".to_owned()];
    for document in &stream.documents {
        out.push("+DOC".into());
        push(&document.root, &mut out);
        out.push("-DOC".into());
    }
    out.push("-STR".into());
    out
}

fn push(node: &Node<'_>, out: &mut Vec<String>) {
    let mut properties = String::new();
    if let Some(anchor) = node.anchor {
        write!(properties, " &{}", anchor.name).unwrap();
    }
    if node.tag.is_some() {
        properties.push_str(" <>");
    }
    match &node.kind {
        Kind::Null => out.push(format!("=VAL{properties} :")),
        Kind::Alias(alias) => out.push(format!("=ALI *{}", alias.name)),
        Kind::Scalar(scalar) => {
            let style = match scalar.style {
                ScalarStyle::Plain => ':',
                ScalarStyle::SingleQuoted => '\'',
                ScalarStyle::DoubleQuoted => '"',
                ScalarStyle::Literal => '|',
                ScalarStyle::Folded => '>',
            };
            let value =
                scalar.value.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r").replace('\x08', "\\b");
            out.push(format!("=VAL{properties} {style}{value}"));
        }
        Kind::Sequence(sequence) => {
            let brackets = if sequence.style == CollectionStyle::Block { "" } else { " []" };
            out.push(format!("+SEQ{brackets}{properties}"));
            sequence.items.iter().for_each(|item| push(&item.value, out));
            out.push("-SEQ".into());
        }
        Kind::Mapping(mapping) => {
            let brackets = if mapping.style == CollectionStyle::Block { "" } else { " {}" };
            out.push(format!("+MAP{brackets}{properties}"));
            for entry in &mapping.entries {
                push(&entry.key, out);
                push(&entry.value, out);
            }
            out.push("-MAP".into());
        }
    }
}
