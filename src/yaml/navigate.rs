//! Ways through the tree: paths down to nodes, spans back to paths, all nodes in order.

use super::{Entry, Kind, Node, Path, Step, Stream, scalar};
use crate::source::Span;
use std::ops::Range;

/// Iterator over nodes, see [`Stream::nodes`].
#[derive(Debug)]
pub(crate) struct Nodes<'tree, 'src> {
    /// Those to come, the next one last.
    pending: Vec<&'tree Node<'src>>,
}

impl<'src> Stream<'src> {
    /// The node that `path` leads to.
    pub(crate) fn node(&self, path: &Path) -> Option<&Node<'src>> {
        let root = &self.documents.get(path.document)?.root;
        path.steps.iter().try_fold(root, |node, step| node.step(step))
    }

    /// The entry whose value `path` leads to.
    pub(crate) fn entry(&self, path: &Path) -> Option<&Entry<'src>> {
        let mut above = path.clone();
        let Some(Step::Key(key)) = above.steps.pop() else { return None };
        self.node(&above)?.as_mapping()?.get(&key)
    }

    /// The path to the node that has the span `span`, with or without its properties; a span of a whole entry or item,
    /// or of a key, stands for the value. Of a collection and its only element, which may cover the same bytes, it is
    /// the element. Nodes inside of keys have no path.
    pub(crate) fn path_to(&self, span: Span) -> Option<Path> {
        self.documents.iter().enumerate().find_map(|(document, content)| {
            let (mut node, mut steps, mut found) = (&content.root, Vec::new(), None);
            loop {
                if node.span == span || node.content == span {
                    found = Some(steps.clone());
                }
                let Some((step, child, own_spans)) = node.child_around(span) else { break };
                steps.push(step);
                if own_spans.contains(&span) {
                    found = Some(steps.clone());
                }
                node = child;
            }
            found.map(|steps| Path { document, steps })
        })
    }

    /// All nodes, keys included, in the order of the text; a collection comes before what is in it.
    pub(crate) fn nodes(&self) -> Nodes<'_, 'src> {
        Nodes { pending: self.documents.iter().rev().map(|document| &document.root).collect() }
    }

    /// The node that defines the anchor with that [`Anchor::id`](super::Anchor::id).
    pub(crate) fn anchor(&self, id: usize) -> Option<&Node<'src>> {
        self.nodes().find(|node| node.anchor.is_some_and(|anchor| anchor.id == id))
    }
}

impl<'src> Node<'src> {
    /// The bytes of `text`, the source's text, that the bytes `range` of this scalar's decoded value are written in.
    /// `None` when they are not there literally and in one piece, that is, when an escape sequence or a line break
    /// lies between them; also when this is no scalar.
    pub(crate) fn locate(&self, text: &str, range: Range<usize>) -> Option<Span> {
        let Kind::Scalar(scalar) = &self.kind else { return None };
        let found = scalar::locate(scalar.style, self.content.of(text), &scalar.value, range)?;
        Some(Span::new(self.content.start + found.start, self.content.start + found.end))
    }

    fn step(&self, step: &Step) -> Option<&Node<'src>> {
        match step {
            Step::Key(key) => self.get(key),
            Step::Index(index) => self.as_sequence()?.items.get(*index).map(|item| &item.value),
        }
    }

    /// The child that `span` lies in, the step to it, and the spans besides its own that stand for it.
    fn child_around(&self, span: Span) -> Option<(Step, &Node<'src>, [Span; 2])> {
        match &self.kind {
            Kind::Mapping(mapping) => {
                let index = mapping.entries.partition_point(|entry| entry.span.end < span.start);
                let entry = mapping.entries.get(index).filter(|entry| entry.span.contains(span))?;
                Some((Step::Key(entry.key.as_str()?.to_owned()), &entry.value, [entry.span, entry.key.span]))
            }
            Kind::Sequence(sequence) => {
                let index = sequence.items.partition_point(|item| item.span.end < span.start);
                let item = sequence.items.get(index).filter(|item| item.span.contains(span))?;
                Some((Step::Index(index), &item.value, [item.span, item.span]))
            }
            _ => None,
        }
    }
}

