//! The value of an attribute, in DynamoDB's ten types, and its size.

use std::collections::BTreeMap;

use super::number;

/// An item: attributes by name.
pub type Item = BTreeMap<String, AttributeValue>;

/// The value of an attribute. The names are those of DynamoDB's types.
/// Source: DynamoDB API reference, `AttributeValue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// A string.
    S(String),
    /// A number, as the text that DynamoDB sends.
    N(String),
    /// Bytes.
    B(Vec<u8>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A map.
    M(BTreeMap<String, AttributeValue>),
    /// A list.
    L(Vec<AttributeValue>),
    /// A set of strings.
    Ss(Vec<String>),
    /// A set of numbers.
    Ns(Vec<String>),
    /// A set of bytes.
    Bs(Vec<Vec<u8>>),
}

impl AttributeValue {
    /// A string.
    pub fn string(text: impl Into<String>) -> Self {
        Self::S(text.into())
    }

    /// The name of the type in DynamoDB's JSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    /// The size in an item, in bytes. Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats".
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(text) => number::size(text),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::M(map) => 3 + map.iter().map(|(name, value)| 1 + name.len() + value.size()).sum::<usize>(),
            Self::L(list) => 3 + list.iter().map(|value| 1 + value.size()).sum::<usize>(),
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(|text| number::size(text)).sum(),
            Self::Bs(set) => set.iter().map(Vec::len).sum(),
        }
    }

    /// An upper bound for the bytes that the value takes in a request: bytes are sent as base64, and a string may have to
    /// be escaped.
    #[cfg(feature = "aws")]
    pub(super) fn sent_size(&self) -> usize {
        // `{"BOOL":…},`
        const AROUND: usize = 12;
        let escaped = |text: &str| {
            text.bytes().map(|byte| if byte < 0x20 || byte == b'"' || byte == b'\\' { 6 } else { 1 }).sum::<usize>() + 3
        };
        let encoded = |bytes: &[u8]| bytes.len().div_ceil(3) * 4 + 3;
        AROUND
            + match self {
                Self::S(text) | Self::N(text) => escaped(text),
                Self::B(bytes) => encoded(bytes),
                Self::Bool(_) | Self::Null => 5,
                Self::M(map) => map.iter().map(|(name, value)| escaped(name) + value.sent_size()).sum(),
                Self::L(list) => list.iter().map(Self::sent_size).sum(),
                Self::Ss(set) | Self::Ns(set) => set.iter().map(|text| escaped(text)).sum(),
                Self::Bs(set) => set.iter().map(|bytes| encoded(bytes)).sum(),
            }
    }
}

/// The size of an item, in bytes: names count as well. Source: as [`AttributeValue::size`].
pub fn item_size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value.size()).sum()
}

/// An upper bound for the bytes that an item takes in a request.
#[cfg(feature = "aws")]
pub(super) fn sent_size(item: &Item) -> usize {
    item.iter().map(|(name, value)| 3 + 6 * name.len() + value.sent_size()).sum::<usize>() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn item_size_counts_names_values_and_nesting() {
        let s = AttributeValue::string;
        let item = Item::from([
            ("pk".to_owned(), s("abc")),
            ("n".to_owned(), AttributeValue::N("-123.4".to_owned())),
            ("l".to_owned(), AttributeValue::L(vec![s("x"), AttributeValue::Null])),
        ]);
        // pk 2 + 3; n 1 + (4 digits → 2) + 1 + sign; l 1 + 3 + (1 + 1) + (1 + 1)
        assert_eq!(item_size(&item), 5 + 5 + 8);
    }
}
