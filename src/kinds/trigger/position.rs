//! The starting position of a stream.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

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

impl Serialize for StartingPosition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Latest => serializer.serialize_str("latest"),
            Self::TrimHorizon => serializer.serialize_str("trim_horizon"),
            Self::AtTimestamp(time) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("at_timestamp", time)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for StartingPosition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = StartingPosition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`latest`, `trim_horizon` or `{at_timestamp: …}`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                match text {
                    "latest" => Ok(StartingPosition::Latest),
                    "trim_horizon" => Ok(StartingPosition::TrimHorizon),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((key, time)) if key == "at_timestamp" => match map.next_key::<String>()? {
                        None => Ok(StartingPosition::AtTimestamp(time)),
                        Some(other) => Err(A::Error::unknown_field(&other, &["at_timestamp"])),
                    },
                    Some((key, _)) => Err(A::Error::unknown_field(&key, &["at_timestamp"])),
                    None => Err(A::Error::missing_field("at_timestamp")),
                }
            }
        }
        deserializer.deserialize_any(Words)
    }
}

impl JsonSchema for StartingPosition {
    fn schema_name() -> Cow<'static, str> {
        "StartingPosition".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
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
