//! Reports of an audit, made up: of a believable account, as long as one likes, always the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use underpin::audit::{
    Check, Evidence, Finding, Fixable, NotAssessed, Remediation, Report, Resource, Scope, Standards, Status, Waiver,
    compare,
};
use underpin::rules::Severity;

const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];
const REGIONS: [&str; 3] = ["eu-central-1", "eu-west-1", "eu-north-1"];
const NAMES: [&str; 12] = [
    "orders",
    "carts",
    "customers",
    "sessions",
    "invoices",
    "inventory",
    "messages",
    "audit-trail",
    "payments",
    "shipments",
    "reviews",
    "coupons",
];
const OWNERS: [&str; 4] = ["platform", "checkout", "search", "data"];

/// A check: id, title, severity, area, type of resource, risk, property with expected and actual, `stack.yaml`, command,
/// control of Security Hub, requirement of CIS 3.0.
type Row = (
    &'static str,
    &'static str,
    Severity,
    &'static str,
    &'static str,
    &'static str,
    [&'static str; 3],
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const CHECKS: [Row; 20] = [
    ("ddb-table-pitr", "Point-in-time recovery is on", Severity::Medium, "DynamoDB", "AWS::DynamoDB::Table", "A table without it can't be brought back to the minute before a faulty deployment or a deletion: what was written since the last backup is lost.", ["point_in_time_recovery", "true", "false"], "tables:\n  NAME:\n    point_in_time_recovery: true", "aws dynamodb update-continuous-backups --table-name NAME --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true --region REGION", "DynamoDB.2", ""),
    ("ddb-table-deletion-protection", "Deletion protection is on", Severity::Medium, "DynamoDB", "AWS::DynamoDB::Table", "One call of anybody who may delete tables removes the table with all of its items.", ["deletion_protection", "true", "false"], "tables:\n  NAME:\n    deletion_protection: true", "aws dynamodb update-table --table-name NAME --deletion-protection-enabled --region REGION", "DynamoDB.6", ""),
    ("ddb-table-customer-cmk", "Encrypted with a customer managed key", Severity::Low, "DynamoDB", "AWS::DynamoDB::Table", "Who may read the data can't be decided apart from who may read the table, and access by the key can't be withdrawn.", ["encryption.kms_key", "a customer managed key", "the key that AWS owns"], "tables:\n  NAME:\n    encryption: {kms_key: alias/tables}", "aws dynamodb update-table --table-name NAME --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=alias/tables", "", ""),
    ("ddb-resource-policy-public", "The resource policy gives nobody outside access", Severity::Critical, "DynamoDB", "AWS::DynamoDB::Table", "Anybody with an AWS account can read or change the items of the table.", ["resource_policy", "no statement for `*` without a condition", "Statement `share`: Principal `*`, Action `dynamodb:GetItem`"], "", "aws dynamodb delete-resource-policy --resource-arn ARN", "", ""),
    ("ddb-table-scales", "Capacity scales with demand", Severity::Low, "DynamoDB", "AWS::DynamoDB::Table", "Requests are throttled while demand is above the provisioned capacity.", ["billing_mode", "PAY_PER_REQUEST, or auto scaling", "PROVISIONED 5/5, no scaling"], "tables:\n  NAME:\n    billing_mode: PAY_PER_REQUEST", "aws dynamodb update-table --table-name NAME --billing-mode PAY_PER_REQUEST", "DynamoDB.1", ""),
    ("ddb-table-backup-plan", "Covered by a backup plan", Severity::Medium, "DynamoDB", "AWS::DynamoDB::Table", "Backups end with the table: nothing is left if the account is taken over.", ["/supplementaryConfiguration/ProtectedByBackup", "true", "false"], "", "aws backup create-backup-selection --backup-plan-id PLAN --backup-selection '{\"SelectionName\": \"NAME\", \"IamRoleArn\": \"arn:aws:iam::ACCOUNT:role/backup\", \"Resources\": [\"ARN\"]}'", "DynamoDB.4", ""),
    ("ddb-table-tags", "The required tags are there", Severity::Low, "DynamoDB", "AWS::DynamoDB::Table", "Nobody can say whose data it is, or who pays for it.", ["tags", "Owner", "none of that name"], "tables:\n  NAME:\n    tags: {Owner: team}", "aws dynamodb tag-resource --resource-arn ARN --tags Key=Owner,Value=team", "DynamoDB.5", ""),
    ("ddb-stream-consumer-region", "Stream consumers stay in the allowed regions", Severity::High, "Residency", "AWS::DynamoDB::Table", "Data leaves the region in which it has to stay.", ["stream", "eu-central-1, eu-west-1", "us-east-1"], "", "", "", ""),
    ("lambda-public", "Nobody outside may call the function", Severity::Critical, "Lambda", "AWS::Lambda::Function", "Anybody can run the function with its role's access, at the account's cost.", ["/supplementaryConfiguration/GetPolicy", "a principal, or a condition", "Principal `*`"], "", "aws lambda remove-permission --function-name NAME --statement-id public", "Lambda.1", ""),
    ("lambda-runtime", "The runtime is supported", Severity::Medium, "Lambda", "AWS::Lambda::Function", "The runtime gets no security patches any more; after a while it can't be deployed to either.", ["runtime", "python3.13", "python3.9"], "functions:\n  NAME:\n    runtime: python3.13", "aws lambda update-function-configuration --function-name NAME --runtime python3.13", "Lambda.2", ""),
    ("lambda-dlq", "Failed events are kept", Severity::Low, "Lambda", "AWS::Lambda::Function", "Events on which the function fails are lost after the last attempt.", ["dead_letter_queue", "a queue or topic", "none"], "functions:\n  NAME:\n    dead_letter_queue: ${queues.failed.arn}", "aws lambda update-function-configuration --function-name NAME --dead-letter-config TargetArn=QUEUE", "", ""),
    ("lambda-env-kms", "Variables are encrypted with a customer managed key", Severity::Medium, "Lambda", "AWS::Lambda::Function", "Who may read the function's settings reads its variables.", ["kms_key", "a customer managed key", "none"], "", "aws lambda update-function-configuration --function-name NAME --kms-key-arn KEY", "", ""),
    ("iam-role-admin", "No role has all permissions", Severity::High, "IAM", "AWS::IAM::Role", "Who takes over one workload takes over the account.", ["policies", "no statement with Action `*` on Resource `*`", "`admin`: Action `*`, Resource `*`"], "", "aws iam delete-role-policy --role-name NAME --policy-name admin", "IAM.1", "1.16"),
    ("iam-role-confused-deputy", "Trust in a service is bound to an account", Severity::Medium, "IAM", "AWS::IAM::Role", "The service can be used by another account's resource to assume the role.", ["trust_policy", "aws:SourceAccount or aws:SourceArn", "no condition"], "roles:\n  NAME:\n    trust: {condition: {StringEquals: {aws:SourceAccount: \"ACCOUNT\"}}}", "aws iam update-assume-role-policy --role-name NAME --policy-document file://trust.json", "", ""),
    ("iam-user-mfa", "Users with a password have MFA", Severity::High, "IAM", "AWS::IAM::User", "A password that was guessed or leaked is enough to enter the account.", ["/supplementaryConfiguration/CredentialReport/mfa_active", "true", "false"], "", "aws iam enable-mfa-device --user-name NAME --serial-number arn:aws:iam::ACCOUNT:mfa/NAME --authentication-code1 CODE --authentication-code2 CODE", "IAM.5", "1.10"),
    ("iam-key-age", "Access keys are younger than 90 days", Severity::Medium, "IAM", "AWS::IAM::User", "A key that leaked long ago still works.", ["access_key_1_last_rotated", "at most 90 days ago", "412 days ago"], "", "aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive", "IAM.3", "1.14"),
    ("kms-rotation", "Keys rotate", Severity::Medium, "KMS", "AWS::KMS::Key", "All data that was ever encrypted hangs on one piece of key material.", ["/supplementaryConfiguration/GetKeyRotationStatus/KeyRotationEnabled", "true", "false"], "", "aws kms enable-key-rotation --key-id NAME", "KMS.4", "3.6"),
    ("vpc-endpoint-policy", "Endpoint policies name what they allow", Severity::Medium, "VPC", "AWS::EC2::VPCEndpoint", "Data can be carried to tables of other accounts by the endpoint.", ["policy", "Resource other than `*`", "Action `*`, Resource `*`"], "vpc_endpoints:\n  NAME:\n    policy: policies/endpoint.json", "aws ec2 modify-vpc-endpoint --vpc-endpoint-id NAME --policy-document file://endpoint.json", "", ""),
    ("vpc-sg-open", "No security group is open to the world", Severity::High, "VPC", "AWS::EC2::SecurityGroup", "Everything behind the group can be reached from the internet.", ["ipPermissions", "no 0.0.0.0/0 on port 22 or 3389", "0.0.0.0/0 on port 22"], "", "aws ec2 revoke-security-group-ingress --group-id NAME --protocol tcp --port 22 --cidr 0.0.0.0/0", "EC2.13", "5.2"),
    ("trail-multi-region", "A trail records all regions", Severity::High, "CloudTrail", "AWS::CloudTrail::Trail", "What is done in a region that nobody uses is seen by nobody.", ["IsMultiRegionTrail", "true", "false"], "", "aws cloudtrail update-trail --name NAME --is-multi-region-trail", "CloudTrail.1", "3.1"),
];

/// A report with about as many findings, and a baseline if it is wanted.
pub(crate) fn audit_report(findings: usize) -> Report {
    let mut random = Random(42);
    let mut report = Report { scope: scope(), checks: CHECKS.iter().map(check).collect(), ..Report::default() };
    let mut number = 0;
    while report.findings.len() < findings {
        for type_name in [
            "AWS::DynamoDB::Table",
            "AWS::Lambda::Function",
            "AWS::IAM::Role",
            "AWS::IAM::User",
            "AWS::KMS::Key",
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::VPCEndpoint",
            "AWS::CloudTrail::Trail",
        ] {
            number += 1;
            let resource = resource(type_name, number, &mut random);
            let read_at = format!("2026-11-30T12:{:02}:{:02}Z", number / 60 % 60, number % 60);
            let operation = format!("{}:{}", service(type_name), type_name.rsplit("::").next().unwrap_or_default());
            let evidence: Arc<[Evidence]> = Arc::new([Evidence { operation, read_at }]);
            for row in CHECKS.iter().filter(|row| row.4 == type_name) {
                if report.findings.len() < findings {
                    report.findings.push(finding(row, &resource, &evidence, number, &mut random));
                }
            }
        }
    }
    report.not_assessed = not_assessed(&report);
    report.sort();
    report
}

/// The same, compared with a report of a month before.
pub(crate) fn compared_audit_report(findings: usize) -> Report {
    let mut report = audit_report(findings);
    let mut before = report.clone();
    "2026-10-30T12:00:09Z".clone_into(&mut before.scope.finished);
    let mut random = Random(7);
    for finding in &mut before.findings {
        match (finding.status, random.below(10)) {
            (Status::Pass, 0..=1) => finding.status = Status::Fail,
            (Status::Fail, 0..=1) => finding.status = Status::Pass,
            _ => {}
        }
    }
    compare(&mut report, &before);
    report
}

fn scope() -> Scope {
    Scope {
        accounts: ACCOUNTS.map(str::to_owned).to_vec(),
        regions: REGIONS.map(str::to_owned).to_vec(),
        stack: Some("shop".to_owned()),
        caller: Some("arn:aws:sts::111122223333:assumed-role/security-audit/reviewer".to_owned()),
        started: "2026-11-30T12:00:00Z".to_owned(),
        finished: "2026-11-30T12:00:09Z".to_owned(),
        rules_version: "3f9c2ab7d1e0".to_owned(),
        parameters: BTreeMap::new(),
        calls: 214,
    }
}

fn check(row: &Row) -> (Arc<str>, Arc<Check>) {
    let (id, title, severity, area, _, risk, _, yaml, cli, hub, cis) = *row;
    let some = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let cis: BTreeMap<String, Vec<String>> = if cis.is_empty() {
        BTreeMap::new()
    } else {
        ["1.5", "3.0", "5.0"].into_iter().map(|version| (version.to_owned(), some(cis))).collect()
    };
    let check = Check {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        severity_reason: "Data may be lost or seen, and the change is reversible.".to_owned(),
        area: area.to_owned(),
        risk: risk.to_owned(),
        remediation: Remediation { text: String::new(), yaml: yaml.to_owned(), cli: cli.to_owned() },
        fixable: if yaml.is_empty() { Fixable::Manual } else { Fixable::Auto },
        also_touches: if id == "ddb-table-pitr" {
            "The monthly cost, by the size of the table.".to_owned()
        } else {
            String::new()
        },
        standards: Standards {
            aws_config: some(&id.replace('-', "_").to_uppercase()),
            security_hub: some(hub),
            fsbp: !hub.is_empty(),
            prowler: some(&id.replace('-', "_")),
            checkov: Vec::new(),
            cis,
        },
    };
    (Arc::from(id), Arc::new(check))
}

/// The name of the resource of a number, of which eight of different types follow each other.
fn name_of(number: usize) -> String {
    let of_its_type = number / 8;
    let name = NAMES[of_its_type % NAMES.len()];
    match of_its_type / NAMES.len() {
        0 => name.to_owned(),
        more => format!("{name}-{}", more + 1),
    }
}

fn service(type_name: &str) -> String {
    type_name.split("::").nth(1).unwrap_or_default().to_lowercase()
}

fn resource(type_name: &str, number: usize, random: &mut Random) -> Arc<Resource> {
    let account = ACCOUNTS[random.below(10) / 4];
    let service = service(type_name);
    let region = if service == "iam" { "global" } else { REGIONS[random.below(10) / 4] };
    let name = name_of(number);
    let id = match type_name {
        "AWS::EC2::SecurityGroup" => format!("sg-{number:08x}"),
        "AWS::EC2::VPCEndpoint" => format!("vpce-{number:08x}"),
        "AWS::KMS::Key" => format!("{number:08x}-5ae2-47a0-bc6d-fe2bc2700399"),
        _ => format!("shop-{name}"),
    };
    let owner = OWNERS[random.below(4)];
    let noun = type_name.rsplit("::").next().unwrap_or_default().to_lowercase();
    let place = if region == "global" { "" } else { region };
    Arc::new(Resource {
        type_name: type_name.to_owned(),
        arn: format!("arn:aws:{service}:{place}:{account}:{noun}/{id}"),
        id,
        region: region.to_owned(),
        account: account.to_owned(),
        tags: BTreeMap::from([
            ("Environment".to_owned(), ["production", "staging"][random.below(2)].to_owned()),
            ("Owner".to_owned(), owner.to_owned()),
        ]),
        owner: Some(owner.to_owned()),
    })
}

fn finding(
    row: &Row,
    resource: &Arc<Resource>,
    evidence: &Arc<[Evidence]>,
    number: usize,
    random: &mut Random,
) -> Finding {
    let (id, title, severity, .., [property, expected, actual], yaml, _, _, _) = *row;
    let rare = severity == Severity::Critical && random.below(10) > 4;
    // Some checks hold everywhere, as in an account that somebody looks after.
    let held = [
        "ddb-table-deletion-protection",
        "ddb-table-scales",
        "lambda-runtime",
        "kms-rotation",
        "trail-multi-region",
        "iam-key-age",
    ];
    let status = match random.below(100) {
        _ if rare || held.contains(&id) => Status::Pass,
        0..=17 => Status::Fail,
        18..=22 => Status::Unknown,
        23..=24 => Status::Waived,
        25..=30 => Status::NotApplicable,
        _ => Status::Pass,
    };
    let waived = status == Status::Waived;
    let ends_soon = number.is_multiple_of(3);
    let message = match status {
        Status::Pass => format!("`{}` has {expected}", resource.id),
        Status::Unknown => format!("`{}` could not be judged: the caller may not read `{property}`", resource.id),
        Status::NotApplicable => format!("`{}` has nothing that this check is about", resource.id),
        Status::Fail | Status::Waived => format!("`{}` has {actual}, not {expected}", resource.id),
    };
    Finding {
        check: id.into(),
        status,
        address: (!yaml.is_empty() && number < 100).then(|| format!("tables.{}", name_of(number)).into()),
        location: None,
        property: Some(property.into()),
        expected: Some(expected.into()),
        actual: match status {
            Status::Pass => Some(expected.into()),
            Status::Unknown => None,
            _ => Some(actual.into()),
        },
        evidence: evidence.clone(),
        message: if waived {
            format!("{message}; waived by {}: {title} comes with the move", OWNERS[0]).into()
        } else {
            message.into()
        },
        waiver: waived.then(|| {
            Arc::new(Waiver {
                reason: "comes with the move to the new account".to_owned(),
                owner: OWNERS[0].to_owned(),
                expires: if ends_soon { "2026-12-15" } else { "2027-06-30" }.to_owned(),
                expired: false,
                ends_soon,
            })
        }),
        remedy: None,
        first_seen: None,
        change: None,
        resource: resource.clone(),
    }
}

fn not_assessed(report: &Report) -> Vec<NotAssessed> {
    let unknown = |check: &str| {
        let own = report.findings.iter().filter(|one| &*one.check == check && one.status == Status::Unknown);
        own.count() as u64
    };
    let one = |account: &str, region: &str, action: &str, check: &str| NotAssessed {
        account: account.to_owned(),
        region: region.to_owned(),
        action: Some(action.to_owned()),
        reason: format!("the caller may not do `{action}`"),
        checks: vec![check.to_owned()],
        findings: unknown(check),
    };
    vec![
        one(ACCOUNTS[0], REGIONS[0], "lambda:GetFunctionConfiguration", "lambda-env-kms"),
        one(ACCOUNTS[1], "global", "iam:GetCredentialReport", "iam-user-mfa"),
        one(ACCOUNTS[1], REGIONS[1], "backup:ListProtectedResources", "ddb-table-backup-plan"),
    ]
}

/// Numbers that look random, the same in every run. Source: Knuth's MMIX, "The Art of Computer Programming", volume 2.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}
