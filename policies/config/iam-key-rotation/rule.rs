//! Keys that are replaced regularly limit how long a leaked one can be used. Source: AWS Config developer guide,
//! "access-keys-rotated".

use crate::rules::moment::{day_of, days_between};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Fails for active keys that are older than `maxAccessKeyAge` days.
pub(crate) fn judge(user: &Subject<'_>, world: &World<'_>) -> Answer {
    let most = world.parameter("maxAccessKeyAge").and_then(serde_json::Value::as_i64).unwrap_or(90);
    user.get(REPORT)?.ok_or_else(|| Unknown("the credential report has no row of the user".to_owned()))?;
    let mut faults = Vec::new();
    for key in [1, 2] {
        if !user.is(&format!("{REPORT}/access_key_{key}_active"))? {
            continue;
        }
        let pointer = format!("{REPORT}/access_key_{key}_last_rotated");
        let day = user.get(&pointer)?.and_then(day_of);
        let day = day.ok_or_else(|| Unknown(format!("the report does not say when access key {key} was created")))?;
        let age = days_between(day, world.today());
        if age > most {
            let fault = Fault::new(pointer, format!("access key {key} is {age} days old"));
            faults.push(fault.expected(format!("at most {most} days")).actual(format!("{age} days, of {day}")));
        }
    }
    Ok(Verdict::of(faults))
}
