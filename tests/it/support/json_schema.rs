//! The check of a value against one of our schemas.

use serde_json::Value;

use super::root;

/// A committed schema, such as `plan`.
pub(crate) fn schema(of: &str) -> Value {
    let path = root().join(format!("schema/{of}.schema.json"));
    let text = std::fs::read_to_string(path).expect("the schema is committed");
    serde_json::from_str(&text).expect("the schema is JSON")
}

/// The first place where a value does not fit a schema, for the keywords that our schemas use; an unknown keyword
/// fails too. Properties that the schema does not name do not fit.
pub(crate) fn misfit(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let Value::Object(words) = schema else { return (*schema == false).then(|| format!("{at} may not be")) };
    for (word, says) in words {
        let wrong = match word.as_str() {
            "$ref" => {
                let pointer = says.as_str().unwrap_or_default().trim_start_matches('#');
                misfit(root, root.pointer(pointer).expect("the reference leads somewhere"), value, at)
            }
            "const" => (value != says).then(|| format!("{at} is {value}, not {says}")),
            "enum" => (!says.as_array().is_some_and(|all| all.contains(value))).then(|| format!("{at} is {value}")),
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap_or_default() {
                    "null" => value.is_null(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("the type {other} is not known here"),
                };
                let fits = says.as_array().map_or_else(|| is(says), |all| all.iter().any(is));
                (!fits).then(|| format!("{at} is {value}, not of type {says}"))
            }
            "anyOf" | "oneOf" => {
                let all = says.as_array().expect("it is a list");
                let fits = all.iter().any(|one| misfit(root, one, value, at).is_none());
                (!fits).then(|| format!("{at} is {value}, which fits none of {says}"))
            }
            "required" => says
                .as_array()
                .expect("it is a list")
                .iter()
                .find(|key| value.get(key.as_str().unwrap_or_default()).is_none())
                .map(|key| format!("{at} lacks {key}")),
            "properties" => value.as_object().and_then(|object| {
                object.iter().find_map(|(key, item)| match says.get(key) {
                    Some(schema) => misfit(root, schema, item, &format!("{at}.{key}")),
                    None => Some(format!("{at}.{key} is not in the schema")),
                })
            }),
            "additionalProperties" => {
                let items = value.as_object().filter(|_| !words.contains_key("properties"));
                items.and_then(|all| all.iter().find_map(|(key, one)| misfit(root, says, one, &format!("{at}.{key}"))))
            }
            "items" => value.as_array().and_then(|all| {
                all.iter().enumerate().find_map(|(index, one)| misfit(root, says, one, &format!("{at}[{index}]")))
            }),
            "pattern" => {
                let pattern = regex_lite::Regex::new(says.as_str().unwrap_or_default()).expect("the pattern is one");
                let fits = value.as_str().is_none_or(|text| pattern.is_match(text));
                (!fits).then(|| format!("{at} is {value}, which does not match {says}"))
            }
            "minimum" => (value.as_i64() < says.as_i64()).then(|| format!("{at} is {value}")),
            "maximum" => (value.as_i64() > says.as_i64()).then(|| format!("{at} is {value}")),
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => None,
            other => panic!("the word {other} is not known here"),
        };
        if wrong.is_some() {
            return wrong;
        }
    }
    None
}
