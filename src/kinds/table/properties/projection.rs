//! The attributes in an index: `all`, `keys_only` or `{include: [a, b]}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The attributes in an index, beside the keys of index and table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Projection {
    /// All attributes.
    #[default]
    All,
    /// No others.
    KeysOnly,
    /// These attributes.
    Include(Vec<String>),
}

impl Projection {
    /// Sorts the included attributes.
    pub fn tidy(&mut self) {
        if let Self::Include(names) = self {
            names.sort();
            names.dedup();
        }
    }
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Include {
    include: Vec<String>,
}

impl Serialize for Projection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::KeysOnly => serializer.serialize_str("keys_only"),
            Self::Include(names) => Include { include: names.clone() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Projection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Projection;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`all`, `keys_only` or `{include: [attribute, …]}`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Projection, E> {
                match word {
                    "all" => Ok(Projection::All),
                    "keys_only" => Ok(Projection::KeysOnly),
                    other => Err(E::unknown_variant(other, &["all", "keys_only"])),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Projection, A::Error> {
                Ok(Projection::Include(Include::deserialize(MapAccessDeserializer::new(map))?.include))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for Projection {
    fn schema_name() -> Cow<'static, str> {
        "Projection".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Source: API reference, `Projection`.
        json_schema!({
            "description": "What an index holds beside the keys: `all`, `keys_only` or `{include: [a, b]}`.",
            "anyOf": [
                {"type": "string", "enum": ["all", "keys_only"]},
                {
                    "type": "object",
                    "properties": {"include": {
                        "description": "The attributes that are held, too.",
                        "type": "array",
                        "items": {"type": "string", "minLength": 1, "maxLength": 255},
                        "minItems": 1,
                        "maxItems": 20
                    }},
                    "required": ["include"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
