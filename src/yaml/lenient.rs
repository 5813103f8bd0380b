//! Text that libyaml and its heirs read although YAML 1.2 does not allow it.
//!
//! Inside of brackets and quotes YAML 1.2.2 (sections 7.3 and 7.4) asks for lines that are indented deeper than the key
//! they belong to. Compose's reader does not, and real files make use of that. Indentation means nothing in there, so a
//! copy with such lines moved to the right has the same events; the spans come from the text as it is.

use super::parse::{INDENTATION, parse, read, readable};
use super::{Stream, SyntaxError};
use crate::source::SourceFile;
use std::collections::BTreeSet;
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::ScanError;

/// Parses a file as Compose's reader does, which minds indentation inside of brackets and quotes less than YAML 1.2.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_leniently(source: &SourceFile) -> Result<Stream<'_>, SyntaxError> {
    parse(source).or_else(|error| match deepened(readable(source)).filter(|_| error.unsupported) {
        Some(deepened) => read(source, &deepened),
        None => Err(error),
    })
}

/// `text` with the lines moved to the right that the parser wants deeper; `None` when there is no such line, or when it is
/// not their indentation alone that is wrong.
pub(super) fn deepened(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let deepest = lines.iter().map(|line| line.len() - line.trim_start_matches(' ').len()).max().unwrap_or(0);
    let mut moved = BTreeSet::new();
    loop {
        let copy = with_moved(&lines, &moved, deepest + 1);
        let Some(error) = first_error(&copy) else { return (!moved.is_empty()).then_some(copy) };
        if !error.info().starts_with(INDENTATION) {
            return None;
        }
        let before = moved.len();
        moved.extend(too_shallow(&lines, &error));
        if moved.len() == before {
            return None;
        }
    }
}

fn with_moved(lines: &[&str], moved: &BTreeSet<usize>, by: usize) -> String {
    let padding = " ".repeat(by);
    lines.iter().enumerate().flat_map(|(number, line)| [if moved.contains(&number) { padding.as_str() } else { "" }, line]).collect()
}

fn first_error(text: &str) -> Option<ScanError> {
    let mut parser = Parser::new_from_str(text);
    loop {
        match parser.next_token() {
            Ok((Event::StreamEnd, _)) => return None,
            Ok(_) => {}
            Err(error) => return Some(error),
        }
    }
}

/// The 0-based lines that an error is about: that of the mark inside of brackets, those below the mark, up to the closing
/// quote, for a quoted scalar, since the mark is where the scalar starts.
fn too_shallow(lines: &[&str], error: &ScanError) -> Vec<usize> {
    let first = error.marker().line().saturating_sub(1);
    if !error.info().contains("quoted") {
        return vec![first];
    }
    let mut rest = lines.get(first).map(|line| line.chars().skip(error.marker().col())).into_iter().flatten();
    let Some(quote) = rest.next().filter(|quote| matches!(quote, '"' | '\'')) else { return Vec::new() };
    let open = |text: &mut dyn Iterator<Item = char>| {
        let mut text = text.peekable();
        while let Some(c) = text.next() {
            match c {
                '\\' if quote == '"' => drop(text.next()),
                _ if c == quote && quote == '\'' && text.peek() == Some(&quote) => drop(text.next()),
                _ if c == quote => return false,
                _ => {}
            }
        }
        true
    };
    let mut below = Vec::new();
    let mut still_open = open(&mut rest);
    for (number, line) in lines.iter().enumerate().skip(first + 1) {
        if !still_open {
            break;
        }
        below.push(number);
        still_open = open(&mut line.chars());
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn shallow_lines_in_brackets_and_quotes_are_read_as_compose_reads_them() {
        let table = [
            ("s:\n  a: [\n    # b\n  ]\n  c: d\n", "c"),
            ("s:\n  a: [\n  b,\n c\n  ]\n", "b"),
            ("s:\n  a: \"b \\\" c\n d\"\n  e: 'f''\ng'\n", "e"),
            ("s:\n  a: {b: \"c\nd\"\n}\n", "a"),
        ];
        for (text, word) in table {
            let sources = Sources::default();
            let id = sources.add("a.yaml", text);
            assert!(parse(sources.get(id)).is_err_and(|error| error.unsupported), "{text}");
            let stream = parse_leniently(sources.get(id)).unwrap();
            assert!(stream.nodes().any(|node| node.content.of(text) == word), "{text}");
        }
    }

    #[test]
    fn other_mistakes_stay_mistakes() {
        for text in ["a: [\n", "a: b: c\n", "a: \"b\n", "s:\n  a: [\n  b\n  ]\n c: d: e\n"] {
            assert_eq!(deepened(text), None, "{text}");
        }
    }
}
