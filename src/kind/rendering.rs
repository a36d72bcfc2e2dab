//! A resource as AWS itself writes it: as a configuration item of AWS Config, or as CloudFormation's properties.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Facts;
use crate::base::{Address, Environment, Outputs, PropertyPath, Reference, pending};
use crate::path;

/// The context in which a resource is written in AWS's spelling.
#[derive(Debug, Clone, Copy)]
pub struct RenderContext<'a> {
    /// Its physical name.
    pub name: &'a str,
    /// Partition, account, region.
    pub env: &'a Environment,
    /// Its attributes, as far as they are known.
    pub outputs: &'a Outputs,
    /// Shared look-ups; `None` offline.
    pub facts: Option<&'a Facts>,
}

impl RenderContext<'_> {
    /// A placeholder for a value that only the account gives (`default`, `all`): readers of the body treat it as
    /// not known yet.
    pub fn unresolved(&self, section: &str, what: &str) -> String {
        pending::text(&Reference { address: Address::new(section, self.name), attribute: what.to_owned() })
    }
}

/// The head of a configuration item.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The `resourceId`, if it is known.
    pub id: Option<&'a str>,
    /// The `resourceName`, if the resource has a name.
    pub name: Option<&'a str>,
    /// The `ARN`, if it is known.
    pub arn: Option<&'a str>,
    /// The `awsRegion`: `global` for IAM.
    pub region: &'a str,
    /// The tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// A key as a JSON pointer spells it (RFC 6901).
fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A JSON list of texts.
pub fn list(texts: &[String]) -> Value {
    texts.iter().map(String::as_str).collect()
}

/// The placeholder of what could not be read live, and the explanation.
pub fn unread(action: &str) -> (String, String) {
    let reference = Reference { address: Address::new("unread", action), attribute: "answer".to_owned() };
    (pending::text(&reference), format!("what the caller may not read (`{action}`)"))
}

/// A policy document with its statements as a list.
pub fn with_listed_statements(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(statement @ Value::Object(_)) = document.get_mut("Statement") {
        *statement = Value::Array(vec![statement.take()]);
    }
    document
}

/// A percent-encoded text (RFC 3986), as IAM returns policy documents. Placeholders for values that are not known
/// yet, or are sensitive, stay as they are, so that they are found.
///
/// Source: IAM API reference, `GetRole`: "Policies returned by this operation are URL-encoded compliant with RFC
/// 3986".
pub fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    let mut inside = false;
    for c in text.chars() {
        inside = match c {
            pending::OPEN | pending::SEAL_OPEN => true,
            _ => inside,
        };
        if inside || c.is_ascii_alphanumeric() || "-_.~".contains(c) {
            encoded.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                encoded.push('%');
                encoded.push(char::from(HEX[usize::from(byte >> 4)]));
                encoded.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        if matches!(c, pending::CLOSE | pending::SEAL_CLOSE) {
            inside = false;
        }
    }
    encoded
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// One resource in AWS's spelling. One entry of `stack.yaml` may create several (a function and its log
/// group), and each records the properties of the entry that its values come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    /// The part of the entry, in the author's word (`log_retention`); empty for the resource itself.
    pub part: String,
    /// AWS's type, such as `AWS::DynamoDB::Table`.
    pub type_name: &'static str,
    /// The configuration item, or CloudFormation's `Properties`. Strings may be pending or sealed.
    pub body: Value,
    /// JSON pointer into the body → the property that it comes from; what lies below a pointer comes from there
    /// too.
    pub origins: BTreeMap<String, PropertyPath>,
    /// The placeholder of a value that is not known → the value in words, and the reason.
    pub unknown: BTreeMap<String, String>,
}

impl Rendering {
    /// A rendering with nothing but a type.
    pub fn new(type_name: &'static str) -> Self {
        Self {
            part: String::new(),
            type_name,
            body: Value::Object(Map::new()),
            origins: BTreeMap::new(),
            unknown: BTreeMap::new(),
        }
    }

