//! The policy of an audit: what it reads, in any account.

use serde_json::{Value, json};

/// The actions that an audit asks for. What is not allowed is "not assessed"; nothing else depends on it.
///
/// Source: service authorization reference, "Actions, resources, and condition keys" of each service. Most have no resource
/// types, or are asked for all resources.
pub const AUDIT_ACTIONS: &[&str] = &[
    "access-analyzer:ListAnalyzers",
    "account:GetAlternateContact",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "backup:ListCopyJobs",
    "backup:ListProtectedResources",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:ListTags",
    "cloudwatch:DescribeAlarms",
    "cognito-identity:DescribeIdentityPool",
    "cognito-identity:GetIdentityPoolRoles",
    "cognito-identity:ListIdentityPools",
    "cognito-idp:DescribeRiskConfiguration",
    "cognito-idp:DescribeUserPool",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:GetUserPoolMfaConfig",
    "cognito-idp:ListUserPoolClients",
    "cognito-idp:ListUserPools",
    "config:DescribeComplianceByConfigRule",
    "config:DescribeComplianceByResource",
    "config:DescribeConfigRules",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "dax:DescribeClusters",
    "dax:DescribeSubnetGroups",
    "dax:ListTags",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeKinesisStreamingDestination",
    "dynamodb:DescribeLimits",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTableReplicaAutoScaling",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListContributorInsights",
    "dynamodb:ListExports",
    "dynamodb:ListTables",
    "dynamodb:ListTagsOfResource",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRegions",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpointServiceConfigurations",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "events:ListRules",
    "guardduty:GetDetector",
    "guardduty:ListDetectors",
    "iam:GenerateCredentialReport",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetAccountPasswordPolicy",
    "iam:GetAccountSummary",
    "iam:GetCredentialReport",
    "iam:GetPolicyVersion",
    "iam:ListEntitiesForPolicy",
    "iam:ListOpenIDConnectProviders",
    "iam:ListOrganizationsFeatures",
    "iam:ListPolicies",
    "iam:ListPolicyTags",
    "iam:ListSAMLProviders",
    "iam:ListServerCertificates",
    "iam:ListVirtualMFADevices",
    "inspector2:BatchGetAccountStatus",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListKeys",
    "lambda:GetFunction",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionUrlConfig",
    "lambda:GetPolicy",
    "lambda:ListEventSourceMappings",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:ListFunctionUrlConfigs",
    "lambda:ListFunctions",
    "lambda:ListTags",
    "logs:DescribeLogGroups",
    "logs:DescribeMetricFilters",
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListParents",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListTargetsForPolicy",
    "s3:GetBucketAcl",
    "s3:GetBucketLogging",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "securityhub:DescribeHub",
    "sns:ListSubscriptions",
    "tag:GetResources",
    "wafv2:GetWebACLForResource",
];

/// The policy of an audit.
pub fn audit_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Audit", "Effect": "Allow", "Action": AUDIT_ACTIONS, "Resource": "*"}],
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex_lite::Regex;

    use super::*;

    /// Operations that the readers' sources name and that are no reads of theirs: tests, keys of conditions, other names of
    /// an action.
    const OTHERS: &[&str] = &[
        "dynamodb:GetItem",
        "iam:GetRole",
        "iam:ListRoles",
        "kms:Decrypt",
        "lambda:FunctionUrlAuthType",
        "lambda:InvokeFunction",
        "logs:DescribeAlarms",
        "logs:DescribeLogStreams",
        "s3:GetBucketEncryption",
        "s3:GetBucketLifecycleConfiguration",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetPublicAccessBlock",
        "s3:HeadBucket",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
        "s3:ListBuckets",
        "sts:AssumeRole",
        "sts:GetCallerIdentity",
    ];

    fn sources(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, into);
            } else {
                into.push_str(&fs::read_to_string(&path).expect("the file can be read"));
            }
        }
    }

    #[test]
    fn policy_of_an_audit_has_what_its_readers_ask_and_nothing_else() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/account"), &mut text);
        let operation = Regex::new(r#""([a-z][a-z0-9-]+:[A-Z][A-Za-z0-9]+)""#).expect("a pattern");
        let named: BTreeSet<&str> =
            operation.captures_iter(&text).filter_map(|found| Some(found.get(1)?.as_str())).collect();
        let named = named.into_iter().filter(|one| !OTHERS.contains(one) && !one.starts_with("aws:"));
        let policy: BTreeSet<&str> = AUDIT_ACTIONS.iter().copied().collect();
        let named: BTreeSet<&str> = named.collect();
        let missing: Vec<_> = named.difference(&policy).collect();
        assert!(missing.is_empty(), "the policy lacks {missing:?}");
        let idle: Vec<_> = policy.difference(&named).collect();
        assert!(idle.is_empty(), "nobody asks for {idle:?}");
        assert!(AUDIT_ACTIONS.is_sorted(), "in order");
        assert!(audit_policy().to_string().len() < 6144, "a managed policy takes it");
    }
}
