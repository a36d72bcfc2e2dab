//! Key attributes: `pk`, or `{name: pk, type: N}`; of a global index up to four in a list.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form};

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum KeyType {
    /// A string.
    #[default]
    S,
    /// A number.
    N,
    /// Bytes.
    B,
}

/// A key attribute: a bare name is a string, else `{name: pk, type: N}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyAttribute {
    /// The attribute's name.
    pub name: String,
    /// Its type.
    pub kind: KeyType,
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongKey {
    name: String,
    #[serde(default, rename = "type")]
    kind: KeyType,
}

impl KeyAttribute {
    /// A string attribute.
    pub fn string(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: KeyType::S }
    }
}

impl Serialize for KeyAttribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.kind {
            KeyType::S => serializer.serialize_str(&self.name),
            kind => LongKey { name: self.name.clone(), kind }.serialize(serializer),
        }
    }
}

short_form!(KeyAttribute);

impl ShortForm for KeyAttribute {
    const FORMS: &'static str = "an attribute's name, or `{name: …, type: S | N | B}`";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        Ok(Self::string(word))
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        LongKey::deserialize(mapping).map(|LongKey { name, kind }| Self { name, kind })
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        // Source: API reference, `KeySchemaElement` and `AttributeDefinition`.
        json_schema!({
            "description": "A key attribute: a bare name is a string, else `{name: pk, type: N}`.",
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 255},
                {
                    "type": "object",
                    "properties": {
                        "name": {
                            "description": "The attribute's name.",
                            "type": "string", "minLength": 1, "maxLength": 255
                        },
                        "type": {
                            "description": "S for a string (the default), N for a number, B for bytes.",
                            "type": "string", "enum": ["S", "N", "B"], "default": "S"
                        }
                    },
                    "required": ["name"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// A key of a global secondary index: one attribute, or a list of up to four.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey(pub Vec<KeyAttribute>);

impl Serialize for IndexKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

short_form!(IndexKey);

impl ShortForm for IndexKey {
    const FORMS: &'static str = "an attribute's name, `{name: …, type: …}`, or a list of up to four of these";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        Ok(Self(vec![KeyAttribute::string(word)]))
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        KeyAttribute::deserialize(mapping).map(|key| Self(vec![key]))
    }

    fn from_list<'de, D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let one = KeyAttribute::json_schema(generator).to_value();
        let mut forms = one["anyOf"].as_array().cloned().unwrap_or_default();
        // Source: DynamoDB Developer Guide, "Multi-attribute keys pattern": up to four attributes each.
        forms.push(serde_json::json!({"type": "array", "items": one, "minItems": 1, "maxItems": 4}));
        json_schema!({
            "description": "The key of a global index: an attribute, or a list of up to four.",
            "anyOf": forms
        })
    }
}
