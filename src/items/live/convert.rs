//! Values between the SDK's types and ours.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue as Theirs, Capacity, ConsumedCapacity as TheirCapacity};

use crate::aws::CallError;
use crate::items::{AttributeValue, ConsumedCapacity, Item};

/// Reads an item of an answer.
pub(super) fn item(operation: &str, theirs: HashMap<String, Theirs>) -> Result<Item, CallError> {
    theirs.into_iter().map(|(name, theirs)| Ok((name, value(operation, theirs)?))).collect()
}

fn value(operation: &str, theirs: Theirs) -> Result<AttributeValue, CallError> {
    let bytes = |set: Vec<Blob>| set.into_iter().map(Blob::into_inner).collect();
    Ok(match theirs {
        Theirs::S(text) => AttributeValue::S(text),
        Theirs::N(text) => AttributeValue::N(text),
        Theirs::B(blob) => AttributeValue::B(blob.into_inner()),
        Theirs::Bool(flag) => AttributeValue::Bool(flag),
        Theirs::Null(_) => AttributeValue::Null,
        Theirs::M(map) => AttributeValue::M(item(operation, map)?),
        Theirs::L(list) => {
            AttributeValue::L(list.into_iter().map(|theirs| value(operation, theirs)).collect::<Result<_, _>>()?)
        }
        Theirs::Ss(set) => AttributeValue::Ss(set),
        Theirs::Ns(set) => AttributeValue::Ns(set),
        Theirs::Bs(set) => AttributeValue::Bs(bytes(set)),
        // The type is open: DynamoDB may get new ones.
        _ => return Err(CallError::unexpected(operation, "the answer holds a value of a type that is not known here")),
    })
}

/// An item in the SDK's types.
pub(super) fn sent(item: &Item) -> HashMap<String, Theirs> {
    item.iter().map(|(name, value)| (name.clone(), sent_value(value))).collect()
}

pub(super) fn sent_value(value: &AttributeValue) -> Theirs {
    let blob = |bytes: &Vec<u8>| Blob::new(bytes.as_slice());
    match value {
        AttributeValue::S(text) => Theirs::S(text.clone()),
        AttributeValue::N(text) => Theirs::N(text.clone()),
        AttributeValue::B(bytes) => Theirs::B(blob(bytes)),
        AttributeValue::Bool(flag) => Theirs::Bool(*flag),
        AttributeValue::Null => Theirs::Null(true),
        AttributeValue::M(map) => Theirs::M(sent(map)),
        AttributeValue::L(list) => Theirs::L(list.iter().map(sent_value).collect()),
        AttributeValue::Ss(set) => Theirs::Ss(set.clone()),
        AttributeValue::Ns(set) => Theirs::Ns(set.clone()),
        AttributeValue::Bs(set) => Theirs::Bs(set.iter().map(blob).collect()),
    }
}

/// The consumed capacity of an answer.
pub(super) fn capacity(theirs: &TheirCapacity) -> ConsumedCapacity {
    let indexes = |map: Option<&HashMap<String, Capacity>>| {
        let units =
            map.into_iter().flatten().map(|(name, used)| (name.clone(), used.capacity_units().unwrap_or_default()));
        units.collect()
    };
    ConsumedCapacity {
        capacity_units: theirs.capacity_units().unwrap_or_default(),
        table: theirs.table().and_then(Capacity::capacity_units).unwrap_or_default(),
        local_secondary_indexes: indexes(theirs.local_secondary_indexes()),
        global_secondary_indexes: indexes(theirs.global_secondary_indexes()),
    }
}
