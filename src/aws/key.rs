//! A key of AWS Key Management Service, as a signed call with types.

use serde::Deserialize;
use serde_json::json;

use super::context::Aws;
use super::error::CallError;

/// A key.
/// Source: AWS KMS API reference, `KeyMetadata`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyMetadata {
    /// The ARN.
    pub arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeKeyAnswer {
    key_metadata: Option<KeyMetadata>,
}

impl Aws {
    /// `kms:DescribeKey`: a key by its id, ARN or alias.
    ///
    /// # Errors
    /// Those of [`Aws::read`].
    pub async fn describe_key(&self, id: &str) -> Result<Option<KeyMetadata>, CallError> {
        let answer: DescribeKeyAnswer = self.read("kms:DescribeKey", json!({"KeyId": id})).await?;
        Ok(answer.key_metadata)
    }
}
