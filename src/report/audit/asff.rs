//! An audit's findings in AWS's Security Finding Format, as `BatchImportFindings` of Security Hub takes them: one list, a
//! finding a line. The call takes 100 at once.
//! Sources: AWS, `AwsSecurityFinding` (lengths), "Guidelines for using the `BatchImportFindings` API".

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::list::write_list;
use super::partition::partition;
use super::standards::requirements;
use crate::audit::{Finding, Remediation, Report, Resource, Status, remedy};
use crate::base::{hex, printable};
use crate::rules::Severity;

/// Writes a finding of Security Hub for each finding.
pub fn audit_asff(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_list(report.findings.iter().map(|finding| finding_of(report, finding)), out)?;
    writeln!(out)
}

fn finding_of(report: &Report, finding: &Finding) -> Value {
    let check = report.check(finding);
    let resource = &finding.resource;
    let (account, region) = (account(resource), region(report, resource));
    let product = format!("arn:{}:securityhub:{region}:{account}:product/{account}/default", partition(&resource.arn));
    let day = finding.first_seen.as_deref().map(|day| format!("{day}T00:00:00Z"));
    let created = time(day.as_deref().unwrap_or(&report.scope.started));
    let severity = severity(finding.status, check.map_or(Severity::default(), |check| check.severity));
    let title = check.map_or(finding.check.as_ref(), |check| &check.title);
    let description = match check {
        Some(check) if finding.status == Status::Fail => format!("{} Risk: {}", finding.message, check.risk),
        _ => finding.message.to_string(),
    };
    let mut out = json!({
        "SchemaVersion": "2018-10-08",
        "Id": id(&finding.id()),
        "ProductArn": product,
        "ProductName": "underpin",
        "CompanyName": "underpin",
        "Region": region,
        "GeneratorId": fit(&format!("underpin/{}", finding.check), 512),
        "AwsAccountId": account,
        "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
        "CreatedAt": created,
        "UpdatedAt": time(&report.scope.finished),
        "Severity": severity,
        "FindingProviderFields": {
            "Severity": severity,
            "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
        },
        "Title": fit(title, 256),
        "Description": fit(&description, 1024),
        "ProductFields": fields(report, finding),
        "Resources": [details(resource)],
        "Compliance": compliance(report, finding),
        "Workflow": {"Status": workflow(finding.status)},
        "RecordState": "ACTIVE",
    });
    if finding.first_seen.is_some() {
        out["FirstObservedAt"] = json!(created);
    }
    let steps = |Remediation { text, yaml: _, cli }: Remediation| {
        let all = [text, cli].into_iter().filter(|text| says(text));
        all.collect::<Vec<_>>().join("\n")
    };
    if let Some(remedy) = check.map(|check| steps(remedy(check, finding))).filter(|text| says(text)) {
        out["Remediation"] = json!({"Recommendation": {"Text": fit(&remedy, 512)}});
    }
    if let Some(waiver) = finding.waiver.as_ref().filter(|_| finding.status == Status::Waived) {
        let text = format!("Waived until {}: {}", waiver.expires, waiver.reason);
        out["Note"] = json!({
            "Text": fit(&text, 512),
            "UpdatedBy": fit(&waiver.owner, 512),
            "UpdatedAt": time(&report.scope.finished),
        });
    }
    out
}

/// A severity; where there is no issue, Security Hub's own findings are informational.
fn severity(status: Status, severity: Severity) -> Value {
    let label = match (status, severity) {
        (Status::Pass | Status::NotApplicable, _) => "INFORMATIONAL",
        (_, Severity::Low) => "LOW",
        (_, Severity::Medium) => "MEDIUM",
        (_, Severity::High) => "HIGH",
        (_, Severity::Critical) => "CRITICAL",
    };
    json!({"Label": label, "Original": super::groups::severity_name(severity)})
}

/// The outcome. Security Hub has one status for a check that could not be made and for one that is not applicable; the
/// product's fields have our own.
fn compliance(report: &Report, finding: &Finding) -> Value {
    let (status, reason) = match finding.status {
        Status::Pass => ("PASSED", None),
        Status::Fail => ("FAILED", None),
        Status::Waived => ("FAILED", Some("WAIVED")),
        Status::Unknown => ("NOT_AVAILABLE", Some("UNKNOWN")),
        Status::NotApplicable => ("NOT_AVAILABLE", Some("NOT_APPLICABLE")),
    };
    let mut compliance = json!({"Status": status, "SecurityControlId": fit(&finding.check, 256)});
    if let Some(code) = reason {
        compliance["StatusReasons"] = json!([{"ReasonCode": code, "Description": fit(&finding.message, 2048)}]);
    }
    let all = report.check(finding).map(|check| requirements(&check.standards)).unwrap_or_default();
    let all: Vec<String> = all.iter().filter(|one| says(one)).take(32).map(|one| fit(one, 64)).collect();
    if !all.is_empty() {
        compliance["RelatedRequirements"] = json!(all);
    }
    compliance
}

fn workflow(status: Status) -> &'static str {
    match status {
        Status::Fail | Status::Unknown => "NEW",
        Status::Waived => "SUPPRESSED",
        Status::Pass | Status::NotApplicable => "RESOLVED",
    }
}

