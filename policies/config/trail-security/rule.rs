//! One trail that has everything is better than several with gaps. Source: AWS Config developer guide,
//! "cloudtrail-security-trail-enabled".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use crate::rules::trail::{any_trail, is_logging, logs_management, trails};

/// Fails for an account none of whose trails has all that `CLOUDTRAIL_SECURITY_TRAIL_ENABLED` asks for.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    let complete = any_trail(&trails(world, account.account())?, |trail| {
        Ok(trail.is("/configuration/IsMultiRegionTrail")?
            && trail.is("/configuration/IncludeGlobalServiceEvents")?
            && trail.is("/configuration/LogFileValidationEnabled")?
            && trail.text("/configuration/KmsKeyId")?.is_some()
            && is_logging(trail)?
            && logs_management(trail, true)?)
    })?;
    if complete {
        return Ok(Verdict::Pass);
    }
    let expected =
        "a trail of all regions and global services that logs all management events, encrypted and validated";
    let fault = Fault::new("", "no trail has all that a security trail needs");
    Ok(Verdict::Fail(vec![fault.expected(expected).actual("none")]))
}
