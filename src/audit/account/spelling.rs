//! Answers in the lower camel case of configuration items.

use serde_json::{Map, Value};

/// Members whose keys are people's own.
const OWN_KEYS: [&str; 3] = ["variables", "tags", "Variables"];

/// The tree with its members in lower camel case: `SSEDescription` becomes `sseDescription`.
pub(super) fn lower_camel(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(lower_camel).collect(),
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| {
                let value = if OWN_KEYS.contains(&key.as_str()) { value } else { lower_camel(value) };
                (lower(&key), value)
            };
            Value::Object(members.into_iter().map(member).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// One key: the first word in small letters, which is all of the capitals but the last one of them where a small letter
/// follows.
fn lower(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let capitals = letters.iter().take_while(|letter| letter.is_ascii_uppercase()).count();
    let follows = letters.get(capitals).is_some_and(char::is_ascii_lowercase);
    let small = if capitals > 1 && follows { capitals - 1 } else { capitals };
    letters.iter().enumerate().map(|(at, c)| if at < small { c.to_ascii_lowercase() } else { *c }).collect()
}

/// Adds what `more` has to `into`: members of mappings, and the items of lists that are told by a name. What is only a
/// value comes from `more`; a list that can't be told apart stays.
pub(super) fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                match into.get_mut(&key) {
                    Some(there) => merge(there, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(into), Value::Array(more)) => merge_items(into, more),
        (into @ (Value::Object(_) | Value::Array(_)), _) => {
            let _ = into;
        }
        (into, more) => *into = more,
    }
}

fn merge_items(into: &mut [Value], more: Vec<Value>) {
    for item in more {
        let named = ["indexName", "arn", "policyName"].iter().find_map(|key| Some((*key, item.get(*key)?.clone())));
        let Some((key, name)) = named else { continue };
        if let Some(there) = into.iter_mut().find(|there| there.get(key) == Some(&name)) {
            merge(there, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_in_lower_camel_case_but_for_peoples_own_keys() {
        let raw = json!({
            "SSEDescription": {"KMSMasterKeyArn": "k", "SSEType": "KMS"}, "TableId": 1, "ARN": 2,
            "Environment": {"Variables": {"TABLE": "t"}}, "Items": [{"A": 1}]
        });
        assert_eq!(
            lower_camel(raw),
            json!({
                "sseDescription": {"kmsMasterKeyArn": "k", "sseType": "KMS"}, "tableId": 1, "arn": 2,
                "environment": {"variables": {"TABLE": "t"}}, "items": [{"a": 1}]
            })
        );
    }

    #[test]
    fn merged_trees_keep_lists_and_take_values() {
        let mut into = json!({"a": {"b": 1}, "list": [2, 1], "indexes": [{"indexName": "x", "s": "ACTIVE"}], "state": {"value": 1}});
        merge(
            &mut into,
            json!({"a": {"b": 2, "c": 3}, "list": [1, 2], "indexes": [{"indexName": "x", "s": "CREATING"}, {"indexName": "y"}],
                   "state": "Active", "new": []}),
        );
        assert_eq!(
            into,
            json!({"a": {"b": 2, "c": 3}, "list": [2, 1], "indexes": [{"indexName": "x", "s": "CREATING"}],
                   "state": {"value": 1}, "new": []})
        );
    }
}
