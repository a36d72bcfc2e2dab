//! The key of the encryption: `aws_owned`, `aws_managed` or `{kms_key: <arn>}`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{ShortForm, short_form};

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

short_form!(Encryption);

impl ShortForm for Encryption {
    const FORMS: &'static str = "`aws_owned`, `aws_managed` or `{kms_key: <arn>}`";

    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        match word {
            "aws_owned" => Ok(Self::AwsOwned),
            "aws_managed" => Ok(Self::AwsManaged),
            other => Err(E::unknown_variant(other, &["aws_owned", "aws_managed"])),
        }
    }

    fn from_mapping<'de, D: Deserializer<'de>>(mapping: D) -> Result<Self, D::Error> {
        CustomerKey::deserialize(mapping).map(|CustomerKey { kms_key }| Self::CustomerKey(kms_key))
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
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
