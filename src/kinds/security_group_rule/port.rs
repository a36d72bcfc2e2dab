//! The ports of a rule: one, `5432`, or a range, `{from: 8000, to: 8100}`.

use std::fmt;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form};

/// A range of ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ports {
    /// The first port.
    pub from: u16,
    /// The last port.
    pub to: u16,
}

impl Ports {
    /// One port.
    pub fn one(port: u16) -> Self {
        Self { from: port, to: port }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}-{}", self.from, self.to) }
    }
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: u16,
    to: u16,
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { from, to } = *self;
        if from == to { serializer.serialize_u16(from) } else { Range { from, to }.serialize(serializer) }
    }
}

short_form!(Ports);

impl ShortForm for Ports {
    const FORMS: &'static str = "a port from 0 to 65535, or `{from: 8000, to: 8100}`";

    fn from_number<E: Error>(number: i64) -> Result<Self, E> {
        let port = u16::try_from(number).map(Self::one);
        port.map_err(|_| E::invalid_value(Unexpected::Signed(number), &Self::FORMS))
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        let Range { from, to } = Range::deserialize(mapping)?;
        Ok(Self { from, to })
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let port = |description: &str| serde_json::json!({"description": description, "type": "integer", "minimum": 0, "maximum": 65535});
        json_schema!({
            "description": "The port, or the range of ports.",
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 65535},
                {
                    "type": "object",
                    "properties": {"from": port("The first port."), "to": port("The last port.")},
                    "required": ["from", "to"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
