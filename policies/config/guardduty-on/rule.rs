//! `GuardDuty` notices calls with stolen credentials. Source: Security Hub user guide, "[`GuardDuty.1`] `GuardDuty`
//! should be enabled".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const DETECTORS: &str = "/supplementaryConfiguration/GuardDuty";

/// Fails for a region without a detector that is enabled.
pub(crate) fn judge(region: &Subject<'_>, _: &World<'_>) -> Answer {
    region.get(DETECTORS)?.ok_or_else(|| Unknown("the detectors were not read".to_owned()))?;
    let detectors = region.list(DETECTORS)?;
    if detectors.iter().any(|detector| detector.get("Status").is_some_and(|status| status == "ENABLED")) {
        return Ok(Verdict::Pass);
    }
    let actual = if detectors.is_empty() { "no detector" } else { "a suspended detector" };
    let fault = Fault::new(DETECTORS, "GuardDuty is not on");
    Ok(Verdict::Fail(vec![fault.expected("a detector that is enabled").actual(actual)]))
}
