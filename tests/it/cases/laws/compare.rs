//! Helpers that express a body in AWS's form.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use underpin::base::Address;

/// A body that is read by its keys.
#[derive(Clone, Copy)]
pub(super) struct Body<'a>(pub(super) &'a Value);

impl<'a> Body<'a> {
    /// A property; null if it is absent.
    pub(super) fn get(self, key: &str) -> &'a Value {
        &self.0[key]
    }

    /// A property, or the default if it is absent.
    pub(super) fn or(self, key: &str, default: Value) -> Value {
        let value = self.get(key);
        if value.is_null() { default } else { value.clone() }
    }

    /// A property within a property.
    pub(super) fn within(self, key: &str) -> Body<'a> {
        Body(self.get(key))
    }

    /// A mapping's entries; none if it is absent.
    pub(super) fn entries(self, key: &str) -> impl Iterator<Item = (&'a String, Body<'a>)> {
        self.get(key).as_object().into_iter().flatten().map(|(name, value)| (name, Body(value)))
    }

    /// Its tags, with those that mark it as the stack's.
    pub(super) fn tags(self, address: &Address) -> Value {
        let mut tags: BTreeMap<String, Value> =
            self.entries("tags").map(|(key, value)| (key.clone(), value.0.clone())).collect();
        tags.insert("underpin:stack".to_owned(), json!(super::engine::STACK));
        tags.insert("underpin:address".to_owned(), json!(address.to_string()));
        tags.insert(
            "underpin:scope".to_owned(),
            json!(underpin::base::Scope::new(None, crate::support::REGION).to_string()),
        );
        json!(tags)
    }
}

/// A list as a set; a single value is a list of one.
pub(super) fn set(value: &Value) -> Vec<String> {
    let mut texts: Vec<String> = match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(plain).collect(),
        one => vec![plain(one)],
    };
    texts.sort();
    texts
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A policy document with one spelling for lists of one and for accounts. It handles the strategies' texts only.
pub(super) fn document(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), member(key, value))).collect(),
        Value::Array(items) if matches!(items.as_slice(), [one] if !one.is_object()) => document(&items[0]),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(document).collect();
            items.sort_by_key(Value::to_string);
            match items.as_slice() {
                [one] => one.clone(),
                _ => Value::Array(items),
            }
        }
        other => other.clone(),
    }
}

/// An account id means its root; the emulator returns it as it came, without the root.
fn member(key: &str, value: &Value) -> Value {
    let root = |account: &str| json!(format!("arn:aws:iam::{account}:root"));
    match (key, value) {
        ("Principal", Value::String(account)) if is_account(account) => json!({"AWS": root(account)}),
        ("AWS", Value::String(account)) if is_account(account) => root(account),
        _ => document(value),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The differences, by name; fails with all of them.
#[derive(Default)]
pub(super) struct Differences(Vec<String>);

impl Differences {
    /// Notes a difference between the desired and the live value.
    pub(super) fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, seen: &T, wanted: &T) {
        if seen != wanted {
            self.0.push(format!("{what}: {seen:?} is live, {wanted:?} was wanted"));
        }
    }

    /// Fails if anything differs.
    #[track_caller]
    pub(super) fn none(self, address: &Address) {
        assert!(self.0.is_empty(), "{address} is not live as wanted:\n  {}", self.0.join("\n  "));
    }
}
