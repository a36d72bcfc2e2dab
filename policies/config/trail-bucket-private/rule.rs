//! The record of an account shows what it has and how it is run. Source: Security Hub user guide, "[`CloudTrail.6`]
//! Ensure the S3 bucket used to store `CloudTrail` logs is not publicly accessible".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const BUCKET: &str = "/supplementaryConfiguration/Bucket";

/// Groups that everybody with an account of AWS is in, or simply everybody.
const PUBLIC: [&str; 2] = ["/global/AllUsers", "/global/AuthenticatedUsers"];

/// Fails for trails whose bucket is opened by its policy or its access control list, and not closed by a block.
pub(crate) fn judge(trail: &Subject<'_>, _: &World<'_>) -> Answer {
    let bucket = trail.document()?.and_then(|document| document.pointer(BUCKET));
    if bucket.is_none_or(Value::is_null) {
        return Err(Unknown("the bucket was not read: it may be of another account".to_owned()));
    }
    let block = format!("{BUCKET}/GetPublicAccessBlock/PublicAccessBlockConfiguration");
    let blocks = |setting: &str| trail.is(&format!("{block}/{setting}"));
    let mut faults = Vec::new();
    let policy = format!("{BUCKET}/GetBucketPolicyStatus/PolicyStatus/IsPublic");
    if !blocks("RestrictPublicBuckets")? && trail.is(&policy)? {
        faults.push(Fault::new(policy, "the policy of the trail's bucket is public").expected("false").actual("true"));
    }
    let list = format!("{BUCKET}/GetBucketAcl/Grants");
    let grants = if blocks("IgnorePublicAcls")? { &[] } else { trail.list(&list)? };
    for (index, grant) in grants.iter().enumerate() {
        let group = grant.pointer("/Grantee/URI").and_then(Value::as_str).unwrap_or_default();
        if PUBLIC.iter().any(|public| group.ends_with(public)) {
            let fault = Fault::new(format!("{list}/{index}"), "the trail's bucket is open by its access control list");
            faults.push(fault.expected("no grant to a public group").actual(group));
        }
    }
    Ok(Verdict::of(faults))
}
