//! The arguments of a pattern: the values of its parameters, given as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::parameter_value::fits;
use super::pattern::AccessPattern;
use super::served::served;
use super::suggestion::meant;
use super::table_keys::{ScalarType, TableKeys};
use super::uses::types;
use super::value::AttributeTemplate;

/// Arguments that fit a pattern.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    values: BTreeMap<String, String>,
    types: BTreeMap<String, ScalarType>,
}

/// Arguments that do not fit a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ArgumentError {
    /// The fact.
    pub message: String,
    /// A way to fix it.
    pub hint: String,
}

impl Arguments {
    /// Reads arguments (`name`, `value`) for a pattern: none may be unknown, missing, given twice or of a wrong type.
    pub fn read(pattern: &AccessPattern, keys: &TableKeys, given: &[(String, String)]) -> Result<Self, ArgumentError> {
        let types = parameters(pattern, keys);
        let usage = || usage(&types);
        let mut values = BTreeMap::new();
        for (name, value) in given {
            let Some(kind) = types.get(name) else {
                let near = meant(name, types.keys().map(String::as_str)).filter(|hint| hint.starts_with("did"));
                let message = format!("the pattern has no parameter `{name}`");
                return Err(ArgumentError { message, hint: near.unwrap_or_else(usage) });
            };
            if values.insert(name.clone(), value.clone()).is_some() {
                let message = format!("the parameter `{name}` is given twice");
                return Err(ArgumentError { message, hint: "give it once".to_owned() });
            }
            let declared = pattern.parameters.get(name);
            if let Err(expected) = fits(value, *kind, declared.and_then(|declared| declared.format)) {
                let message = format!("`{value}` is not a value of the parameter `{name}`");
                return Err(ArgumentError { message, hint: format!("expected {expected}") });
            }
            let known = declared.map(|declared| declared.values.as_slice()).unwrap_or_default();
            if !known.is_empty() && !known.contains(value) {
                let message = format!("`{value}` is not a value of the parameter `{name}`");
                let hint = meant(value, known.iter().map(String::as_str)).unwrap_or_default();
                return Err(ArgumentError { message, hint });
            }
        }
        let missing: Vec<String> =
            types.keys().filter(|name| !values.contains_key(*name)).map(|name| format!("`{name}`")).collect();
        if !missing.is_empty() {
            let noun = if missing.len() == 1 { "the parameter" } else { "the parameters" };
            let message = format!("{noun} {} of the pattern must be given", missing.join(", "));
            return Err(ArgumentError { message, hint: usage() });
        }
        Ok(Self { values, types })
    }

    /// A value of an attribute in the API's form, `{"S": "…"}`; `kind` is the attribute's type, if it is of a key.
    pub(super) fn attribute(&self, value: &AttributeTemplate, kind: Option<ScalarType>) -> Value {
        match value {
            AttributeTemplate::Number(number) => json!({"N": number.to_string()}),
            AttributeTemplate::Flag(flag) => json!({"BOOL": flag}),
            AttributeTemplate::Text(template) => {
                let text = template.filled(&self.values).unwrap_or_default();
                let of_parameter = template.only_parameter().and_then(|name| self.types.get(&name).copied());
                match kind.or(of_parameter).unwrap_or(ScalarType::S) {
                    ScalarType::S => json!({"S": text}),
                    ScalarType::N => json!({"N": text}),
                    ScalarType::B => json!({"B": text}),
                    ScalarType::Bool => json!({"BOOL": text == "true"}),
                }
            }
        }
    }
}

/// The parameters of a pattern, each with its type.
pub fn parameters(pattern: &AccessPattern, keys: &TableKeys) -> BTreeMap<String, ScalarType> {
    let served = served(pattern, keys);
    types(pattern, keys, served.as_ref().and_then(|served| served.sort_on.as_deref()))
}

/// The arguments of a pattern, as they are written: `message_group_uuid=… year=…`.
fn usage(types: &BTreeMap<String, ScalarType>) -> String {
    if types.is_empty() {
        return "it has no parameters".to_owned();
    }
    let mut text = "write".to_owned();
    for name in types.keys() {
        let _ = write!(text, " {name}=…");
    }
    text
}
