//! Contributor insights: `true`, `false` or `{mode: throttled_keys}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The setting by which CloudWatch records the most used keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ContributorInsights {
    /// No keys are recorded.
    #[default]
    Off,
    /// Keys that are used or throttled.
    On,
    /// Throttled keys only.
    ThrottledKeys,
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Insights {
    mode: InsightsMode,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum InsightsMode {
    AccessedAndThrottledKeys,
    ThrottledKeys,
}

impl Serialize for ContributorInsights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::On => serializer.serialize_bool(true),
            Self::ThrottledKeys => Insights { mode: InsightsMode::ThrottledKeys }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ContributorInsights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = ContributorInsights;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or `{mode: throttled_keys}`")
            }

            fn visit_bool<E: Error>(self, on: bool) -> Result<ContributorInsights, E> {
                Ok(if on { ContributorInsights::On } else { ContributorInsights::Off })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ContributorInsights, A::Error> {
                Ok(match Insights::deserialize(MapAccessDeserializer::new(map))?.mode {
                    InsightsMode::AccessedAndThrottledKeys => ContributorInsights::On,
                    InsightsMode::ThrottledKeys => ContributorInsights::ThrottledKeys,
                })
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for ContributorInsights {
    fn schema_name() -> Cow<'static, str> {
        "ContributorInsights".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether CloudWatch records the most used keys: `true`, `false` or `{mode: throttled_keys}`.",
            "anyOf": [
                {"type": "boolean"},
                {
                    "type": "object",
                    "properties": {"mode": {
                        "description": "Which keys are recorded.",
                        "type": "string", "enum": ["accessed_and_throttled_keys", "throttled_keys"]
                    }},
                    "required": ["mode"],
                    "additionalProperties": false
                }
            ],
            "default": false
        })
    }
}