impl<'tree, 'src> Iterator for Nodes<'tree, 'src> {
    type Item = &'tree Node<'src>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.pending.pop()?;
        match &node.kind {
            Kind::Mapping(mapping) => {
                for entry in mapping.entries.iter().rev() {
                    self.pending.extend([&entry.value, &entry.key]);
                }
            }
            Kind::Sequence(sequence) => self.pending.extend(sequence.items.iter().rev().map(|item| &item.value)),
            Kind::Null | Kind::Scalar(_) | Kind::Alias(_) => {}
        }
        Some(node)
    }
}

impl Path {
    /// The path one step further down.
    #[must_use]
    pub(crate) fn join(&self, step: Step) -> Self {
        let mut path = self.clone();
        path.steps.push(step);
        path
    }

    /// The path to the value of the entry with that key.
    #[must_use]
    pub(crate) fn key(&self, key: &str) -> Self {
        self.join(Step::Key(key.to_owned()))
    }

    /// The path to the item with that index.
    #[must_use]
    pub(crate) fn index(&self, index: usize) -> Self {
        self.join(Step::Index(index))
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Sources, Span};
    use crate::yaml::Path;
    use crate::yaml::parse::parse;

    fn with<T>(text: &str, test: impl FnOnce(&crate::yaml::Stream<'_>) -> T) -> T {
        let sources = Sources::default();
        let id = sources.add("a.yaml", text);
        test(&parse(sources.get(id)).unwrap())
    }

    /// What is written where `part` of the first scalar whose value contains it stands, if it stands there literally.
    fn located(text: &str, part: &str) -> Option<usize> {
        with(text, |stream| {
            let node = stream.nodes().find(|node| node.as_str().is_some_and(|value| value.contains(part))).unwrap();
            let start = node.as_str().unwrap().find(part).unwrap();
            let span = node.locate(text, start..start + part.len())?;
            assert_eq!(span.of(text), part);
            Some(span.start)
        })
    }

    #[test]
    fn a_part_of_a_value_is_found_where_it_is_written() {
        assert_eq!(located("a: http://x:80/\n", "x:80"), Some(10));
        assert_eq!(located("a: 'it''s x:80'\n", "x:80"), Some(10));
        assert_eq!(located("a: \"\\t x:80\"\n", "x:80"), Some(7));
        assert_eq!(located("a: one\n  two x:80\n", "x:80"), Some(13));
        assert_eq!(located("a: |\n  one\n  two x:80\n", "x:80"), Some(17));
        assert_eq!(located("a: >-\r\n  one\r\n  two x:80\r\n", "x:80"), Some(20));
    }

    #[test]
    fn a_part_that_is_written_in_another_way_is_not_found() {
        assert_eq!(located("a: 'it''s'\n", "t's"), None);
        assert_eq!(located("a: \"x\\x3a80\"\n", "x:80"), None);
        assert_eq!(located("a: one\n  two\n", "one two"), None);
        assert_eq!(located("a: |\n  one\n  two\n", "one\ntwo"), None);
    }

    #[test]
    fn spans_lead_to_paths_and_paths_to_nodes() {
        let text = "s:\n  web: &w\n    ports:\n      - 80\n      - {a: b}\n  db:\n";
        with(text, |stream| {
            let web = Path::default().key("s").key("web");
            let port = web.key("ports").index(1);
            for (written, path) in
                [("web", &web), ("- {a: b}", &port), ("{a: b}", &port), ("a: b", &port.key("a")), ("80", &web.key("ports").index(0))]
            {
                let start = text.find(written).unwrap();
                let span = Span::new(start, start + written.len());
                assert_eq!(stream.path_to(span).as_ref(), Some(path), "{written}");
            }
            assert_eq!(stream.entry(&port.key("a")).map(|entry| entry.span.of(text)), Some("a: b"));
            assert!(stream.entry(&port).is_none());
            let node = stream.node(&web).unwrap();
            assert_eq!(stream.path_to(node.span), Some(web));
            assert_eq!(stream.path_to(Span::new(0, 4)), None);
            assert_eq!(stream.anchor(1).map(|node| node.span), Some(node.span));
        });
    }
}
