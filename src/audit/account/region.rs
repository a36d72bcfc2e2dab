//! A region of an account as a resource: services that are on or off in it, and lists that checks look at as a whole.

use futures::future;
use serde_json::{Value, json};

use super::part::{self, Form, Input, Part};
use super::{Collector, Document, Reader, Unread, Wanted};
use crate::aws::CallError;

/// The type, which AWS does not have: Security Hub names an account `AWS::::Account`.
pub(super) const TYPE: &str = "AWS::::Region";

/// The member with the answers about detectors of `GuardDuty`.
const GUARD_DUTY: &str = "GuardDuty";
const DETECTOR: &str = "guardduty:GetDetector";

/// The member with the answer about Amazon Inspector.
const INSPECTOR: &str = "Inspector2";
const INSPECTOR_STATUS: &str = "inspector2:BatchGetAccountStatus";

/// The calls, one for each member.
const PARTS: &[Part] = &[
    list("ListAnalyzers", "access-analyzer:ListAnalyzers", &[]),
    Part { member: "SecurityHub", operation: "securityhub:DescribeHub", input: &[], form: Form::At("") },
    list("DescribeConfigurationRecorders", "config:DescribeConfigurationRecorders", &[]),
    list("DescribeConfigurationRecorderStatus", "config:DescribeConfigurationRecorderStatus", &[]),
    list("DescribeDeliveryChannels", "config:DescribeDeliveryChannels", &[]),
    list("DescribeConfigRules", "config:DescribeConfigRules", &[]),
    list(
        "DescribeComplianceByResource",
        "config:DescribeComplianceByResource",
        &[("ComplianceTypes", Input::Texts("NON_COMPLIANT"))],
    ),
    list("DescribeTrails", "cloudtrail:DescribeTrails", &[]),
    list("DescribeMetricFilters", "logs:DescribeMetricFilters", &[]),
    list("DescribeAlarms", "cloudwatch:DescribeAlarms", &[]),
    list("ListSubscriptions", "sns:ListSubscriptions", &[]),
    list("ListRules", "events:ListRules", &[]),
    Part { member: "DescribeLimits", operation: "dynamodb:DescribeLimits", input: &[], form: Form::At("") },
    list("ListProtectedResources", "backup:ListProtectedResources", &[]),
    list("ListCopyJobs", "backup:ListCopyJobs", &[("resourceType", Input::Text("DynamoDB"))]),
];

const fn list(member: &'static str, operation: &'static str, input: &'static [(&'static str, Input)]) -> Part {
    Part { member, operation, input, form: Form::List }
}

/// Reads the document of a region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TYPE) {
        return;
    }
    into.expect(1);
    let env = reader.env();
    let arn = format!("arn:{}:account:{}:{}:region", env.partition, env.region, env.account);
    let mut document = Document::new(TYPE, reader, &env.region, None, &arn);
    let detectors = async { detectors(reader).await.map(Some) };
    let detectors = part::if_wanted((TYPE, GUARD_DUTY), DETECTOR, wanted, detectors);
    let inspector = part::if_wanted((TYPE, INSPECTOR), INSPECTOR_STATUS, wanted, inspector(reader));
    let parts = part::add(&mut document, PARTS, &Value::Null, reader, wanted);
    let ((), detectors, inspector) = future::join3(parts, detectors, inspector).await;
    part::write(&mut document, reader, DETECTOR, GUARD_DUTY, detectors);
    part::write(&mut document, reader, INSPECTOR_STATUS, INSPECTOR, inspector);
    into.push(document.finish());
}

/// The detectors of a region: none where `GuardDuty` is off, else one.
async fn detectors(reader: &Reader) -> Result<Value, Unread> {
    let ids = reader.all("guardduty:ListDetectors", json!({})).await?;
    let details = ids.into_iter().map(|id| reader.find(DETECTOR, json!({"DetectorId": id})));
    Ok(future::try_join_all(details).await?.into_iter().flatten().collect())
}

/// The state of Amazon Inspector for the account; `None` where it was never turned on. An account whose state it does not
/// report is in a second list.
async fn inspector(reader: &Reader) -> Result<Option<Value>, Unread> {
    let answer = reader.ask(INSPECTOR_STATUS, json!({"accountIds": [reader.env().account]})).await?;
    state(&answer).map_err(|why| {
        let unread = Unread::of(INSPECTOR_STATUS, CallError::unexpected(INSPECTOR_STATUS, why));
        reader.note(&unread);
        unread
    })
}

fn state(answer: &Value) -> Result<Option<Value>, String> {
    let Some(failure) = answer.pointer("/failedAccounts/0") else { return Ok(answer.pointer("/accounts/0").cloned()) };
    let why = ["errorMessage", "errorCode"].iter().find_map(|member| failure.get(member)?.as_str());
    Err(why.unwrap_or("the account is in `failedAccounts`").to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn members_of_a_region_are_named_once_each() {
        let members: BTreeSet<&str> = PARTS.iter().map(|part| part.member).collect();
        assert_eq!(members.len(), PARTS.len());
    }

    #[test]
    fn account_whose_state_inspector_does_not_report_is_an_error_and_no_absence() {
        let own = json!({"accountId": "1", "resourceState": {"lambda": {"status": "ENABLED"}}});
        assert_eq!(state(&json!({"accounts": [own], "failedAccounts": []})), Ok(Some(own)));
        assert_eq!(state(&json!({"accounts": [], "failedAccounts": []})), Ok(None));
        let failed = json!({"accounts": [], "failedAccounts": [{"accountId": "1", "errorCode": "ACCESS_DENIED"}]});
        assert_eq!(state(&failed), Err("ACCESS_DENIED".to_owned()));
    }
}
