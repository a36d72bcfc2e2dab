//! The recorder keeps how each resource was configured and when. Source: Security Hub user guide, "[Config.1] AWS
//! Config should be enabled and use the service-linked role for resource recording".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const RECORDERS: &str = "/supplementaryConfiguration/DescribeConfigurationRecorders";
const STATUS: &str = "/supplementaryConfiguration/DescribeConfigurationRecorderStatus";

/// Fails for a region without a recorder that records and delivers.
pub(crate) fn judge(region: &Subject<'_>, _: &World<'_>) -> Answer {
    region.get(RECORDERS)?.ok_or_else(|| Unknown("the recorders were not read".to_owned()))?;
    if region.entries(RECORDERS, "ConfigurationRecorders")?.is_empty() {
        let fault = Fault::new(RECORDERS, "AWS Config has no recorder in the region");
        return Ok(Verdict::Fail(vec![fault.expected("a recorder").actual("none")]));
    }
    let statuses = region.entries(STATUS, "ConfigurationRecordersStatus")?;
    let on = |status: &&Value| status.get("recording").and_then(Value::as_bool) == Some(true);
    let failed = |status: &Value| {
        status.get("lastStatus").and_then(Value::as_str).is_some_and(|status| status.eq_ignore_ascii_case("failure"))
    };
    let fault = match statuses.iter().find(on) {
        None => Fault::new(STATUS, "the recorder does not record").actual("stopped"),
        Some(status) if failed(status) => Fault::new(STATUS, "the recorder fails").actual("failure"),
        Some(_) => return Ok(Verdict::Pass),
    };
    Ok(Verdict::Fail(vec![fault.expected("recording")]))
}
