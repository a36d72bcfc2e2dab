//! The keys of a table and its indexes, and what they require of an item.

use std::fmt::Write as _;

use super::error::ItemError;
use super::number;
use super::plain::{bytes, checked};
use super::value::{AttributeValue, Item, item_size};

/// The largest item, in bytes. Source: DynamoDB Developer Guide, "Quotas", "Items".
const LARGEST_ITEM: usize = 400 * 1024;

/// The largest values of keys, in bytes. Source: the same, "Partition keys and sort keys".
const LARGEST_PARTITION_KEY: usize = 2048;
const LARGEST_SORT_KEY: usize = 1024;

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// A string.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
}

impl KeyType {
    /// The name in DynamoDB's JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }

    /// The name in words.
    fn in_words(self) -> &'static str {
        match self {
            Self::S => "a string",
            Self::N => "a number",
            Self::B => "bytes",
        }
    }

    /// Reads a value of this type from a text: a number's digits, bytes as base64.
    pub fn read(self, text: &str) -> Result<AttributeValue, ItemError> {
        Ok(match self {
            Self::S => AttributeValue::S(text.to_owned()),
            Self::N => AttributeValue::N(checked(text)?),
            Self::B => AttributeValue::B(bytes(text)?),
        })
    }
}

/// An attribute that is part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAttribute {
    /// The attribute's name.
    pub name: String,
    /// Its type.
    pub kind: KeyType,
}

/// The keys of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKeys {
    /// The index's name.
    pub name: String,
    /// Its partition key: one attribute, or up to four.
    pub partition: Vec<KeyAttribute>,
    /// Its sort key: no attribute, or up to four.
    pub sort: Vec<KeyAttribute>,
}

/// The keys of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableKeys {
    /// The partition key.
    pub partition: KeyAttribute,
    /// The sort key.
    pub sort: Option<KeyAttribute>,
    /// The keys of the indexes, global and local.
    pub indexes: Vec<IndexKeys>,
}

impl TableKeys {
    /// The attributes of the table's key.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.partition).chain(&self.sort)
    }

    /// The names of the attributes of the table's key.
    pub fn names(&self) -> Vec<String> {
        self.attributes().map(|key| key.name.clone()).collect()
    }

    /// The type of an attribute that is part of the table's or an index's key.
    pub fn type_of(&self, attribute: &str) -> Option<KeyType> {
        let of_indexes = self.indexes.iter().flat_map(|index| index.partition.iter().chain(&index.sort));
        self.attributes().chain(of_indexes).find(|key| key.name == attribute).map(|key| key.kind)
    }

    /// The key of an item: these attributes only.
    pub fn key_of(&self, item: &Item) -> Item {
        let keys = self.attributes().filter_map(|key| item.get_key_value(&key.name));
        keys.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Checks an item as DynamoDB would, and returns a text that tells its key from every other key.
    pub fn check(&self, item: &Item) -> Result<String, ItemError> {
        let mut identity = String::new();
        let largest = [LARGEST_PARTITION_KEY, LARGEST_SORT_KEY];
        for (key, largest) in self.attributes().zip(largest) {
            let Some(value) = item.get(&key.name) else {
                let what = format!("it has no `{}`, which is part of the table's key ({})", key.name, key.kind.name());
                return Err(ItemError::new(what));
            };
            fits(key, value, largest, "the table")?;
            let text = identity_of(value);
            let _ = write!(identity, "{}:{text}", text.len());
        }
        for index in &self.indexes {
            let place = format!("the index `{}`", index.name);
            let keys = index.partition.iter().map(|key| (key, LARGEST_PARTITION_KEY));
            for (key, largest) in keys.chain(index.sort.iter().map(|key| (key, LARGEST_SORT_KEY))) {
                // An item without it is in the table, and not in the index.
                if let Some(value) = item.get(&key.name) {
                    fits(key, value, largest, &place)?;
                }
            }
        }
        if let Some(name) = item.keys().find(|name| name.is_empty() || name.len() > usize::from(u16::MAX)) {
            let what =
                if name.is_empty() { "an attribute's name can't be empty" } else { "an attribute's name is too long" };
            return Err(ItemError::new(what));
        }
        let size = item_size(item);
        if size > LARGEST_ITEM {
            let message =
                format!("it has {size} bytes, names included, and an item has at most {LARGEST_ITEM} (400 KB)");
            return Err(ItemError::new(message));
        }
        Ok(identity)
    }

    /// Checks the attributes of a key that is to be looked for: all of them, and no others.
    pub fn check_key(&self, key: &Item) -> Result<(), ItemError> {
        if let Some(other) = key.keys().find(|name| !self.attributes().any(|known| known.name == **name)) {
            let keys = self.names().join("` and `");
            return Err(ItemError::new(format!("`{other}` is not part of the table's key, which is `{keys}`")));
        }
        self.check(key).map(drop)
    }
}

/// Checks the value of a key attribute.
fn fits(key: &KeyAttribute, value: &AttributeValue, largest: usize, place: &str) -> Result<(), ItemError> {
    let wrong = |message: String| Err(ItemError::new(message).below(&key.name));
    let KeyAttribute { kind, .. } = key;
    if value.type_name() != kind.name() {
        return wrong(format!(
            "it is a key of {place} and must be {} ({}), not {}",
            kind.in_words(),
            kind.name(),
            value.type_name()
        ));
    }
    let size = value.size();
    if size == 0 {
        return wrong(format!("it is a key of {place} and can't be empty"));
    }
    if size > largest {
        return wrong(format!("it has {size} bytes, and this key of {place} has at most {largest}"));
    }
    Ok(())
}

/// A text for the value of a key: equal for equal keys.
fn identity_of(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => text.clone(),
        AttributeValue::N(text) => number::canonical(text),
        AttributeValue::B(bytes) => crate::base::hex(bytes),
        _ => String::new(),
    }
}
