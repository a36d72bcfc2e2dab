//! What names keys: collected from documents as they come, since these are not held.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::audit::{Live, Resource};
use crate::base::pending;

/// The types whose resources name keys.
pub(super) const USERS: [&str; 4] =
    ["AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::Logs::LogGroup", "AWS::CloudTrail::Trail"];

/// What names keys, from the documents as they come.
#[derive(Debug, Default)]
pub(super) struct KeyUsers {
    /// Account and text that may be the name of a key → the ARNs of what has it.
    pub(super) of: BTreeMap<(String, String), BTreeSet<String>>,
    /// Account → the first resource whose key is hidden, and the reason.
    pub(super) hidden: BTreeMap<String, ((String, String, String), String)>,
}

impl KeyUsers {
    /// Takes notice of the keys that a resource names.
    pub(super) fn note(&mut self, live: &Live) {
        let Resource { type_name, account, region, id, arn, .. } = &live.resource;
        if !USERS.contains(&type_name.as_str()) {
            return;
        }
        for item in &live.items {
            let configuration = item.body.get("configuration").unwrap_or(&Value::Null);
            // Only the whole, or the part about encryption, hides a key.
            if let Some(reason) = hidden(configuration, item) {
                let place = (region.clone(), type_name.clone(), id.clone());
                let first = self.hidden.entry(account.clone()).or_insert_with(|| (place.clone(), reason.clone()));
                if place < first.0 {
                    *first = (place, reason);
                }
            }
            each_text(configuration, &mut |text| {
                if may_name_a_key(text) {
                    self.of.entry((account.clone(), text.to_owned())).or_default().insert(arn.clone());
                }
            });
        }
    }
}

/// Returns whether a text may be an ARN or an id of a key.
/// Source: KMS Developer Guide, "Key identifiers": an id is a UUID, with `mrk-` and without hyphens for multi-Region keys.
fn may_name_a_key(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    text.contains(":kms:")
        || text.strip_prefix("mrk-").or_else(|| (text.len() == 36).then_some(text)).is_some_and(is_hex)
}

/// The reason why a configuration hides its key, if it does.
fn hidden(configuration: &Value, item: &crate::kind::Rendering) -> Option<String> {
    let places = ["", "/sseDescription", "/kmsKeyArn", "/kmsKeyId", "/KmsKeyId"];
    let placeholder =
        places.iter().find_map(|place| configuration.pointer(place)?.as_str().filter(|it| pending::is_pending(it)));
    placeholder
        .map(|placeholder| item.unknown.get(placeholder).cloned().unwrap_or_else(|| pending::display(placeholder)))
}

fn each_text(value: &Value, with: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => with(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, with)),
        Value::Object(map) => map.values().for_each(|item| each_text(item, with)),
        _ => {}
    }
}
