//! Point-in-time recovery: `true`, `false` or `{period_days: 7}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The default number of days that point-in-time recovery reaches back.
/// Source: API reference, `PointInTimeRecoverySpecification`.
pub const USUAL_PERIOD: u64 = 35;

/// Continuous backups: on, off, or on for a number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointInTimeRecovery {
    /// Off.
    Off,
    /// On, with the number of days.
    On {
        /// The number of days, from 1 to 35.
        period_days: u64,
    },
}

impl Default for PointInTimeRecovery {
    fn default() -> Self {
        Self::On { period_days: USUAL_PERIOD }
    }
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    period_days: u64,
}

impl Serialize for PointInTimeRecovery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Off => serializer.serialize_bool(false),
            Self::On { period_days: USUAL_PERIOD } => serializer.serialize_bool(true),
            Self::On { period_days } => Period { period_days }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PointInTimeRecovery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = PointInTimeRecovery;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or `{period_days: 1 to 35}`")
            }

            fn visit_bool<E: Error>(self, on: bool) -> Result<PointInTimeRecovery, E> {
                Ok(if on { PointInTimeRecovery::default() } else { PointInTimeRecovery::Off })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PointInTimeRecovery, A::Error> {
                let Period { period_days } = Period::deserialize(MapAccessDeserializer::new(map))?;
                Ok(PointInTimeRecovery::On { period_days })
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for PointInTimeRecovery {
    fn schema_name() -> Cow<'static, str> {
        "PointInTimeRecovery".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Continuous backups: `true` (35 days back), `false`, or `{period_days: 7}`.",
            "anyOf": [
                {"type": "boolean"},
                {
                    "type": "object",
                    "properties": {"period_days": {
                        "description": "How many days back the table can be restored.",
                        "type": "integer", "minimum": 1, "maximum": 35
                    }},
                    "required": ["period_days"],
                    "additionalProperties": false
                }
            ],
            "default": true
        })
    }
}
