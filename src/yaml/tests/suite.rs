//! The YAML test suite: what is YAML is accepted with the very nodes that the suite lists, the rest is not.

use super::cases;
use crate::source::Sources;
use crate::yaml::parse::parse;
use crate::yaml::{CollectionStyle, Kind, Node, ScalarStyle, Stream};

pub(super) const SUITE: &str = include_str!("../../../tests/data/yaml_suite.txt");

#[test]
fn the_suite_is_accepted_with_its_nodes_and_rejected_where_it_is_invalid() {
    let cases = cases::read(SUITE);
    let (mut failures, mut invalid) = (Vec::new(), 0);
    for case in &cases {
        let must_fail = case.says == ["invalid"];
        invalid += usize::from(must_fail);
        let sources = Sources::default();
        let id = sources.add("case.yaml", case.text.as_str());
        match parse(sources.get(id)) {
            Ok(_) if must_fail => failures.push(format!("{}: accepted", case.title)),
            Err(error) if !must_fail => failures.push(format!("{}: {error} at {:?}", case.title, error.span)),
            Ok(stream) if nodes(&stream) != case.says => failures.push(format!("{}: {:#?}", case.title, nodes(&stream))),
            Ok(_) | Err(_) => {}
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!((cases.len(), invalid), (402, 94));
}

/// The nodes of a stream, a line each, below those that hold them.
fn nodes(stream: &Stream<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for document in &stream.documents {
        out.push("doc".to_owned());
        push(&document.root, 1, &mut out);
    }
    out
}

fn push(node: &Node<'_>, depth: usize, out: &mut Vec<String>) {
    let anchor = node.anchor.map(|anchor| format!("&{} ", anchor.name)).unwrap_or_default();
    let tag = if node.tag.is_some() { "! " } else { "" };
    let is_block = |style: CollectionStyle| style == CollectionStyle::Block;
    let what = match &node.kind {
        Kind::Null => ":".to_owned(),
        Kind::Alias(alias) => format!("*{}", alias.name),
        Kind::Scalar(scalar) => written(scalar.style, &scalar.value),
        Kind::Sequence(sequence) => if is_block(sequence.style) { "seq" } else { "seq []" }.to_owned(),
        Kind::Mapping(mapping) => if is_block(mapping.style) { "map" } else { "map {}" }.to_owned(),
    };
    out.push(format!("{}{anchor}{tag}{what}", " ".repeat(depth)));
    match &node.kind {
        Kind::Sequence(sequence) => sequence.items.iter().for_each(|item| push(&item.value, depth + 1, out)),
        Kind::Mapping(mapping) => {
            for node in mapping.entries.iter().flat_map(|entry| [&entry.key, &entry.value]) {
                push(node, depth + 1, out);
            }
        }
        Kind::Null | Kind::Alias(_) | Kind::Scalar(_) => {}
    }
}

/// A scalar as the cases write it.
fn written(style: ScalarStyle, value: &str) -> String {
    let sign = match style {
        ScalarStyle::Plain => ':',
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::Literal => '|',
        ScalarStyle::Folded => '>',
    };
    let escaped = [("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"), ("\x08", "\\b")]
        .iter()
        .fold(value.to_owned(), |text, (c, escape)| text.replace(c, escape));
    match escaped.strip_suffix(' ') {
        Some(before) => format!("{sign}{before}\\u{{20}}"),
        None => format!("{sign}{escaped}"),
    }
}
