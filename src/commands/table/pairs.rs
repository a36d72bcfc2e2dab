//! Attributes on the command line: `name=value`.

use std::path::Path;

use crate::base::{Streams, read_text};
use crate::error::CommandError;
use crate::items::file::{ColumnType, ColumnTypes};
use crate::items::{Item, ItemError, KeyType, TableKeys};
use crate::stack::did_you_mean;

/// Splits `name=value` at the first `=`.
pub(super) fn split(pair: &str) -> Result<(&str, &str), CommandError> {
    match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(CommandError::usage(format!("`{pair}` is no attribute: `name=value` is expected"))),
    }
}

/// The key that the pairs name: all attributes of the table's key, and no others.
pub(super) fn key_of(pairs: &[String], keys: &TableKeys) -> Result<Item, CommandError> {
    let names = keys.names();
    let mut key = Item::new();
    for pair in pairs {
        let (name, text) = split(pair)?;
        let Some(kind) = keys.attributes().find(|one| one.name == name).map(|one| one.kind) else {
            let message = format!("`{name}` is not part of the table's key");
            let hint = did_you_mean(name, names.iter().map(String::as_str));
            return Err(CommandError::usage(message).hint(hint.unwrap_or_else(|| usage(keys))));
        };
        let value = kind.read(text).map_err(|error| wrong(name, &error, keys))?;
        if key.insert(name.to_owned(), value).is_some() {
            return Err(CommandError::usage(format!("`{name}` is there twice")));
        }
    }
    keys.check_key(&key)
        .map_err(|error| CommandError::usage(format!("this is no key of the table: {error}")).hint(usage(keys)))?;
    Ok(key)
}

fn wrong(name: &str, error: &ItemError, keys: &TableKeys) -> CommandError {
    CommandError::usage(format!("`{name}` is a key of the table: {error}")).hint(usage(keys))
}

/// The key in words: `pk=<string> sk=<number>`.
fn usage(keys: &TableKeys) -> String {
    let one = |key: &crate::items::KeyAttribute| format!("{}=<{}>", key.name, key.kind.name());
    format!("the key is `{}`", keys.attributes().map(one).collect::<Vec<_>>().join(" "))
}

/// The text of a file, if a word names one: `@FILE`, or `file://FILE` as the command line of AWS has it. `most` is in bytes.
pub(super) fn text_of_file(word: &str, most: u64) -> Result<Option<String>, CommandError> {
    let Some(file) = word.strip_prefix('@').or_else(|| word.strip_prefix("file://")) else { return Ok(None) };
    let file = Path::new(file);
    read_text(file, most, Streams::Taken).map(Some).map_err(|error| CommandError::io("read", file, &error))
}

/// Reads `--type name=type`.
pub(super) fn types(told: &[String]) -> Result<ColumnTypes, CommandError> {
    let mut types = ColumnTypes::new();
    for pair in told {
        let (name, kind) = split(pair)?;
        let kind: ColumnType = kind.parse().map_err(CommandError::usage)?;
        if types.insert(name.to_owned(), kind).is_some() {
            return Err(CommandError::usage(format!("`--type` names `{name}` twice")));
        }
    }
    Ok(types)
}

/// The item that the pairs name: keys have the table's types, and others are strings unless told otherwise.
pub(super) fn item_of_pairs(pairs: &[String], keys: &TableKeys, types: &ColumnTypes) -> Result<Item, CommandError> {
    item_of_types(pairs, &|name| keys.type_of(name), types)
}

/// The attributes that the pairs name, with the types of keys.
pub(super) fn item_of_types(
    pairs: &[String],
    type_of: &dyn Fn(&str) -> Option<KeyType>,
    types: &ColumnTypes,
) -> Result<Item, CommandError> {
    let mut item = Item::new();
    for pair in pairs {
        let (name, text) = split(pair)?;
        let kind = match (type_of(name).map(ColumnType::Key), types.get(name)) {
            (Some(own), Some(told)) if own != *told => {
                return Err(CommandError::usage(format!("`--type {name}`: it is a key, whose type is another one")));
            }
            (Some(kind), _) => kind,
            (None, told) => told.copied().unwrap_or(ColumnType::Key(KeyType::S)),
        };
        let value = kind.read(text).map_err(|error| CommandError::usage(format!("`{name}`: {error}")))?;
        if item.insert(name.to_owned(), value).is_some() {
            return Err(CommandError::usage(format!("`{name}` is there twice")));
        }
    }
    match types.keys().find(|name| !item.contains_key(*name)) {
        Some(name) => Err(CommandError::usage(format!("`--type` names `{name}`, which is not given"))),
        None => Ok(item),
    }
}
