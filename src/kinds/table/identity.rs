//! The type, names and ARNs of tables.

use crate::base::Environment;

/// The kind of the section `tables`.
#[derive(Debug, Clone, Copy)]
pub struct Table;

/// The type in CloudFormation and AWS Config.
pub(super) const TYPE: &str = "AWS::DynamoDB::Table";

/// The identity's detail that marks a desired KMS key: only then must the owner of a live key be known.
pub(super) const BY_KMS: &str = "by_kms";

/// The output with the number of items that DynamoDB counted last.
pub(super) const ITEMS: &str = "items";

/// The ARN of a table.
pub(super) fn arn(env: &Environment, table: &str) -> String {
    env.arn("dynamodb", &format!("table/{table}"))
}
