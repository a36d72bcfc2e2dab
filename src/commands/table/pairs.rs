//! Attributes on the command line: `name=value`.

use crate::error::CommandError;
use crate::items::{Item, ItemError, TableKeys};
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
