//! The records of a file, and an item from a JSON object.

use std::ops::ControlFlow;

use serde_json::value::RawValue;

use super::error::FileError;
use crate::items::dynamodb_json::from_typed;
use crate::items::error::ItemError;
use crate::items::json::{Json, open};
use crate::items::keys::{KeyType, TableKeys};
use crate::items::plain::{bytes, from_plain};
use crate::items::value::{AttributeValue, Item};

/// An item of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The line that it begins at, from one.
    pub line: u64,
    /// The item.
    pub item: Item,
}

/// Takes the records of a file, one after the other, with the errors of those that are none.
pub type Records<'a> = dyn FnMut(Result<Record, FileError>) -> ControlFlow<()> + 'a;

/// Reads an item from a JSON object. It is in DynamoDB's JSON where the table's partition key is an object, which no plain
/// key is; an export to S3 has `Item` around it.
pub(super) fn item_of(raw: &RawValue, keys: &TableKeys) -> Result<Item, ItemError> {
    let Json::Map(pairs) = open(raw)? else { return Err(ItemError::new("an item is a JSON object")) };
    if let [(name, inner)] = pairs.as_slice()
        && name == "Item"
        && keys.partition.name != "Item"
    {
        return from_typed(inner);
    }
    let is_object = |raw: &RawValue| raw.get().starts_with('{');
    let typed = match pairs.iter().find(|(name, _)| *name == keys.partition.name) {
        Some((_, key)) => is_object(key),
        None => !pairs.is_empty() && pairs.iter().all(|(_, raw)| is_object(raw)),
    };
    if typed {
        return from_typed(raw);
    }
    let attributes = pairs.into_iter().map(|(name, raw)| {
        let value = from_plain(raw).map_err(|error| error.below(&name))?;
        let value = match (keys.type_of(&name), value) {
            // JSON has no bytes: a key's type says which texts are base64.
            (Some(KeyType::B), AttributeValue::S(text)) => {
                AttributeValue::B(bytes(&text).map_err(|error| error.below(&name))?)
            }
            (_, value) => value,
        };
        Ok((name, value))
    });
    attributes.collect()
}

/// Reads an item from the text of one JSON object, plain or in DynamoDB's JSON.
pub fn item_from_json(text: &str, keys: &TableKeys) -> Result<Item, ItemError> {
    let raw: &RawValue = serde_json::from_str(text)?;
    item_of(raw, keys)
}
