//! Point-in-time recovery: `true`, `false` or `{period_days: 7}`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form};

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

short_form!(PointInTimeRecovery);

impl ShortForm for PointInTimeRecovery {
    const FORMS: &'static str = "`true`, `false` or `{period_days: 1 to 35}`";

    fn from_flag<E: Error>(on: bool) -> Result<Self, E> {
        Ok(if on { Self::default() } else { Self::Off })
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        Period::deserialize(mapping).map(|Period { period_days }| Self::On { period_days })
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
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
