//! The policies that are shipped in `policies/scp`, each in both directions: requests it denies and requests it allows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::size::{SCP_LIMIT, counted};
use super::*;
use Decision::{Allowed, ExplicitlyDenied};

const TABLE: &str = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders";
const DEV: &str = "arn:aws:iam::111122223333:role/dev";
const USER: &str = "arn:aws:iam::111122223333:user/ada";
const PROVISIONER: &str = "arn:aws:iam::111122223333:role/underpin-provisioner";
const BREAK_GLASS: &str = "arn:aws:iam::111122223333:role/break-glass";

type Case = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)], Decision);

const HERE: &[(&str, &str)] = &[("aws:RequestedRegion", "eu-central-1")];
const US: &[(&str, &str)] = &[("aws:RequestedRegion", "us-east-1")];
const PUBLIC: &[(&str, &str)] = &[("lambda:FunctionUrlAuthType", "NONE")];
const SIGNED: &[(&str, &str)] = &[("lambda:FunctionUrlAuthType", "AWS_IAM")];

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("region-lock", "dynamodb:CreateTable", DEV, US, ExplicitlyDenied),
    ("region-lock", "dynamodb:CreateTable", DEV, HERE, Allowed),
    ("region-lock", "kms:CreateKey", PROVISIONER, US, ExplicitlyDenied),
    ("region-lock", "iam:CreateRole", DEV, US, Allowed),
    ("region-lock", "organizations:DescribeOrganization", DEV, US, Allowed),
    ("region-lock", "sts:AssumeRole", DEV, US, Allowed),
    ("no-table-deletion", "dynamodb:DeleteTable", DEV, &[], ExplicitlyDenied),
    ("no-table-deletion", "dynamodb:DeleteTable", USER, &[], ExplicitlyDenied),
    ("no-table-deletion", "dynamodb:DeleteTable", PROVISIONER, &[], ExplicitlyDenied),
    ("no-table-deletion", "dynamodb:DeleteTable", BREAK_GLASS, &[], Allowed),
    ("no-table-deletion", "dynamodb:UpdateTable", DEV, &[], Allowed),
    ("no-backup-loss", "dynamodb:UpdateContinuousBackups", DEV, &[], ExplicitlyDenied),
    ("no-backup-loss", "dynamodb:UpdateContinuousBackups", PROVISIONER, &[], Allowed),
    ("no-backup-loss", "dynamodb:DeleteBackup", PROVISIONER, &[], ExplicitlyDenied),
    ("no-backup-loss", "backup:DeleteRecoveryPoint", DEV, &[], ExplicitlyDenied),
    ("no-backup-loss", "backup:DeleteRecoveryPoint", BREAK_GLASS, &[], Allowed),
    ("no-backup-loss", "dynamodb:CreateBackup", DEV, &[], Allowed),
    ("tables-by-provisioner-only", "dynamodb:CreateTable", DEV, &[], ExplicitlyDenied),
    ("tables-by-provisioner-only", "dynamodb:RestoreTableFromBackup", USER, &[], ExplicitlyDenied),
    ("tables-by-provisioner-only", "dynamodb:CreateTable", PROVISIONER, &[], Allowed),
    ("tables-by-provisioner-only", "dynamodb:PutItem", DEV, &[], Allowed),
    ("no-iam-users", "iam:CreateUser", PROVISIONER, &[], ExplicitlyDenied),
    ("no-iam-users", "iam:CreateAccessKey", USER, &[], ExplicitlyDenied),
    ("no-iam-users", "iam:CreateRole", PROVISIONER, &[], Allowed),
    ("no-leaving-cloudtrail-config", "cloudtrail:StopLogging", DEV, &[], ExplicitlyDenied),
    ("no-leaving-cloudtrail-config", "config:StopConfigurationRecorder", DEV, &[], ExplicitlyDenied),
    ("no-leaving-cloudtrail-config", "organizations:LeaveOrganization", DEV, &[], ExplicitlyDenied),
    ("no-leaving-cloudtrail-config", "cloudtrail:LookupEvents", DEV, &[], Allowed),
    ("no-leaving-cloudtrail-config", "config:PutConfigRule", DEV, &[], Allowed),
    ("no-public-function-urls", "lambda:CreateFunctionUrlConfig", DEV, PUBLIC, ExplicitlyDenied),
    ("no-public-function-urls", "lambda:AddPermission", DEV, PUBLIC, ExplicitlyDenied),
    ("no-public-function-urls", "lambda:CreateFunctionUrlConfig", DEV, SIGNED, Allowed),
    ("no-public-function-urls", "lambda:AddPermission", DEV, &[], Allowed),
    ("no-endpoint-deletion", "ec2:DeleteVpcEndpoints", PROVISIONER, &[], ExplicitlyDenied),
    ("no-endpoint-deletion", "ec2:CreateVpcEndpoint", PROVISIONER, &[], Allowed),
];

fn chain(name: &str) -> Chain {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/scp").join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let document = parse(&text, PolicyKind::Scp).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
    let size = counted(&serde_json::from_str(&text).unwrap_or_default(), PolicyKind::Scp);
    assert!(size <= SCP_LIMIT, "{name} has {size} bytes");
    let policies = vec![Policy::full_access(), Policy::new(name, &document)];
    Chain::of(vec![Level { name: "root".to_owned(), policies }])
}

#[test]
fn each_shipped_scp_denies_exactly_the_documented_calls() {
    for (name, action, principal, context, expected) in CASES {
        let resource = if action.starts_with("dynamodb:") { TABLE } else { "*" };
        let request = Request::new(action, resource).by(principal).others(Unnamed::Absent);
        let request = context.iter().fold(request, |request, (key, value)| request.with_value(key, value));
        let verdict = chain(name).judge(&request);
        assert_eq!(verdict.decision, *expected, "{name}: {action} by {principal}: {verdict:?}");
    }
}

#[test]
fn each_shipped_scp_has_deny_and_allow_cases_and_a_description() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/scp");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
    let files = fs::read_dir(folder)
        .expect("the folder can be read")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned));
    let files: BTreeSet<String> = files.collect();
    assert_eq!(files.len(), 8);
    for name in &files {
        let tried: BTreeSet<bool> = CASES.iter().filter(|case| case.0 == *name).map(|case| case.4 == Allowed).collect();
        assert_eq!(tried.len(), 2, "{name} is not tested both ways");
        assert!(readme.contains(&format!("`{name}.json`")), "{name} is not described");
    }
}