    /// The head of a configuration item. `id` and `arn` are left out if only AWS knows them.
    ///
    /// Source: AWS Config developer guide, "Components of a configuration item", in the spelling of the
    /// notifications (`awsAccountId`, `ARN`; advanced queries say `accountId` and `arn`). Tags are a mapping there.
    pub fn config_item(type_name: &'static str, cx: &RenderContext<'_>, head: &Head<'_>) -> Self {
        let mut item = Self::new(type_name);
        item.own("/version", "1.3");
        item.own("/configurationItemStatus", "OK");
        item.own("/resourceType", type_name);
        item.own_some("/resourceId", head.id);
        item.own_some("/resourceName", head.name);
        item.own_some("/ARN", head.arn);
        item.own("/awsAccountId", cx.env.account.as_str());
        item.own("/awsRegion", head.region);
        item.own("/configuration", json!({}));
        item.own("/supplementaryConfiguration", json!({}));
        item.put("/tags", json!(head.tags), path!["tags"]);
        for key in head.tags.keys() {
            item.trace(&format!("/tags/{}", token(key)), path!["tags", key]);
        }
        item
    }

    /// Sets the part of the entry.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = part.into();
        self
    }

    /// Writes a value that comes from a property. Objects on the way of the pointer are created if they are missing.
    pub fn put(&mut self, pointer: &str, value: impl Into<Value>, from: PropertyPath) {
        self.own(pointer, value);
        self.trace(pointer, from);
    }

    /// The same, if there is a value.
    pub fn put_some(&mut self, pointer: &str, value: Option<impl Into<Value>>, from: PropertyPath) {
        if let Some(value) = value {
            self.put(pointer, value, from);
        }
    }

    /// Writes a placeholder for a value that is not known; the explanation is the value in words, and the reason.
    pub fn put_unknown(&mut self, pointer: &str, placeholder: String, explanation: String, from: PropertyPath) {
        self.put(pointer, placeholder.as_str(), from);
        self.unknown.insert(placeholder, explanation);
    }

    /// Writes a placeholder for what could not be read live, since the caller may not do an action.
    pub fn put_unread(&mut self, pointer: &str, action: &str) {
        let (placeholder, explanation) = unread(action);
        self.own(pointer, placeholder.as_str());
        self.unknown.insert(placeholder, explanation);
    }

    /// Writes a document, and records the origin of each of its parts.
    pub fn put_tree(&mut self, pointer: &str, value: &Value, from: &PropertyPath) {
        self.own(pointer, value.clone());
        self.trace_tree(pointer, value, from);
    }

    /// Records the origin of each part of a document that was written within another value.
    pub fn trace_tree(&mut self, pointer: &str, value: &Value, from: &PropertyPath) {
        self.trace(pointer, from.clone());
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    self.trace_tree(&format!("{pointer}/{}", token(key)), value, &from.child(key));
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.trace_tree(&format!("{pointer}/{index}"), value, &from.child(index.to_string()));
                }
            }
            _ => {}
        }
    }

    /// Writes a policy document, its statements as a list even if there is only one: rules are written for lists,
    /// and would skip a single statement.
    pub fn put_policy(&mut self, pointer: &str, document: &Value, from: &PropertyPath) {
        self.own(pointer, with_listed_statements(document));
        self.trace_policy(pointer, document, from);
    }

    /// Records the origins in a document that was written by [`with_listed_statements`] within another value.
    pub fn trace_policy(&mut self, pointer: &str, document: &Value, from: &PropertyPath) {
        self.trace_tree(pointer, document, from);
        let Some(statement @ Value::Object(_)) = document.get("Statement") else { return };
        let (at, from) = (format!("{pointer}/Statement"), from.child("Statement"));
        self.origins.retain(|place, _| !place.starts_with(&format!("{at}/")));
        self.trace_tree(&format!("{at}/0"), statement, &from);
    }

    /// Writes a value that no property gives: AWS's own values, and those that follow from the name.
    pub fn own(&mut self, pointer: &str, value: impl Into<Value>) {
        let mut place = &mut self.body;
        for key in pointer.split('/').skip(1) {
            let key = key.replace("~1", "/").replace("~0", "~");
            // A pointer leads through objects only; any other value is replaced by one.
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(map) = place else { return };
            place = map.entry(key).or_insert(Value::Null);
        }
        *place = value.into();
    }

    /// The same, if there is a value.
    pub fn own_some(&mut self, pointer: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.own(pointer, value);
        }
    }

    /// Records the origin of a value that was written as a part of another.
    pub fn trace(&mut self, pointer: &str, from: PropertyPath) {
        self.origins.insert(pointer.to_owned(), from);
    }

    /// Writes tags as CloudFormation lists them.
    pub fn put_tags(&mut self, tags: &BTreeMap<String, String>) {
        if tags.is_empty() {
            return;
        }
        let list: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        self.put("/Tags", list, path!["tags"]);
        for (index, key) in tags.keys().enumerate() {
            self.trace(&format!("/Tags/{index}"), path!["tags", key]);
        }
    }

    /// The property from which a place in the body comes: that of the nearest pointer above.
    /// `None` if only the resource itself is known.
    pub fn origin(&self, pointer: &str) -> Option<&PropertyPath> {
        let mut pointer = pointer;
        loop {
            if let Some(path) = self.origins.get(pointer) {
                return Some(path);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn property_is_found_by_the_nearest_json_pointer() {
        let path = |text: &str| text.parse::<PropertyPath>().expect("a path");
        let origins = [("/configuration/billing", "billing"), ("/configuration/billing/mode", "billing.mode")];
        let rendering = Rendering {
            part: String::new(),
            type_name: "AWS::DynamoDB::Table",
            body: Value::Null,
            origins: origins.map(|(pointer, property)| (pointer.to_owned(), path(property))).into(),
            unknown: BTreeMap::new(),
        };
        assert_eq!(rendering.origin("/configuration/billing/mode/x"), Some(&path("billing.mode")));
        assert_eq!(rendering.origin("/configuration/billing/modes"), Some(&path("billing")));
        assert_eq!(rendering.origin("/configuration"), None);
        assert_eq!(rendering.origin(""), None);
    }

    #[test]
    fn values_are_written_with_their_origins() {
        let mut rendering = Rendering::new("T");
        rendering.put("/a/b~1c", 1, path!["x"]);
        rendering.put_tree("/doc", &json!({"S": [{"k/1": "v"}]}), &path!["policy"]);
        rendering.put_tags(&[("k".to_owned(), "v".to_owned())].into());
        assert_eq!(
            rendering.body,
            json!({"a": {"b/c": 1}, "doc": {"S": [{"k/1": "v"}]}, "Tags": [{"Key": "k", "Value": "v"}]})
        );
        assert_eq!(rendering.origin("/doc/S/0/k~11"), Some(&path!["policy", "S", "0", "k/1"]));
        assert_eq!(rendering.origin("/Tags/0/Value"), Some(&path!["tags", "k"]));
        for pointer in rendering.origins.keys() {
            assert!(rendering.body.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn single_policy_statement_is_rendered_as_a_list() {
        let mut rendering = Rendering::new("T");
        rendering.put_policy("/P", &json!({"Statement": {"Action": "*"}}), &path!["policy"]);
        assert_eq!(rendering.body, json!({"P": {"Statement": [{"Action": "*"}]}}));
        assert_eq!(rendering.origin("/P/Statement/0/Action"), Some(&path!["policy", "Statement", "Action"]));
        for pointer in rendering.origins.keys() {
            assert!(rendering.body.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn pending_value_is_found_in_url_encoded_text() {
        let reference = "tables.a b.stream_arn".parse().expect("a reference");
        let text = format!("{{\"R\": \"{}/ü*\"}}", pending::text(&reference));
        let encoded = url_encoded(&text);
        assert_eq!(encoded, format!("%7B%22R%22%3A%20%22{}%2F%C3%BC%2A%22%7D", pending::text(&reference)));
        assert!(pending::is_pending(&encoded));
    }
}
