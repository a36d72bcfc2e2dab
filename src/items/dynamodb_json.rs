//! Items as DynamoDB's JSON, `{"pk": {"S": "1"}}`: each value with its type, and so an exact copy.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::error::ItemError;
use super::json::{Json, open};
use super::number;
use super::plain::{DEPTH, bytes, checked, ordered, too_deep};
use super::value::{AttributeValue, Item};

/// The types, for messages.
const TYPES: &str = "S, N, B, BOOL, NULL, M, L, SS, NS or BS";

/// A value that is written as DynamoDB's JSON.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a>(pub &'a AttributeValue);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        let name = self.0.type_name();
        match self.0 {
            AttributeValue::S(text) | AttributeValue::N(text) => map.serialize_entry(name, text)?,
            AttributeValue::B(bytes) => map.serialize_entry(name, &STANDARD.encode(bytes))?,
            AttributeValue::Bool(flag) => map.serialize_entry(name, flag)?,
            AttributeValue::Null => map.serialize_entry(name, &true)?,
            AttributeValue::M(values) => map.serialize_entry(name, &TypedItem { item: values, first: &[] })?,
            AttributeValue::L(list) => map.serialize_entry(name, &list.iter().map(Typed).collect::<Vec<_>>())?,
            AttributeValue::Ss(set) | AttributeValue::Ns(set) => map.serialize_entry(name, set)?,
            AttributeValue::Bs(set) => {
                map.serialize_entry(name, &set.iter().map(|bytes| STANDARD.encode(bytes)).collect::<Vec<_>>())?;
            }
        }
        map.end()
    }
}

/// An item that is written as DynamoDB's JSON, with some attributes before the others.
#[derive(Debug, Clone, Copy)]
pub struct TypedItem<'a> {
    /// The item.
    pub item: &'a Item,
    /// The attributes that come first, in this order: the keys.
    pub first: &'a [String],
}

impl Serialize for TypedItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(ordered(self.item, self.first).map(|(name, value)| (name, Typed(value))))
    }
}

/// Reads an item from DynamoDB's JSON.
pub fn from_typed(raw: &RawValue) -> Result<Item, ItemError> {
    match open(raw)? {
        Json::Map(pairs) => map(pairs, DEPTH),
        _ => Err(ItemError::new("an item is a JSON object")),
    }
}

fn map(pairs: Vec<(String, &RawValue)>, depth: usize) -> Result<BTreeMap<String, AttributeValue>, ItemError> {
    let values = pairs.into_iter().map(|(name, raw)| {
        let value = value(raw, depth).map_err(|error| error.below(&name))?;
        Ok((name, value))
    });
    values.collect()
}

fn value(raw: &RawValue, depth: usize) -> Result<AttributeValue, ItemError> {
    let not_typed = || ItemError::new(format!("in DynamoDB JSON a value is an object with one type: {TYPES}"));
    let Json::Map(pairs) = open(raw)? else { return Err(not_typed()) };
    let [(name, raw)] = pairs.as_slice() else { return Err(not_typed()) };
    let below = || depth.checked_sub(1).ok_or_else(too_deep);
    let wrong = |expected: &str| ItemError::new(format!("the value of type {name} is {expected}"));
    let text = |raw: &RawValue| match open(raw)? {
        Json::Text(text) => Ok(text),
        _ => Err(wrong("a string, or an array of strings for a set")),
    };
    // The command line of AWS takes a number without quotes as well.
    let number = |raw: &RawValue| match open(raw)? {
        Json::Text(text) => checked(&text),
        Json::Number(text) => checked(text),
        _ => Err(wrong("a number in a string")),
    };
    let list = |raw| match open(raw)? {
        Json::List(list) => Ok(list),
        _ => Err(wrong("an array")),
    };
    Ok(match (name.as_str(), open(raw)?) {
        ("S", Json::Text(text)) => AttributeValue::S(text),
        ("N", _) => AttributeValue::N(number(raw)?),
        ("B", Json::Text(text)) => AttributeValue::B(bytes(&text)?),
        ("BOOL", Json::Bool(flag)) => AttributeValue::Bool(flag),
        ("NULL", Json::Bool(true)) => AttributeValue::Null,
        ("M", Json::Map(pairs)) => AttributeValue::M(map(pairs, below()?)?),
        ("L", Json::List(list)) => {
            let depth = below()?;
            let values = list.into_iter().enumerate();
            let values =
                values.map(|(index, raw)| value(raw, depth).map_err(|error| error.below(format_args!("[{index}]"))));
            AttributeValue::L(values.collect::<Result<_, _>>()?)
        }
        ("SS", _) => AttributeValue::Ss(set(list(raw)?.into_iter().map(text), String::clone)?),
        ("NS", _) => AttributeValue::Ns(set(list(raw)?.into_iter().map(number), |text| number::canonical(text))?),
        ("BS", _) => AttributeValue::Bs(set(list(raw)?.into_iter().map(|raw| bytes(&text(raw)?)), Vec::clone)?),
        ("S" | "B", _) => return Err(wrong("a string")),
        ("BOOL", _) => return Err(wrong("true or false")),
        ("NULL", _) => return Err(wrong("true")),
        ("M", _) => return Err(wrong("an object")),
        ("L", _) => return Err(wrong("an array")),
        (other, _) => return Err(ItemError::new(format!("`{other}` is no type; there are {TYPES}"))),
    })
}

/// A set: not empty, and nothing in it twice. Source: DynamoDB Developer Guide, "Supported data types", "Sets".
fn set<T, K: Ord>(
    values: impl Iterator<Item = Result<T, ItemError>>,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, ItemError> {
    let values = values.collect::<Result<Vec<_>, _>>()?;
    if values.is_empty() {
        return Err(ItemError::new("a set can't be empty"));
    }
    let distinct: BTreeSet<K> = values.iter().map(key).collect();
    if distinct.len() == values.len() { Ok(values) } else { Err(ItemError::new("a set can't hold a value twice")) }
}
