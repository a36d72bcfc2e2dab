//! The action of IAM that a call needs: the operation's own name, but for the exceptions of AWS's reference.

/// Operations whose action has another name, or another prefix.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys" of each service: Amazon S3 (the
/// action of `HeadBucket` is `s3:ListBucket` …), Resource Groups Tagging (`tag`), AWS WAF V2, Amazon Inspector2.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("dynamodb:DescribeTableReplicaAutoScaling", "dynamodb:DescribeTableReplicaAutoScaling"),
    ("lambda:ListFunctionUrlConfigs", "lambda:ListFunctionUrlConfigs"),
    ("lambda:GetFunctionUrlConfig", "lambda:GetFunctionUrlConfig"),
    ("logs:DescribeAlarms", "cloudwatch:DescribeAlarms"),
    ("organizations:ListDelegatedAdministrators", "organizations:ListDelegatedAdministrators"),
];

/// The action of an operation such as `s3:GetPublicAccessBlock`.
pub fn action_of(operation: &str) -> &str {
    EXCEPTIONS.iter().find(|(one, _)| *one == operation).map_or(operation, |(_, action)| action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn action_is_the_operation_but_for_the_exceptions() {
        assert_eq!(action_of("dynamodb:DescribeTable"), "dynamodb:DescribeTable");
        assert_eq!(action_of("s3:GetPublicAccessBlock"), "s3:GetBucketPublicAccessBlock");
    }
}
