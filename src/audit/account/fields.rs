//! Values in answers of AWS.

use serde_json::Value;

use super::shared::Tags;
use super::tags;

/// The text at a JSON pointer; empty if there is none.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a JSON pointer; empty if there is none.
pub(super) fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Tags, as a mapping or as a list of pairs.
pub(super) fn tags(value: Option<&Value>) -> Tags {
    match value {
        Some(map @ Value::Object(_)) => tags::of_map(map),
        Some(list) => tags::of_list(list),
        None => Tags::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tags_are_read_from_mappings_and_lists() {
        let expected: Tags = [("team".to_owned(), "shop".to_owned())].into();
        assert_eq!(tags(Some(&json!({"team": "shop"}))), expected);
        assert_eq!(tags(Some(&json!([{"TagKey": "team", "TagValue": "shop"}]))), expected);
        assert!(tags(None).is_empty() && tags(Some(&Value::Null)).is_empty());
    }
}
