//! Items as plain JSON: what a person writes, and what `jq` reads.
//!
//! Strings, booleans, null, lists and maps are JSON's own. Numbers keep all their digits. JSON has neither bytes nor
//! sets: bytes are base64 in a string and sets are arrays, as AWS's SDK for .NET writes them (`Document.ToJson`); for an exact
//! copy there is DynamoDB's JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::error::ItemError;
use super::json::{Json, open};
use super::number;
use super::value::{AttributeValue, Item};

/// The levels of nesting that DynamoDB holds. Source: DynamoDB Developer Guide, "Quotas", "Attributes".
pub(super) const DEPTH: usize = 32;

/// A value that is written as plain JSON.
#[derive(Debug, Clone, Copy)]
pub struct Plain<'a>(pub &'a AttributeValue);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttributeValue::S(text) => serializer.serialize_str(text),
            AttributeValue::N(text) => PlainNumber(text).serialize(serializer),
            AttributeValue::B(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            AttributeValue::Bool(value) => serializer.serialize_bool(*value),
            AttributeValue::Null => serializer.serialize_unit(),
            AttributeValue::M(map) => serializer.collect_map(map.iter().map(|(name, value)| (name, Plain(value)))),
            AttributeValue::L(list) => serializer.collect_seq(list.iter().map(Plain)),
            AttributeValue::Ss(set) => serializer.collect_seq(set),
            AttributeValue::Ns(set) => serializer.collect_seq(set.iter().map(|text| PlainNumber(text))),
            AttributeValue::Bs(set) => {
                let mut list = serializer.serialize_seq(Some(set.len()))?;
                set.iter().try_for_each(|bytes| list.serialize_element(&STANDARD.encode(bytes)))?;
                list.end()
            }
        }
    }
}

/// A number with all its digits; what is no number (an emulator may hold it) is written as a string.
struct PlainNumber<'a>(&'a str);

impl Serialize for PlainNumber<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match number::json(self.0) {
            Some(text) => RawValue::from_string(text.into_owned()).map_err(S::Error::custom)?.serialize(serializer),
            None => serializer.serialize_str(self.0),
        }
    }
}

/// An item that is written as plain JSON, with some attributes before the others.
#[derive(Debug, Clone, Copy)]
pub struct PlainItem<'a> {
    /// The item.
    pub item: &'a Item,
    /// The attributes that come first, in this order: the keys.
    pub first: &'a [String],
}

impl Serialize for PlainItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.item.len()))?;
        for (name, value) in ordered(self.item, self.first) {
            map.serialize_entry(name, &Plain(value))?;
        }
        map.end()
    }
}

/// The attributes of an item, these first and the others by name.
pub fn ordered<'a>(
    item: &'a Item,
    first: &'a [String],
) -> impl Iterator<Item = (&'a String, &'a AttributeValue)> + use<'a> {
    let keys = first.iter().filter_map(|name| item.get_key_value(name));
    keys.chain(item.iter().filter(|(name, _)| !first.contains(name)))
}

/// Reads a value from plain JSON.
pub fn from_plain(raw: &RawValue) -> Result<AttributeValue, ItemError> {
    nested(raw, DEPTH)
}

fn nested(raw: &RawValue, depth: usize) -> Result<AttributeValue, ItemError> {
    let below = || depth.checked_sub(1).ok_or_else(too_deep);
    Ok(match open(raw)? {
        Json::Null => AttributeValue::Null,
        Json::Bool(flag) => AttributeValue::Bool(flag),
        Json::Number(text) => AttributeValue::N(checked(text)?),
        Json::Text(text) => AttributeValue::S(text),
        Json::List(list) => {
            let depth = below()?;
            let values = list.into_iter().enumerate();
            let values =
                values.map(|(index, raw)| nested(raw, depth).map_err(|error| error.below(format_args!("[{index}]"))));
            AttributeValue::L(values.collect::<Result<_, _>>()?)
        }
        Json::Map(pairs) => {
            let depth = below()?;
            let values = pairs.into_iter().map(|(name, raw)| {
                let value = nested(raw, depth).map_err(|error| error.below(&name))?;
                Ok((name, value))
            });
            AttributeValue::M(values.collect::<Result<BTreeMap<_, _>, ItemError>>()?)
        }
    })
}

/// The error of a value that is nested too deeply.
pub(super) fn too_deep() -> ItemError {
    ItemError::new(format!("it is nested more deeply than the {DEPTH} levels that DynamoDB holds"))
}

/// A number that DynamoDB can hold.
pub(super) fn checked(text: &str) -> Result<String, ItemError> {
    number::check(text)
        .map_err(|error| ItemError::new(format!("the number `{}` can't be stored: {error}", shortened(text))))?;
    Ok(text.to_owned())
}

/// The beginning of a text.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads base64.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, ItemError> {
    STANDARD.decode(text).map_err(|_| ItemError::new(format!("`{}` is not base64", shortened(text))))
}

/// The text of a value in one cell of a table: a string as it is, the rest as plain JSON.
pub fn cell(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) if text.is_empty() => "\"\"".to_owned(),
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        value => serde_json::to_string(&Plain(value)).unwrap_or_default(),
    }
}
