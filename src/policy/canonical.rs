//! Brings policy documents into one form, so that two spellings of the same meaning are equal.
//!
//! AWS returns a policy in another spelling than it was given: one value becomes a list or the reverse, an account
//! number becomes the ARN of its root, keys come in another order. The canonical form removes these differences. It is
//! for comparison only: the author's own text is sent to AWS. A text that is known only after apply is opaque here and
//! equals only itself.

use serde_json::{Map, Value};

use super::operator::{Comparison, Operator};
use crate::base::is_account;
use crate::base::pending::is_reserved;

/// The version of the language that AWS assumes where a policy names none.
pub const DEFAULT_VERSION: &str = "2008-10-17";

/// Returns the canonical form of a policy document; any other value is returned with its keys sorted.
pub fn canonicalize(document: &Value) -> Value {
    let Some(policy) = document.as_object().filter(|map| map.contains_key("Statement")) else {
        return sorted(document);
    };
    let mut canonical = Map::new();
    canonical.insert("Version".to_owned(), Value::from(DEFAULT_VERSION));
    for (key, value) in policy {
        let value = if key == "Statement" { set(value, &statement) } else { sorted(value) };
        canonical.insert(key.clone(), value);
    }
    canonical.sort_keys();
    Value::Object(canonical)
}

/// Returns whether two policy documents mean the same to AWS.
pub fn same_meaning(left: &Value, right: &Value) -> bool {
    left == right || canonicalize(left) == canonicalize(right)
}

fn statement(value: &Value) -> Value {
    let Some(map) = value.as_object() else {
        return sorted(value);
    };
    let mut canonical = Map::new();
    for (key, value) in map {
        let value = match key.as_str() {
            "Sid" if value == "" => continue,
            "Action" | "NotAction" => set(value, &lowercase),
            "Resource" | "NotResource" => set(value, &sorted),
            "Principal" | "NotPrincipal" => principals(value),
            "Condition" => match conditions(value) {
                Value::Object(blocks) if blocks.is_empty() => continue,
                conditions => conditions,
            },
            _ => sorted(value),
        };
        canonical.insert(key.clone(), value);
    }
    canonical.sort_keys();
    Value::Object(canonical)
}

/// Writes `"*"` as `{"AWS": "*"}`, and the root of an account as the account.
fn principals(value: &Value) -> Value {
    let mut canonical = Map::new();
    match value {
        Value::Object(map) => {
            for (kind, names) in map {
                let name: &dyn Fn(&Value) -> Value = if kind == "AWS" { &account } else { &sorted };
                canonical.insert(kind.clone(), set(names, name));
            }
        }
        Value::String(everyone) if everyone == "*" => {
            canonical.insert("AWS".to_owned(), Value::from(vec!["*"]));
        }
        other => return sorted(other),
    }
    canonical.sort_keys();
    Value::Object(canonical)
}

fn account(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return sorted(value);
    };
    Value::from(account_of_root(text).unwrap_or(text))
}

/// The account number in `arn:<partition>:iam::<account>:root`.
pub(super) fn account_of_root(arn: &str) -> Option<&str> {
    let mut segments = arn.split(':');
    let shape = (segments.next()?, segments.next()?, segments.next()?, segments.next()?);
    let account = segments.next()?;
    let root = segments.next()? == "root" && segments.next().is_none();
    let fits = shape.0 == "arn" && shape.2 == "iam" && shape.3.is_empty() && root && is_account(account);
    fits.then_some(account)
}

fn conditions(value: &Value) -> Value {
    let Some(blocks) = value.as_object() else {
        return sorted(value);
    };
    let mut terms = Vec::new();
    let mut canonical = Map::new();
    for (name, keys) in blocks {
        match keys.as_object() {
            Some(keys) => terms.extend(keys.iter().map(|(key, values)| Term::new(name, key, values))),
            None => _ = canonical.insert(name.clone(), sorted(keys)),
        }
    }
    for term in &terms {
        // The same key in two spellings is an error to AWS: both are kept, so that nothing is lost.
        let alone = terms.iter().filter(|other| other.spelling == term.spelling).count() == 1;
        let (name, key) = match &term.spelling {
            (name, key) if alone => (name.as_str(), key.as_str()),
            _ => term.written,
        };
        let block = canonical.entry(name).or_insert_with(|| Value::Object(Map::new()));
        if let Some(block) = block.as_object_mut() {
            block.insert(key.to_owned(), set(term.values, &|value| condition_value(term.operator, value)));
        }
    }
    canonical.values_mut().filter_map(Value::as_object_mut).for_each(Map::sort_keys);
    canonical.sort_keys();
    Value::Object(canonical)
}

struct Term<'v> {
    written: (&'v str, &'v str),
    spelling: (String, String),
    operator: Option<Operator>,
    values: &'v Value,
}

impl<'v> Term<'v> {
    fn new(name: &'v str, key: &'v str, values: &'v Value) -> Self {
        let operator = Operator::parse(name);
        let spelling = operator.map_or_else(|| name.to_owned(), |operator| operator.to_string());
        Self { written: (name, key), spelling: (spelling, lower(key)), operator, values }
    }
}

fn condition_value(operator: Option<Operator>, value: &Value) -> Value {
    let text = match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        other => return sorted(other),
    };
    match operator.map(|operator| operator.comparison) {
        Some(Comparison::Bool | Comparison::Null) => Value::from(lower(&text)),
        _ => Value::from(text),
    }
}

fn lowercase(value: &Value) -> Value {
    value.as_str().map_or_else(|| sorted(value), |text| Value::from(lower(text)))
}

/// A text in lower case, unless a part of it is known only after apply.
pub(super) fn lower(text: &str) -> String {
    if has_placeholder(text) { text.to_owned() } else { text.to_lowercase() }
}

/// Returns whether a text has a value that is known only after apply, or a sealed one.
pub(super) fn has_placeholder(text: &str) -> bool {
    text.contains(is_reserved)
}

/// One value or a list of them, as a sorted list without repetitions.
fn set(value: &Value, each: &dyn Fn(&Value) -> Value) -> Value {
    let mut items: Vec<(String, Value)> = match value {
        Value::Array(items) => items.iter().map(each).map(|item| (item.to_string(), item)).collect(),
        one => vec![(String::new(), each(one))],
    };
    items.sort_by(|left, right| left.0.cmp(&right.0));
    items.dedup_by(|left, right| left.1 == right.1);
    Value::Array(items.into_iter().map(|(_, item)| item).collect())
}

/// A value with all its keys sorted.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    value.sort_all_objects();
    value
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
pub(super) mod tests;
