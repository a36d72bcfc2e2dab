//! `GuardDuty` notices functions that talk to addresses that are known to be bad. Where `GuardDuty` is off,
//! `guardduty-on` says so. Source: Security Hub user guide, "[`GuardDuty.6`] `GuardDuty` Lambda Protection should be
//! enabled".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const DETECTORS: &str = "/supplementaryConfiguration/GuardDuty";

/// Fails for a region whose detector does not look at the network of functions.
pub(crate) fn judge(region: &Subject<'_>, _: &World<'_>) -> Answer {
    region.get(DETECTORS)?.ok_or_else(|| Unknown("the detectors were not read".to_owned()))?;
    let is = |value: &Value, key: &str, wanted: &str| value.get(key).and_then(Value::as_str) == Some(wanted);
    let mut on = region.list(DETECTORS)?.iter().filter(|detector| is(detector, "Status", "ENABLED")).peekable();
    if on.peek().is_none() {
        return Ok(Verdict::NotApplicable);
    }
    let watches = |detector: &Value| {
        let features = detector.get("Features").and_then(Value::as_array).into_iter().flatten();
        features.into_iter().any(|one| is(one, "Name", "LAMBDA_NETWORK_LOGS") && is(one, "Status", "ENABLED"))
    };
    if on.any(watches) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(DETECTORS, "GuardDuty does not watch the network of functions");
    Ok(Verdict::Fail(vec![fault.expected("LAMBDA_NETWORK_LOGS is enabled").actual("it is not")]))
}
