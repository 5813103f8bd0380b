//! The place of an element in its collection, and what stands in the way of taking it out.

use super::Refusal;
use super::lines::Lines;
use crate::source::Span;
use crate::yaml::lexer::Lexer;
use crate::yaml::{CollectionStyle, Entry, Kind, Node, Path, Step, Stream};
use std::collections::BTreeMap;

/// An entry or an item, and the collection that it is part of.
pub(super) struct Place<'tree, 'src> {
    /// The collection.
    pub(super) parent: &'tree Node<'src>,
    /// The path to that.
    pub(super) parent_path: Path,
    /// Which of its elements it is.
    pub(super) index: usize,
}

/// The elements of a collection.
pub(super) struct Elements<'tree, 'src> {
    /// Their spans, in order.
    pub(super) spans: Vec<Span>,
    /// Their values.
    pub(super) values: Vec<&'tree Node<'src>>,
    /// How they are written.
    pub(super) style: CollectionStyle,
    /// In block style: their column.
    pub(super) column: usize,
}

impl<'tree, 'src> Place<'tree, 'src> {
    /// The place of the entry or item that has the node at `path` for its value.
    pub(super) fn find(stream: &'tree Stream<'src>, path: &Path) -> Result<Self, Refusal> {
        refuse_duplicate_keys(stream)?;
        let mut parent_path = path.clone();
        let Some(step) = parent_path.steps.pop() else {
            return Err(Refusal::new(Span::at(0), "the root of a document cannot be taken out"));
        };
        let parent = find_node(stream, &parent_path)?;
        let index = match (&step, &parent.kind) {
            (Step::Key(key), Kind::Mapping(mapping)) => mapping.entries.iter().position(|entry| entry.key.as_str() == Some(key)),
            (Step::Index(index), Kind::Sequence(sequence)) => Some(*index).filter(|&index| index < sequence.items.len()),
            _ => None,
        };
        let index = index.ok_or_else(|| missing(parent, &step))?;
        Ok(Self { parent, parent_path, index })
    }

    /// The entry, if it is one.
    pub(super) fn entry(&self) -> Result<&'tree Entry<'src>, Refusal> {
        let entry = self.parent.as_mapping().and_then(|mapping| mapping.entries.get(self.index));
        entry.ok_or_else(|| Refusal::new(self.parent.span, "this is not an entry of a mapping"))
    }
}

impl<'tree, 'src> Elements<'tree, 'src> {
    /// The elements of `node`, if it is a collection.
    pub(super) fn of(node: &'tree Node<'src>) -> Option<Self> {
        match &node.kind {
            Kind::Mapping(mapping) => Some(Self {
                spans: mapping.entries.iter().map(|entry| entry.span).collect(),
                values: mapping.entries.iter().map(|entry| &entry.value).collect(),
                style: mapping.style,
                column: mapping.column,
            }),
            Kind::Sequence(sequence) => Some(Self {
                spans: sequence.items.iter().map(|item| item.span).collect(),
                values: sequence.items.iter().map(|item| &item.value).collect(),
                style: sequence.style,
                column: sequence.column,
            }),
            Kind::Null | Kind::Scalar(_) | Kind::Alias(_) => None,
        }
    }
}

/// What a mapping with a key twice says depends on who reads it, so nothing can be said of a change either.
fn refuse_duplicate_keys(stream: &Stream<'_>) -> Result<(), Refusal> {
    stream.duplicate_keys.first().map_or(Ok(()), |error| Err(Refusal::new(error.span, error.message.clone())))
}

/// The node at `path`.
pub(super) fn find_node<'tree, 'src>(stream: &'tree Stream<'src>, path: &Path) -> Result<&'tree Node<'src>, Refusal> {
    refuse_duplicate_keys(stream)?;
    if let Some(node) = stream.node(path) {
        return Ok(node);
    }
    let mut reached = Path { document: path.document, steps: Vec::new() };
    for step in &path.steps {
        let Some(node) = stream.node(&reached) else { break };
        reached = reached.join(step.clone());
        if stream.node(&reached).is_none() {
            return Err(missing(node, step));
        }
    }
    Err(Refusal::new(Span::at(0), format!("there is no document {}", path.document + 1)))
}

/// Where the value of the element at `path` hangs: behind the `:` or the `-`, and behind its own properties. `None` if
/// nothing is written there: for a root without properties, an item of a flow sequence, an entry without `:`.
pub(super) fn holder_end(stream: &Stream<'_>, path: &Path) -> Option<usize> {
    let node = stream.node(path)?;
    let properties = [node.anchor.map(|anchor| anchor.span.end), node.tag.map(|tag| tag.span.end)];
    if let Some(end) = properties.into_iter().flatten().max() {
        return Some(end);
    }
    let place = Place::find(stream, path).ok()?;
    match &place.parent.kind {
        Kind::Mapping(mapping) => mapping.entries.get(place.index)?.colon.map(|colon| colon + 1),
        Kind::Sequence(sequence) if sequence.style == CollectionStyle::Block => {
            sequence.items.get(place.index).map(|item| item.span.start + 1)
        }
        _ => None,
    }
}

/// Whether the node at `path` is written inside of brackets.
pub(super) fn is_in_flow(stream: &Stream<'_>, path: &Path) -> bool {
    let mut above = path.clone();
    std::iter::from_fn(|| above.steps.pop().map(|_| above.clone()))
        .filter_map(|path| Elements::of(stream.node(&path)?))
        .any(|elements| elements.style != CollectionStyle::Block)
}

/// Refuses to take out `span` when an anchor in it is used outside of it.
pub(super) fn refuse_used_anchors(stream: &Stream<'_>, span: Span) -> Result<(), Refusal> {
    let defined: BTreeMap<usize, Span> = stream
        .nodes()
        .filter_map(|node| node.anchor)
        .filter(|anchor| span.contains(anchor.span))
        .map(|anchor| (anchor.id, anchor.span))
        .collect();
    for node in stream.nodes().filter(|node| !defined.is_empty() && !span.contains(node.span)) {
        let Kind::Alias(alias) = &node.kind else { continue };
        if let Some(definition) = defined.get(&alias.anchor) {
            let [defined, used] = [definition, &node.span].map(|span| stream.source.line_column(span.start).line);
            return Err(Refusal::new(node.span, format!("the anchor `&{}` of line {defined} is used in line {used}", alias.name)));
        }
    }
    Ok(())
}

/// Whether only blanks, or blanks and a comment, stand between `at` and the end of its line.
pub(super) fn is_last_on_line(lines: Lines<'_>, text: &str, at: usize) -> bool {
    let rest = text[at..lines.end(at)].trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with('#')
}

fn missing(parent: &Node<'_>, step: &Step) -> Refusal {
    let message = match step {
        Step::Key(key) => format!("there is no key `{key}`"),
        Step::Index(index) => format!("there is no item {index}"),
    };
    Refusal::new(parent.span, message)
}

/// The comma behind an element of a flow collection that ends at `end`.
pub(super) fn comma_behind(stream: &Stream<'_>, end: usize) -> Option<usize> {
    let mut lexer = Lexer::new(&stream.source.text, end);
    lexer.skip_trivia();
    lexer.is_at(b',').then(|| lexer.offset())
}
