//! A trail keeps the record of what was called, by whom and from where. Source: Security Hub user guide,
//! "[`CloudTrail.3`] At least one `CloudTrail` trail should be enabled".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use crate::rules::trail::{any_trail, is_logging, trails};

/// Fails for an account without a trail that logs.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    let trails = trails(world, account.account())?;
    if any_trail(&trails, is_logging)? {
        return Ok(Verdict::Pass);
    }
    let actual = if trails.is_empty() { "no trail" } else { "trails that do not log" };
    let fault = Fault::new("", "no trail is logging");
    Ok(Verdict::Fail(vec![fault.expected("a trail that logs").actual(actual)]))
}
