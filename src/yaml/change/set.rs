//! Giving a scalar another value in the style that it has, as far as that style can hold it.
//!
//! ```yaml
//! image: nginx:1.0  # pin   =>   image: nginx:1.1  # pin
//! say: 'x'                       say: 'it''s'
//! ```

use super::Refusal;
use super::lines::Lines;
use super::place::{find_node, holder_end, is_in_flow};
use crate::edit::Edit;
use crate::source::Span;
use crate::yaml::{Kind, Node, Path, ScalarStyle, Stream, Style, quote, scalar};

/// What a scalar becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacement<'a> {
    /// This string, in the style of the scalar; quoted where the style would make it something else.
    String(&'a str),
    /// This YAML text of one line.
    Raw(&'a str),
}

/// Gives the scalar, the alias or the unwritten null at `path` another value. Anchor, tag and comments stay.
///
/// # Errors
/// Refused when there is no such node, when it is a collection, and for a null that has no `:` or `-` before it.
pub(crate) fn replace_scalar(stream: &Stream<'_>, path: &Path, replacement: Replacement<'_>) -> Result<Vec<Edit>, Refusal> {
    let node = find_node(stream, path)?;
    let inline = |style| match replacement {
        Replacement::Raw(text) => text.to_owned(),
        Replacement::String(text) => on_one_line(text, style, is_in_flow(stream, path), &Style::detect(stream)),
    };
    let text = match &node.kind {
        Kind::Mapping(_) | Kind::Sequence(_) => return Err(Refusal::new(node.span, "this is not a scalar")),
        Kind::Null if holder_end(stream, path).is_none() => return Err(Refusal::new(node.span, "there is no place for a value here")),
        Kind::Null => format!(" {}", inline(ScalarStyle::Plain)),
        Kind::Alias(_) => inline(ScalarStyle::Plain),
        Kind::Scalar(old) if !matches!(old.style, ScalarStyle::Literal | ScalarStyle::Folded) => inline(old.style),
        Kind::Scalar(_) => {
            let block = if let Replacement::String(text) = replacement { as_block(stream, node, text) } else { None };
            return Ok(vec![block.unwrap_or_else(|| instead_of_block(stream, node, inline(ScalarStyle::DoubleQuoted)))]);
        }
    };
    Ok(vec![Edit::replace(node.content, text)])
}

fn on_one_line(text: &str, old: ScalarStyle, flow: bool, style: &Style) -> String {
    match old {
        ScalarStyle::Plain if quote::is_plain_safe(text, flow) => text.to_owned(),
        ScalarStyle::Plain => style.quoted(text),
        ScalarStyle::SingleQuoted if quote::is_single_quotable(text) => quote::single(text),
        _ => quote::double(text),
    }
}

/// `text` as a block scalar in place of the one that `node` is, if that can hold it.
fn as_block(stream: &Stream<'_>, node: &Node<'_>, text: &str) -> Option<Edit> {
    let (source, lines) = (stream.source.text.as_str(), Lines::of(stream));
    let written = node.content.of(source);
    let body = scalar::next_line(written, 0);
    let indent = scalar::block_indent(&written[body..], node.as_str().unwrap_or_default());
    let content = text.strip_suffix('\n').unwrap_or(text);
    let fits = !content.is_empty() && !content.ends_with('\n') && !content.starts_with([' ', '\t', '\n']);
    let printable =
        !content.split('\n').any(|line| !quote::is_single_quotable(&line.replace('\t', "")) || (indent == 0 && is_marker(line)));
    if !fits || !printable || indent == usize::MAX {
        return None;
    }
    let chomping = if text.ends_with('\n') { "" } else { "-" };
    let indicator = if written.starts_with('>') && !content.contains('\n') { '>' } else { '|' };
    let (indicators, rest) = header(written);
    let digits: String = indicators.chars().filter(char::is_ascii_digit).collect();
    let line_break = Style::detect(stream).line_break;
    let mut out = format!("{indicator}{digits}{chomping}{rest}");
    for line in content.split('\n') {
        out.push_str(line_break);
        // An empty line needs no indentation.
        out.push_str(&if line.is_empty() { String::new() } else { format!("{}{line}", " ".repeat(indent)) });
    }
    let end = lines.last_end(node.content.end);
    // At the end of a text that lacks its last line break, some readers would not see the one that the value ends with.
    if text.ends_with('\n') && end == source.len() {
        out.push_str(line_break);
    }
    Some(Edit::replace(Span::new(node.content.start, end), out))
}

/// `text` on the header's line in place of the block scalar that `node` is.
fn instead_of_block(stream: &Stream<'_>, node: &Node<'_>, text: String) -> Edit {
    let end = Lines::of(stream).last_end(node.content.end);
    let (_, rest) = header(node.content.of(&stream.source.text));
    Edit::replace(Span::new(node.content.start, end), text + rest)
}

/// The header of a block scalar: its indicators, and what else is on its line.
fn header(written: &str) -> (&str, &str) {
    let line = &written[..scalar::line_end(written, 0)];
    line.split_at(line.find([' ', '\t']).unwrap_or(line.len()))
}

fn is_marker(line: &str) -> bool {
    line.starts_with("---") || line.starts_with("...")
}
