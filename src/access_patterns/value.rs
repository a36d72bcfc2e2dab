//! Values of attributes in a pattern: a template, a number or a truth value.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

use super::template::Template;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeTemplate {
    /// A text with parameters; a parameter alone has the type of its attribute or of its declaration.
    Text(Template),
    /// A number.
    Number(Number),
    /// A truth value.
    Flag(bool),
}

impl AttributeTemplate {
    /// The template, if it is one.
    pub(crate) fn template(&self) -> Option<&Template> {
        match self {
            Self::Text(template) => Some(template),
            Self::Number(_) | Self::Flag(_) => None,
        }
    }

    /// The value in the form of a file.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(template) => template.0.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// A form in which equal values are equal: `1` and `1.0` are one number to `DynamoDB`.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Text(template) => format!("S {:?}", template.parts()),
            Self::Number(number) => format!("N {:?}", number.as_f64()),
            Self::Flag(flag) => format!("BOOL {flag}"),
        }
    }
}

impl Serialize for AttributeTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(template) => template.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

impl<'de> Deserialize<'de> for AttributeTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl AttributeTemplate {
    /// Reads a scalar.
    pub(crate) fn read(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::String(text) => Ok(Self::Text(Template(text))),
            Value::Number(number) => Ok(Self::Number(number)),
            Value::Bool(flag) => Ok(Self::Flag(flag)),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                Err("a value is a text with parameters such as `MSG#{id}`, a number, `true` or `false`")
            }
        }
    }
}

impl JsonSchema for AttributeTemplate {
    fn schema_name() -> Cow<'static, str> {
        "AttributeTemplate".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number", "boolean"], "examples": ["\"MSG#{message_group_uuid}\""]})
    }
}
