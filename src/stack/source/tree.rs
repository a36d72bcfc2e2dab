//! The tree of a file: scalars, sequences and mappings, each with its place. It keeps the written text; the
//! schema gives a scalar its meaning.

use super::Span;

/// A node and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// The place.
    pub(crate) span: Span,
    /// The contents.
    pub(crate) shape: Shape,
}

/// The contents of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A text, which the schema may read as a number or a truth value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in the order of the file, without repetition.
    Mapping(Vec<Entry>),
    /// A part that was refused and reported when it was read.
    Refused,
}

/// A scalar as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    /// Its text, without quotes and escapes.
    pub(crate) text: String,
    /// True if it was written without quotes and not as a block (`|`, `>`).
    pub(crate) plain: bool,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// The place of the key.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) value: Node,
}

impl Scalar {
    /// Returns whether it is YAML's null: `null`, `~` or nothing at all, without quotes.
    pub(crate) fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Node {
    /// The scalar, if it is one.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.shape {
            Shape::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Returns whether it is YAML's null.
    pub(crate) fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// The entries of a mapping; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.shape {
            Shape::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The entry with a key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The node at the end of a path of keys, or the nearest one above it, with the span of the key that
    /// leads to it (of the element itself in a list), and the number of keys that were followed.
    pub(crate) fn nearest<'n>(&'n self, keys: &[String], own: Span) -> (&'n Node, Span, usize) {
        let (mut node, mut span) = (self, own);
        for (depth, key) in keys.iter().enumerate() {
            let below = match &node.shape {
                Shape::Mapping(_) => node.entry(key).map(|entry| (&entry.value, entry.key_span)),
                Shape::Sequence(items) => {
                    key.parse::<usize>().ok().and_then(|index| items.get(index)).map(|item| (item, item.span))
                }
                Shape::Scalar(_) | Shape::Refused => None,
            };
            match below {
                Some((next, place)) => (node, span) = (next, place),
                None => return (node, span, depth),
            }
        }
        (node, span, keys.len())
    }
}
