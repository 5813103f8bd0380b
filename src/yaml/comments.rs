//! Comments: what starts with a `#` between nodes (YAML 1.2.2 section 6.6).
//!
//! Comments are no part of the tree. They are looked for only where no node is written, so a `#` inside of a scalar is
//! never taken for one.

use super::{Kind, Node, ScalarStyle, Stream, scalar};
use crate::source::Span;

impl Stream<'_> {
    /// All comments, in order, each from its `#` to the end of its line.
    pub(crate) fn comments(&self) -> &[Span] {
        self.comments.get_or_init(|| self.find_comments())
    }

    fn find_comments(&self) -> Vec<Span> {
        let text = self.source.text.as_str();
        let mut occupied: Vec<Span> = self.nodes().flat_map(|node| written(node, text)).collect();
        occupied.sort();
        occupied.push(Span::at(text.len()));
        let (mut comments, mut done) = (Vec::new(), 0);
        for span in occupied {
            while let Some(comment) = first_comment(text, Span::new(done, span.start.max(done))) {
                comments.push(comment);
                done = comment.end;
            }
            done = done.max(span.end);
        }
        comments
    }
}

/// Where a node itself is written, and its properties, but neither its children nor the header of a block scalar.
fn written(node: &Node<'_>, text: &str) -> impl Iterator<Item = Span> {
    let content = match &node.kind {
        Kind::Scalar(value) if matches!(value.style, ScalarStyle::Literal | ScalarStyle::Folded) => {
            let lines = scalar::next_line(text, node.content.start);
            Some(Span::new(lines.min(node.content.end), node.content.end))
        }
        Kind::Scalar(_) | Kind::Alias(_) => Some(node.content),
        Kind::Null | Kind::Mapping(_) | Kind::Sequence(_) => None,
    };
    let properties = [node.anchor.map(|anchor| anchor.span), node.tag.map(|tag| tag.span), content];
    properties.into_iter().flatten()
}

fn first_comment(text: &str, gap: Span) -> Option<Span> {
    let starts = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}' | '\u{feff}'))
    };
    let (at, _) = gap.of(text).match_indices('#').find(|&(at, _)| starts(gap.start + at))?;
    Some(Span::new(gap.start + at, scalar::line_end(text, gap.start + at)))
}

#[cfg(test)]
mod tests {
    use crate::source::Sources;
    use crate::yaml::parse::parse;

    fn comments(text: &str) -> Vec<&str> {
        let sources = Sources::default();
        let id = sources.add("a.yaml", text);
        parse(sources.get(id)).unwrap().comments().iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn comments_are_found_wherever_they_may_stand() {
        let text = "# top\r\n%YAML 1.2 # version\n--- # doc\na: # key\n  b: 1 # value\n  # own line\n  c: [ # open\n    1, # item\n  ] # close\n... # end\n# last";
        let expected = ["# top", "# version", "# doc", "# key", "# value", "# own line", "# open", "# item", "# close", "# end", "# last"];
        assert_eq!(comments(text), expected);
        assert_eq!(comments("\u{feff}# mark\na: 1\n"), ["# mark"]);
    }

    #[test]
    fn a_number_sign_inside_of_a_scalar_or_a_property_is_no_comment() {
        assert_eq!(comments("a#b: 'x # y'\nc: \"# z\"\nd: !t#u &v#w 1\ne: p#q\n"), [""; 0]);
        assert_eq!(comments("a: | # header\n  # text\n\n  # text\n# real\nb: >-\n  # text\n"), ["# header", "# real"]);
    }
}
