//! Method and path of operations of services that have them there: the reads that are made by a signed call.
//!
//! Source: botocore 1.43.11, `service-2.json`: `http` of each operation, and `locationName` of its input. Members have
//! the names that they have on the way: `nextToken` for `GuardDuty`, `Marker` for Lambda.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::form::escaped;

/// Operation, method, path; members in `{}`.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("access-analyzer:ListAnalyzers", "GET", "/analyzer"),
    ("account:GetAlternateContact", "POST", "/getAlternateContact"),
    ("account:GetContactInformation", "POST", "/getContactInformation"),
    ("account:ListRegions", "POST", "/listRegions"),
    ("backup:GetBackupPlan", "GET", "/backup/plans/{backupPlanId}/"),
    ("backup:GetBackupSelection", "GET", "/backup/plans/{backupPlanId}/selections/{selectionId}"),
    ("backup:ListBackupPlans", "GET", "/backup/plans/"),
    ("backup:ListBackupSelections", "GET", "/backup/plans/{backupPlanId}/selections/"),
    ("backup:ListBackupVaults", "GET", "/backup-vaults/"),
    ("backup:ListCopyJobs", "GET", "/copy-jobs/"),
    ("backup:ListProtectedResources", "GET", "/resources/"),
    ("backup:ListRecoveryPointsByResource", "GET", "/resources/{resourceArn}/recovery-points/"),
    ("guardduty:GetDetector", "GET", "/detector/{DetectorId}"),
    ("guardduty:ListDetectors", "GET", "/detector"),
    ("inspector2:BatchGetAccountStatus", "POST", "/status/batch/get"),
    ("lambda:GetAccountSettings", "GET", "/2016-08-19/account-settings"),
    ("lambda:GetCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    ("lambda:GetFunction", "GET", "/2015-03-31/functions/{FunctionName}"),
    ("lambda:GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    ("lambda:GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
    ("lambda:GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration"),
    ("lambda:GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{FunctionName}/url"),
    ("lambda:GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy"),
    ("lambda:ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases"),
    ("lambda:ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings"),
    ("lambda:ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"),
    ("lambda:ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{FunctionName}/urls"),
    ("lambda:ListFunctions", "GET", "/2015-03-31/functions"),
    ("lambda:ListTags", "GET", "/2017-03-31/tags/{Resource}"),
    ("lambda:ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions"),
    ("s3:GetBucketAcl", "GET", "/{Bucket}?acl"),
    ("s3:GetBucketEncryption", "GET", "/{Bucket}?encryption"),
    ("s3:GetBucketLocation", "GET", "/{Bucket}?location"),
    ("s3:GetBucketLogging", "GET", "/{Bucket}?logging"),
    ("s3:GetBucketPolicy", "GET", "/{Bucket}?policy"),
    ("s3:GetBucketPolicyStatus", "GET", "/{Bucket}?policyStatus"),
    ("s3:GetBucketVersioning", "GET", "/{Bucket}?versioning"),
    ("s3:GetPublicAccessBlock", "GET", "/{Bucket}?publicAccessBlock"),
    ("s3:ListBuckets", "GET", "/"),
    ("securityhub:DescribeHub", "GET", "/accounts"),
    ("securityhub:GetEnabledStandards", "POST", "/standards/get"),
];

/// A request of such a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RestRequest {
    /// The HTTP method.
    pub(super) method: &'static str,
    /// Path and query.
    pub(super) target: String,
    /// The members in the body.
    pub(super) body: Option<Value>,
}

/// Writes the request of an operation: members of the path there, the others in the query of a `GET`, and in the body
/// of a `POST`.
///
/// # Errors
/// The operation is not in the table, or a member of its path is missing.
pub(super) fn request(operation: &str, input: &Value) -> Result<RestRequest, String> {
    let (_, method, path) = OPERATIONS
        .iter()
        .find(|(one, ..)| *one == operation)
        .ok_or_else(|| format!("method and path of {operation} are not known here"))?;
    let mut members: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
    let mut target = String::new();
    let mut rest = *path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = members.remove(name).as_ref().and_then(text).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| format!("{operation} needs {name}"))?;
        target.push_str(before);
        target.push_str(&escaped(&value));
        rest = after;
    }
    target.push_str(rest);
    if *method != "GET" {
        return Ok(RestRequest { method, target, body: Some(Value::Object(members)) });
    }
    for (name, value) in &members {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values.iter().filter_map(text) {
            target.push(if target.contains('?') { '&' } else { '?' });
            let _ = write!(target, "{}={}", escaped(name), escaped(&value));
        }
    }
    Ok(RestRequest { method, target, body: None })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The operations of the table, each with method and path.
#[cfg(test)]
pub(super) fn operations() -> &'static [(&'static str, &'static str, &'static str)] {
    OPERATIONS
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_go_to_path_query_or_body() {
        let of = |operation, input| request(operation, &input).expect("a request");
        let policy = of("lambda:GetPolicy", json!({"FunctionName": "arn:x:f/1", "Qualifier": "live"}));
        assert_eq!(policy.target, "/2015-03-31/functions/arn%3Ax%3Af%2F1/policy?Qualifier=live");
        let acl = of("s3:GetBucketAcl", json!({"Bucket": "b", "versionId": 1}));
        assert_eq!((acl.method, acl.target.as_str()), ("GET", "/b?acl&versionId=1"));
        let contact = of("account:GetAlternateContact", json!({"AlternateContactType": "SECURITY"}));
        assert_eq!(contact.body, Some(json!({"AlternateContactType": "SECURITY"})));
        assert!(request("lambda:GetPolicy", &json!({})).is_err());
        assert!(request("lambda:DeleteFunction", &json!({})).is_err());
    }

    #[test]
    fn table_has_reads_only_in_order() {
        assert!(operations().windows(2).all(|two| two[0].0 < two[1].0));
        for (operation, ..) in operations() {
            let name = operation.split(':').nth(1).unwrap_or_default();
            assert!(["Get", "List", "Describe", "BatchGet"].iter().any(|verb| name.starts_with(verb)), "{name}");
        }
    }
}
