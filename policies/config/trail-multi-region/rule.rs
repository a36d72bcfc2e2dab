//! Only a trail of all regions sees what happens where nobody expects it. Source: Security Hub user guide,
//! "[`CloudTrail.1`] `CloudTrail` should be enabled and configured with at least one multi-Region trail that includes
//! read and write management events".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use crate::rules::trail::{any_trail, is_logging, logs_management, trails};

/// Fails for an account without a trail that logs all management events of all regions.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    let trails = trails(world, account.account())?;
    let complete = any_trail(&trails, |trail| {
        Ok(trail.is("/configuration/IsMultiRegionTrail")? && is_logging(trail)? && logs_management(trail, false)?)
    })?;
    if complete {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new("", "no trail logs the management events of all regions");
    let expected = "a trail of all regions that logs, with the management events that read and those that write";
    Ok(Verdict::Fail(vec![fault.expected(expected).actual(if trails.is_empty() {
        "no trail"
    } else {
        "none of the trails"
    })]))
}
