//! The root user is for the few tasks that nobody else can do. Source: CIS AWS Foundations Benchmark, "Eliminate use of
//! the root user for administrative and daily tasks".

use crate::rules::moment::{day_of, days_between};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Fails for an account whose root user was used within the last `days` days.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    let least = world.parameter("days").and_then(serde_json::Value::as_i64).unwrap_or(1);
    account.get(REPORT)?.ok_or_else(|| Unknown("the credential report has no row of the root user".to_owned()))?;
    let mut faults = Vec::new();
    for member in ["password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date"] {
        let pointer = format!("{REPORT}/{member}");
        let Some(day) = account.get(&pointer)?.and_then(day_of) else { continue };
        if days_between(day, world.today()) <= least {
            let fault = Fault::new(pointer, "the root user was used");
            faults.push(fault.expected(format!("not within {least} days")).actual(day.to_string()));
        }
    }
    Ok(Verdict::of(faults))
}
