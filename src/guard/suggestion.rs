//! Suggestions to keep a resource or property that a plan would take away: the lines to write into the file.

use serde_json::Value;

use crate::base::pending;
use crate::plan::{Action, Plan, PlannedChange, Property};

/// The greatest length, in bytes, of a value that is written out.
const SHORT: usize = 60;

/// The lines that keep these properties as they are live; `None` if there are none to suggest.
pub(super) fn as_live<'p>(properties: impl IntoIterator<Item = &'p Property>) -> Option<String> {
    let (mut lines, mut tags) = (Vec::new(), Vec::new());
    for property in properties {
        match property.path.keys() {
            [first, key] if first == "tags" => tags.push(flow(&key.clone().into())),
            [above @ .., last] => {
                let value = kept(property).filter(|_| !property.sensitive).map(|value| flow(&value));
                let value = value.filter(|text| text.len() <= SHORT).unwrap_or_else(|| "…".to_owned());
                let under = if above.is_empty() { String::new() } else { format!(" under `{}`", above.join(".")) };
                lines.push(format!("`{last}: {value}`{under}"));
            }
            [] => {}
        }
    }
    let lines = (!lines.is_empty()).then(|| format!("write {}", lines.join(", ")));
    let tags = (!tags.is_empty()).then(|| format!("leave tags to others with `ignore_tags: [{}]`", tags.join(", ")));
    match (lines, tags) {
        (Some(lines), Some(tags)) => Some(format!("{lines}, and {tags}")),
        (lines, tags) => lines.or(tags),
    }
}

/// The live value, with the additions of the file.
fn kept(property: &Property) -> Option<Value> {
    match (&property.before, &property.after) {
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            let added = after.iter().filter(|item| !before.contains(item));
            Some(Value::Array(before.iter().chain(added).cloned().collect()))
        }
        (before, _) => before.clone(),
    }
}

/// The suggestion for a resource that may only have been given another key: it keeps its name.
pub(super) fn renamed(change: &PlannedChange, plan: &Plan) -> Option<String> {
    let new = plan.changes.iter().filter(|other| other.action == Action::Create && other.kind == change.kind);
    let under = match new.collect::<Vec<_>>().as_slice() {
        [] => return None,
        [one] => format!("`{}`", one.address),
        _ => "the new key".to_owned(),
    };
    Some(format!(
        "if it was renamed, write `name: {}` under {under}, and it is kept",
        flow(&change.name.clone().into())
    ))
}

/// A value in YAML's flow style.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let text = pending::display(text);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            let word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
            if word && !["true", "false", "null"].contains(&&*text.to_lowercase()) {
                text
            } else {
                Value::String(text).to_string()
            }
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            let entries = entries.map(|(key, value)| format!("{key}: {}", flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn property(path: &str, before: Value, after: Option<Value>) -> Property {
        let path = path.parse().expect("a path");
        let before = Some(before);
        Property { path, before, after, sensitive: false, forces_replacement: false, known_after_apply: false }
    }

    #[test]
    fn suggestion_is_written_in_stack_file_syntax() {
        let said = |properties: &[Property]| as_live(properties).unwrap_or_default();
        assert_eq!(said(&[property("stream", json!("new_image"), None)]), "write `stream: new_image`");
        let key = json!({"name": "id", "type": "N"});
        assert_eq!(said(&[property("partition_key", key, None)]), "write `partition_key: {name: id, type: N}`");
        assert_eq!(
            said(&[property("tags.team", json!("a"), None), property("a.b", json!(true), Some(json!(false)))]),
            "write `b: true` under `a`, and leave tags to others with `ignore_tags: [team]`"
        );
        assert_eq!(
            said(&[property("managed_policies", json!(["a", "b"]), Some(json!(["b", "c"])))]),
            "write `managed_policies: [a, b, c]`"
        );
        let secret = Property { sensitive: true, ..property("environment.KEY", json!("digest"), None) };
        assert_eq!(said(&[secret]), "write `KEY: …` under `environment`");
        assert_eq!(said(&[]), "");
    }
}
