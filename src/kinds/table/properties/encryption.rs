//! The key of the encryption: `aws_owned`, `aws_managed` or `{kms_key: <arn>}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The key that a table is encrypted with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Encryption {
    /// One of AWS's own, without charge.
    #[default]
    AwsOwned,
    /// `aws/dynamodb` in the account's KMS.
    AwsManaged,
    /// A key of the account, by its ARN.
    CustomerKey(String),
}

/// The long form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerKey {
    kms_key: String,
}

impl Serialize for Encryption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AwsOwned => serializer.serialize_str("aws_owned"),
            Self::AwsManaged => serializer.serialize_str("aws_managed"),
            Self::CustomerKey(arn) => CustomerKey { kms_key: arn.clone() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Encryption {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Encryption;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`aws_owned`, `aws_managed` or `{kms_key: <arn>}`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Encryption, E> {
                match word {
                    "aws_owned" => Ok(Encryption::AwsOwned),
                    "aws_managed" => Ok(Encryption::AwsManaged),
                    other => Err(E::unknown_variant(other, &["aws_owned", "aws_managed"])),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Encryption, A::Error> {
                let CustomerKey { kms_key } = CustomerKey::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Encryption::CustomerKey(kms_key))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl JsonSchema for Encryption {
    fn schema_name() -> Cow<'static, str> {
        "Encryption".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The key of the encryption: `aws_owned`, `aws_managed` or `{kms_key: <arn>}`.",
            "anyOf": [
                {"type": "string", "enum": ["aws_owned", "aws_managed"]},
                {
                    "type": "object",
                    "properties": {"kms_key": {
                        "description": "The ARN of the KMS key.", "type": "string", "minLength": 1, "maxLength": 2048
                    }},
                    "required": ["kms_key"],
                    "additionalProperties": false
                }
            ],
            "default": "aws_owned"
        })
    }
}
