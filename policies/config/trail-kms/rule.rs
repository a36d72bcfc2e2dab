//! The key's policy decides who can read the record, besides the bucket's. Source: Security Hub user guide,
//! "[`CloudTrail.2`] `CloudTrail` should have encryption at-rest enabled".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const KEY: &str = "/configuration/KmsKeyId";

/// Fails for trails without a key.
pub(crate) fn judge(trail: &Subject<'_>, _: &World<'_>) -> Answer {
    if trail.text(KEY)?.is_some_and(|key| !key.is_empty()) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(KEY, "the trail is not encrypted with a key of KMS");
    Ok(Verdict::Fail(vec![fault.expected("the ARN of a key").actual("none")]))
}
