//! The attributes in an index: `all`, `keys_only` or `{include: [a, b]}`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form};

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

short_form!(Projection);

impl ShortForm for Projection {
    const FORMS: &'static str = "`all`, `keys_only` or `{include: [attribute, …]}`";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        match word {
            "all" => Ok(Self::All),
            "keys_only" => Ok(Self::KeysOnly),
            other => Err(E::unknown_variant(other, &["all", "keys_only"])),
        }
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        Include::deserialize(mapping).map(|Include { include }| Self::Include(include))
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
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
