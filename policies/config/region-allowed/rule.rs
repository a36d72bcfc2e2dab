//! Data that has to stay in certain countries has to stay in certain regions. `regions` says in which; a stack has its
//! `residency` for that.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for a resource in another region.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let regions = world.parameter("regions").and_then(Value::as_array).into_iter().flatten();
    let allowed: Vec<&str> = regions.filter_map(Value::as_str).collect();
    let region = subject.text("/awsRegion")?.unwrap_or_default();
    if allowed.is_empty() || region.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    if allowed.contains(&region) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new("/awsRegion", format!("the resource is in {region}, where data may not be kept"));
    Ok(Verdict::Fail(vec![fault.expected(allowed.join(", ")).actual(region)]))
}