/// What has no member of its own: at most 50 names of 128 characters, with values of 2048.
fn fields(report: &Report, finding: &Finding) -> Value {
    let check = report.check(finding);
    let file = finding.location.as_ref().map(|at| format!("{}:{}:{}", at.file.to_string_lossy(), at.line, at.column));
    let evidence: Vec<String> =
        finding.evidence.iter().map(|one| format!("{} {}", one.operation, one.read_at)).collect();
    let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    let all = [
        ("Status", finding.status.name().to_owned()),
        ("Check", finding.check.to_string()),
        ("Area", check.map(|check| check.area.clone()).unwrap_or_default()),
        ("Address", text(&finding.address)),
        ("Location", file.unwrap_or_default()),
        ("Property", text(&finding.property)),
        ("Expected", text(&finding.expected)),
        ("Actual", text(&finding.actual)),
        ("Evidence", evidence.join("; ")),
        ("Owner", finding.resource.owner.clone().unwrap_or_default()),
        ("FirstSeen", text(&finding.first_seen)),
        ("RulesVersion", report.scope.rules_version.clone()),
    ];
    let said = all.into_iter().filter(|(_, value)| says(value));
    said.map(|(name, value)| (format!("underpin/{name}"), Value::from(fit(&value, 2048)))).collect::<Map<_, _>>().into()
}

fn details(resource: &Resource) -> Value {
    let Resource { type_name, id: _, arn, region, account: _, tags, owner: _ } = resource;
    let mut details = json!({
        "Type": type_of(type_name),
        "Id": fit(arn, 512),
        "Partition": match partition(arn) { named @ ("aws-cn" | "aws-us-gov") => named, _ => "aws" },
        "Region": fit(region, 16),
    });
    let tags = tags.iter().filter(|(key, value)| says(key) && says(value)).take(50);
    let tags: Map<String, Value> = tags.map(|(key, value)| (fit(key, 128), fit(value, 256).into())).collect();
    if !tags.is_empty() {
        details["Tags"] = tags.into();
    }
    details
}

/// Security Hub's word for a type: `AwsDynamoDbTable`. Types that it has no details for are `Other`.
/// Source: AWS, "Resources" in the ASFF.
fn type_of(type_name: &str) -> &'static str {
    match type_name {
        "AWS::DynamoDB::Table" => "AwsDynamoDbTable",
        "AWS::Lambda::Function" => "AwsLambdaFunction",
        "AWS::IAM::Role" => "AwsIamRole",
        "AWS::IAM::User" => "AwsIamUser",
        "AWS::IAM::Group" => "AwsIamGroup",
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => "AwsIamPolicy",
        "AWS::KMS::Key" => "AwsKmsKey",
        "AWS::EC2::VPC" => "AwsEc2Vpc",
        "AWS::EC2::Subnet" => "AwsEc2Subnet",
        "AWS::EC2::SecurityGroup" => "AwsEc2SecurityGroup",
        "AWS::EC2::RouteTable" => "AwsEc2RouteTable",
        "AWS::EC2::VPCPeeringConnection" => "AwsEc2VpcPeeringConnection",
        "AWS::CloudTrail::Trail" => "AwsCloudTrailTrail",
        "AWS::CloudWatch::Alarm" => "AwsCloudWatchAlarm",
        "AWS::Backup::BackupPlan" => "AwsBackupBackupPlan",
        "AWS::::Account" => "AwsAccount",
        _ => "Other",
    }
}

/// An id within 512 characters: the end of a longer one is a digest of all of it.
fn id(id: &str) -> String {
    use sha2::{Digest as _, Sha256};
    if id.chars().count() <= 512 && printable(id) == id && says(id) {
        return id.to_owned();
    }
    let digest = hex(&Sha256::digest(id.as_bytes()));
    format!("{}#{digest}", printable(id).chars().take(512 - digest.len() - 1).collect::<String>())
}

fn account(resource: &Resource) -> &str {
    let is_account = resource.account.len() == 12 && resource.account.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { &resource.account } else { "000000000000" }
}

/// The region whose Security Hub takes the finding. Global resources have none: theirs is the first of the audit.
fn region<'r>(report: &'r Report, resource: &'r Resource) -> &'r str {
    let is_region = |region: &&str| {
        let parts: Vec<&str> = region.split('-').collect();
        let plain =
            |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        parts.len() >= 3 && parts.iter().all(plain) && region.len() <= 16
    };
    let all = std::iter::once(&resource.region).chain(&report.scope.regions).map(String::as_str);
    all.into_iter().find(is_region).unwrap_or("us-east-1")
}

/// A time; the beginning of 1970 where a report that was read has none.
fn time(text: &str) -> String {
    text.parse::<jiff::Timestamp>().unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

/// A text on one line, within so many characters, and never empty: Security Hub refuses such.
fn fit(text: &str, limit: usize) -> String {
    let text = printable(text);
    if !says(&text) {
        return "-".to_owned();
    }
    if text.chars().count() <= limit {
        return text;
    }
    let cut: String = text.trim_start().chars().take(limit - 1).collect();
    format!("{cut}…")
}

/// Returns whether a text has anything to show.
fn says(text: &str) -> bool {
    printable(text).chars().any(|c| !c.is_whitespace())
}
