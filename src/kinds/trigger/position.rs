//! The starting position of a stream.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form, unknown_word};

/// A starting position: `latest`, `trim_horizon`, or `{at_timestamp: 2026-01-01T00:00:00Z}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StartingPosition {
    /// Only new records from now on.
    #[default]
    Latest,
    /// The oldest records that still exist.
    TrimHorizon,
    /// A time (RFC 3339); Kinesis only.
    AtTimestamp(String),
}

impl StartingPosition {
    /// AWS's spelling.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Latest => "LATEST",
            Self::TrimHorizon => "TRIM_HORIZON",
            Self::AtTimestamp(_) => "AT_TIMESTAMP",
        }
    }

    /// The time, if there is one.
    pub fn timestamp(&self) -> Option<&str> {
        match self {
            Self::AtTimestamp(time) => Some(time),
            Self::Latest | Self::TrimHorizon => None,
        }
    }

    /// Brings the time into one spelling: UTC. A text that is not a time stays as it is.
    pub(super) fn normalize(&mut self) {
        if let Self::AtTimestamp(time) = self
            && let Ok(parsed) = time.parse::<jiff::Timestamp>()
        {
            *time = parsed.to_string();
        }
    }
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    at_timestamp: String,
}

impl Serialize for StartingPosition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Latest => serializer.serialize_str("latest"),
            Self::TrimHorizon => serializer.serialize_str("trim_horizon"),
            Self::AtTimestamp(time) => At { at_timestamp: time.clone() }.serialize(serializer),
        }
    }
}

short_form!(StartingPosition);

impl ShortForm for StartingPosition {
    const INLINE: bool = false;

    const FORMS: &'static str = "`latest`, `trim_horizon` or `{at_timestamp: …}`";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        match word {
            "latest" => Ok(Self::Latest),
            "trim_horizon" => Ok(Self::TrimHorizon),
            _ => Err(unknown_word::<Self, E>(word)),
        }
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        At::deserialize(mapping).map(|At { at_timestamp }| Self::AtTimestamp(at_timestamp))
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "string", "enum": ["latest", "trim_horizon"]},
            {
                "type": "object",
                "properties": {"at_timestamp": {
                    "description": "A time such as 2026-01-01T00:00:00Z; Kinesis only.",
                    "type": "string"
                }},
                "required": ["at_timestamp"],
                "additionalProperties": false
            }
        ]})
    }
}
