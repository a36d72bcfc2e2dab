//! Metric filters and alarms work on a log group. A group that `CloudTrail` can no longer write into stays silent.
//! Source: Security Hub user guide, "[`CloudTrail.5`] `CloudTrail` trails should be integrated with Amazon `CloudWatch`
//! Logs"; CIS AWS Foundations Benchmark 1.5, 3.4.

use crate::rules::moment::{day_of, days_between};
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const GROUP: &str = "/configuration/CloudWatchLogsLogGroupArn";
const LAST: &str = "/supplementaryConfiguration/GetTrailStatus/LatestCloudWatchLogsDeliveryTime";

/// Fails for trails without a log group, and for those that have delivered nothing to it since yesterday.
pub(crate) fn judge(trail: &Subject<'_>, world: &World<'_>) -> Answer {
    if trail.text(GROUP)?.is_none() {
        let fault = Fault::new(GROUP, "the trail does not deliver to CloudWatch Logs");
        return Ok(Verdict::Fail(vec![fault.expected("the ARN of a log group").actual("none")]));
    }
    let last = trail.get(LAST)?.and_then(day_of);
    if last.is_some_and(|last| days_between(last, world.today()) <= 1) {
        return Ok(Verdict::Pass);
    }
    let actual = last.map_or_else(|| "never".to_owned(), |day| day.to_string());
    let fault = Fault::new(LAST, "the trail delivers nothing to its log group");
    Ok(Verdict::Fail(vec![fault.expected("a delivery within a day").actual(actual)]))
}
