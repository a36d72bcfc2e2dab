//! The tree of a file: scalars, sequences and mappings, each with its place. It keeps what was written; what
//! a scalar means is told by the schema.

use super::source::Span;

/// A node and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// Where.
    pub(super) span: Span,
    /// What.
    pub(super) shape: Shape,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text, which the schema may read as a number or a truth value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the file, without repetition.
    Mapping(Vec<Entry>),
}

/// A scalar as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scalar {
    /// Its text, without quotes and escapes.
    pub(super) text: String,
    /// Whether it was written without quotes and not as a block (`|`, `>`).
    pub(super) plain: bool,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Where the key stands.
    pub(super) key_span: Span,
    /// The value.
    pub(super) value: Node,
}

impl Scalar {
    /// Whether it is YAML's null: `null`, `~` or nothing at all, without quotes.
    pub(super) fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Node {
    /// The scalar, if it is one.
    pub(super) fn scalar(&self) -> Option<&Scalar> {
        match &self.shape {
            Shape::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether it is YAML's null.
    pub(super) fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// The entries of a mapping; none for anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.shape {
            Shape::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The entry with a key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The node at the end of a path of keys, or the nearest one above it, with the span of the key that
    /// leads to it (of the element itself in a list), and how many keys were followed.
    pub(super) fn nearest<'n>(&'n self, keys: &[String], own: Span) -> (&'n Node, Span, usize) {
        let (mut node, mut span) = (self, own);
        for (depth, key) in keys.iter().enumerate() {
            let below = match &node.shape {
                Shape::Mapping(_) => node.entry(key).map(|entry| (&entry.value, entry.key_span)),
                Shape::Sequence(items) => {
                    key.parse::<usize>().ok().and_then(|index| items.get(index)).map(|item| (item, item.span))
                }
                Shape::Scalar(_) => None,
            };
            match below {
                Some((next, place)) => (node, span) = (next, place),
                None => return (node, span, depth),
            }
        }
        (node, span, keys.len())
    }
}
