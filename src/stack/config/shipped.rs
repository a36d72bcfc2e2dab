//! The rules that come with underpin: those of `policies/config`, carried in the program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::catalogue;
use super::files::GuardFiles;
use crate::rules::Rule;
use crate::stack::diagnostics::Reports;
use crate::stack::source::Source;
use crate::stack::source::redaction::Language;

macro_rules! shipped {
    ($($name:literal)*) => {
        const GUARDS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../policies/config/", $name, ".guard")))),*];
    };
}

const TEXT: &str = include_str!("../../../policies/config/catalogue.yaml");

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

/// The shipped rules, in the order of their catalogue. They are read once, when somebody asks for them.
pub fn shipped_rules() -> Vec<Rule> {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(read).clone()
}

/// Whether a file is one of ours, unchanged: tests have shown that nothing is wrong with it.
pub(super) fn is_ours(text: &str) -> bool {
    GUARDS.iter().any(|(_, ours)| *ours == text)
}

fn read() -> Vec<Rule> {
    let source = |name: &str, text: &str| Arc::new(Source::new(PathBuf::from(name), text.to_owned(), Language::Rules));
    let guard = |(name, text): &(&str, &str)| ((*name).to_owned(), source(&format!("{name}.guard"), text));
    let guards = GuardFiles::new(GUARDS.iter().map(guard).collect::<BTreeMap<_, _>>());
    // That nothing is wrong with them is tested.
    let reports = Reports::default();
    catalogue::rules(&source("catalogue.yaml", TEXT), &guards, &[], &reports)
}
