//! The files of the shipped rules, carried in the program.

macro_rules! shipped {
    ($($name:literal)*) => {
        /// Their texts, by their names.
        pub(super) const GUARDS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../policies/config/", $name, ".guard")))),*];
    };
}

/// Their catalogue.
pub(super) const CATALOGUE: &str = include_str!("../../../policies/config/catalogue.yaml");

shipped! {
    "ddb-table-pitr"
    "ddb-table-deletion-protection"
    "ddb-table-kms-encrypted"
    "ddb-table-customer-cmk"
    "ddb-table-scales"
    "ddb-gsi-scales"
    "ddb-gsi-write-capacity"
    "ddb-table-tags"
    "ddb-table-not-public"
    "ddb-table-throughput-limit"
    "required-tags"
    "vpce-policy-not-open"
    "vpce-policy-perimeter"
    "vpce-interface-multi-az"
    "vpce-private-dns"
    "lambda-not-public"
    "lambda-permission-scoped"
    "lambda-runtime-supported"
    "lambda-settings"
    "lambda-in-vpc"
    "lambda-multi-az"
    "lambda-tags"
    "lambda-xray"
    "lambda-dlq"
    "lambda-concurrency"
    "lambda-description"
    "lambda-env-cmk"
    "lambda-env-no-secrets"
    "lambda-log-retention"
    "lambda-log-retention-period"
    "esm-on-failure"
    "esm-bounded-retries"
    "esm-enabled"
    "esm-partial-batch"
    "esm-isolates-failures"
    "esm-tagged"
    "iam-no-admin"
    "iam-no-service-wildcard"
    "iam-resource-scoped"
    "iam-inline-kms-decrypt"
    "iam-passrole-pinned"
    "iam-no-allow-notaction"
    "iam-no-permission-management"
    "iam-trust-specific"
    "iam-confused-deputy"
    "iam-oidc-trust-pinned"
    "iam-no-admin-managed"
    "iam-no-fullaccess-managed"
    "iam-role-boundary"
    "iam-role-tags"
    "iam-inline-policy-present"
    "iam-required-managed"
}

/// Whether a text is that of a shipped rule, unchanged: tests have shown that nothing is wrong with it.
pub(super) fn is_shipped(text: &str) -> bool {
    GUARDS.iter().any(|(_, shipped)| *shipped == text)
}
