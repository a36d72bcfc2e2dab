//! A credential that nobody uses can only be used by somebody who should not. One that was never used counts from its
//! creation. Source: Security Hub user guide, "[IAM.22] IAM user credentials unused for 45 days should be removed";
//! "[IAM.8]" asks for 90 days.

use crate::rules::moment::{day_of, days_between};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Fails for a password or an active key whose last use is longer ago than `maxCredentialUsageAge` days; one that was never
/// used counts from its creation.
pub(crate) fn judge(user: &Subject<'_>, world: &World<'_>) -> Answer {
    let most = world.parameter("maxCredentialUsageAge").and_then(serde_json::Value::as_i64).unwrap_or(45);
    user.get(REPORT)?.ok_or_else(|| Unknown("the credential report has no row of the user".to_owned()))?;
    let mut faults = Vec::new();
    for (what, enabled, used, made) in [
        ("the password", "password_enabled", "password_last_used", "password_last_changed"),
        ("access key 1", "access_key_1_active", "access_key_1_last_used_date", "access_key_1_last_rotated"),
        ("access key 2", "access_key_2_active", "access_key_2_last_used_date", "access_key_2_last_rotated"),
    ] {
        if !user.is(&format!("{REPORT}/{enabled}"))? {
            continue;
        }
        let day = |member: &str| Ok(user.get(&format!("{REPORT}/{member}"))?.and_then(day_of));
        let last = day(used)?;
        let since = match last {
            Some(last) => Some(last),
            None => match day(made)? {
                Some(made) => Some(made),
                None => day("user_creation_time")?,
            },
        };
        let since = since.ok_or_else(|| Unknown(format!("the report does not say when {what} was used or created")))?;
        let age = days_between(since, world.today());
        if age > most {
            let actual = if last.is_some() { format!("{age} days ago") } else { format!("never, in {age} days") };
            let fault = Fault::new(format!("{REPORT}/{used}"), format!("{what} is not used, and still valid"));
            faults.push(fault.expected(format!("used within {most} days")).actual(actual));
        }
    }
    Ok(Verdict::of(faults))
}
