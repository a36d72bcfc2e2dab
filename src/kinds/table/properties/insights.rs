//! Contributor insights: `true`, `false` or `{mode: throttled_keys}`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form};

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

short_form!(ContributorInsights);

impl ShortForm for ContributorInsights {
    const FORMS: &'static str = "`true`, `false` or `{mode: throttled_keys}`";

    fn from_flag<E: Error>(on: bool) -> Result<Self, E> {
        Ok(if on { Self::On } else { Self::Off })
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        Ok(match Insights::deserialize(mapping)?.mode {
            InsightsMode::AccessedAndThrottledKeys => Self::On,
            InsightsMode::ThrottledKeys => Self::ThrottledKeys,
        })
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
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
