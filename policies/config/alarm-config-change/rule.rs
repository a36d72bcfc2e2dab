//! Changes like these are rare, and the first thing that somebody who has broken in does. The log group of a trail of
//! the organization is in another account: then it has to be looked at, too. Whether somebody reads what the alarm
//! sends is not looked at. Source: CIS AWS Foundations Benchmark, section 4.

use crate::rules::metric_alarm::{Wanted, judge_alarm};
use crate::rules::rust::{Answer, Subject, World};

const WANTED: Wanted = Wanted {
    what: "changes of AWS Config",
    source: Some("config.amazonaws.com"),
    events: &["StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"],
};

/// Fails for an account without such an alarm.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    judge_alarm(account, world, &WANTED)
}
