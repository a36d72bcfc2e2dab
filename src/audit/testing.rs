//! Reports for tests: a small world of four checks and twelve resources, looked at in part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{Check, Evidence, Finding, Fixable, NotAssessed, Remediation, Report, Resource, Scope, Standards, Status};
use crate::rules::Severity;

pub(crate) const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
pub(crate) const REGIONS: [&str; 2] = ["eu-central-1", "eu-west-1"];
const CHECKS: [(&str, Severity); 4] = [
    ("ddb-table-pitr", Severity::Medium),
    ("ddb-resource-policy-public", Severity::Critical),
    ("iam-user-mfa", Severity::High),
    ("ddb-table-tags", Severity::Low),
];

/// The checks of the world.
pub(crate) fn checks() -> BTreeMap<Arc<str>, Arc<Check>> {
    let one = |(id, severity): (&str, Severity)| {
        let standards = Standards {
            aws_config: vec![id.replace('-', "_").to_uppercase()],
            security_hub: vec![format!("DynamoDB.{}", id.len())],
            fsbp: true,
            prowler: vec![id.replace('-', "_")],
            checkov: vec!["CKV_AWS_28".to_owned()],
            cis: BTreeMap::from([("3.0".to_owned(), vec!["1.10".to_owned(), "1.9".to_owned()])]),
        };
        let check = Check {
            id: id.to_owned(),
            title: format!("{id} holds"),
            severity,
            severity_reason: "Data may be lost.".to_owned(),
            area: if id.starts_with("iam") { "IAM" } else { "DynamoDB" }.to_owned(),
            risk: format!("Without {id} data is lost."),
            remediation: Remediation {
                text: "switch on point-in-time recovery".to_owned(),
                yaml: "tables:\n  NAME:\n    point_in_time_recovery: true".to_owned(),
                cli: "aws dynamodb describe-table --table-name NAME --region REGION".to_owned(),
            },
            fixable: Fixable::Auto,
            also_touches: "Costs rise by the size of the table.".to_owned(),
            standards,
        };
        (Arc::from(id), Arc::new(check))
    };
    CHECKS.into_iter().map(one).collect()
}

/// A resource of the world.
pub(crate) fn resource(account: &str, region: &str, name: &str) -> Arc<Resource> {
    Arc::new(Resource {
        type_name: "AWS::DynamoDB::Table".to_owned(),
        id: name.to_owned(),
        arn: format!("arn:aws:dynamodb:{region}:{account}:table/{name}"),
        region: region.to_owned(),
        account: account.to_owned(),
        tags: BTreeMap::from([("team".to_owned(), "platform".to_owned())]),
        owner: Some("platform".to_owned()),
    })
}

/// A finding of the world.
pub(crate) fn finding(check: &str, resource: Arc<Resource>, status: Status) -> Finding {
    Finding {
        check: check.into(),
        status,
        address: (resource.id == "orders").then(|| "tables.orders".into()),
        location: None,
        property: Some("point_in_time_recovery".into()),
        expected: Some("true".into()),
        actual: Some("false".into()),
        evidence: Arc::new([Evidence {
            operation: "dynamodb:DescribeContinuousBackups".to_owned(),
            read_at: "2026-11-30T12:00:01Z".to_owned(),
        }]),
        message: format!("`{}` has none", resource.id).into(),
        waiver: None,
        remedy: None,
        first_seen: None,
        change: None,
        resource,
    }
}

/// A report of everything in scope with these findings.
pub(crate) fn report(findings: Vec<Finding>) -> Report {
    let mut report = Report {
        scope: Scope {
            accounts: ACCOUNTS.map(str::to_owned).to_vec(),
            regions: REGIONS.map(str::to_owned).to_vec(),
            stack: Some("shop".to_owned()),
            caller: Some("arn:aws:sts::111122223333:assumed-role/auditor/me".to_owned()),
            started: "2026-11-30T12:00:00Z".to_owned(),
            finished: "2026-11-30T12:00:09Z".to_owned(),
            rules_version: "5f1c".to_owned(),
            parameters: BTreeMap::new(),
            calls: 12,
        },
        checks: checks(),
        findings,
        ..Report::default()
    };
    report.sort();
    report
}

/// Any status.
pub(crate) fn status() -> impl Strategy<Value = Status> {
    proptest::sample::select(Status::ALL.to_vec())
}

/// Any report: of some accounts, regions and checks, with places that were not readable.
pub(crate) fn reports() -> impl Strategy<Value = Report> {
    let accounts = subsequence(ACCOUNTS.to_vec(), 1..=2);
    let regions = subsequence(REGIONS.to_vec(), 1..=2);
    let ids: Vec<&'static str> = CHECKS.iter().map(|(id, _)| *id).collect();
    let some = subsequence(ids, 1..=4);
    (
        accounts,
        regions,
        some,
        proptest::collection::vec(proptest::option::weighted(0.8, status()), 48),
        0_u8..28,
        blind(),
    )
        .prop_map(|(accounts, regions, some, statuses, day, blind)| {
            let mut statuses = statuses.into_iter();
            let mut findings = Vec::new();
            for (account, region) in
                accounts.iter().flat_map(|account| regions.iter().map(move |region| (*account, *region)))
            {
                for name in ["orders", "users", "carts"] {
                    let resource = resource(account, region, name);
                    let judged =
                        some.iter().filter_map(|check| Some(finding(check, resource.clone(), statuses.next()??)));
                    findings.extend(judged);
                }
            }
            let mut report = report(findings);
            report.scope.accounts = accounts.iter().map(|one| (*one).to_owned()).collect();
            report.scope.regions = regions.iter().map(|one| (*one).to_owned()).collect();
            report.scope.finished = format!("2026-11-{:02}T12:00:00Z", day + 1);
            report.checks.retain(|id, _| some.contains(&id.as_ref()));
            let place = |entry: &NotAssessed| {
                report.scope.accounts.contains(&entry.account)
                    && (entry.region == "global" || report.scope.regions.contains(&entry.region))
            };
            report.not_assessed = blind.into_iter().filter(place).collect();
            report
        })
}

/// Places that were not readable.
fn blind() -> impl Strategy<Value = BTreeSet<NotAssessed>> {
    let checks = subsequence(CHECKS.iter().map(|(id, _)| (*id).to_owned()).collect::<Vec<_>>(), 0..=2);
    let regions = proptest::sample::select(vec![REGIONS[0], REGIONS[1], "global"]);
    let one = (proptest::sample::select(ACCOUNTS.to_vec()), regions, checks).prop_map(|(account, region, checks)| {
        NotAssessed {
            account: account.to_owned(),
            region: region.to_owned(),
            action: Some("dynamodb:ListTables".to_owned()),
            reason: "the caller may not do `dynamodb:ListTables`".to_owned(),
            findings: 0,
            checks,
        }
    });
    proptest::collection::btree_set(one, 0..3)
}
