//! Key attributes: `pk`, or `{name: pk, type: N}`; of a global index up to four in a list.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

impl<'de> Deserialize<'de> for KeyAttribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = KeyAttribute;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an attribute's name, or `{name: …, type: S | N | B}`")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<KeyAttribute, E> {
                Ok(KeyAttribute::string(name))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeyAttribute, A::Error> {
                let LongKey { name, kind } = LongKey::deserialize(MapAccessDeserializer::new(map))?;
                Ok(KeyAttribute { name, kind })
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for KeyAttribute {
    fn schema_name() -> Cow<'static, str> {
        "KeyAttribute".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
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

impl<'de> Deserialize<'de> for IndexKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = IndexKey;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an attribute's name, `{name: …, type: …}`, or a list of up to four of these")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<IndexKey, E> {
                Ok(IndexKey(vec![KeyAttribute::string(name)]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<IndexKey, A::Error> {
                Ok(IndexKey(vec![KeyAttribute::deserialize(MapAccessDeserializer::new(map))?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<IndexKey, A::Error> {
                Ok(IndexKey(Vec::deserialize(SeqAccessDeserializer::new(seq))?))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for IndexKey {
    fn schema_name() -> Cow<'static, str> {
        "IndexKey".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
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
