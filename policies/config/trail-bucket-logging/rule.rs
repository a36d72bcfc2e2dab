//! Access logs show who read the record. Source: Security Hub user guide, "[`CloudTrail.7`] Ensure S3 bucket access
//! logging is enabled on the `CloudTrail` S3 bucket".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const BUCKET: &str = "/supplementaryConfiguration/Bucket";

/// Fails for trails whose bucket does not log who reads it.
pub(crate) fn judge(trail: &Subject<'_>, _: &World<'_>) -> Answer {
    let bucket = trail.document()?.and_then(|document| document.pointer(BUCKET));
    if bucket.is_none_or(serde_json::Value::is_null) {
        return Err(Unknown("the bucket was not read: it may be of another account".to_owned()));
    }
    if trail.get(&format!("{BUCKET}/GetBucketLogging/LoggingEnabled"))?.is_some() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(format!("{BUCKET}/GetBucketLogging"), "nobody logs who reads the trail's bucket");
    Ok(Verdict::Fail(vec![fault.expected("a bucket for access logs").actual("none")]))
}
