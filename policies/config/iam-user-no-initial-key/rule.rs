//! Keys that are created together with a user are often never needed. Source: CIS AWS Foundations Benchmark, "Do not
//! create access keys during initial setup for IAM users with a console password".

use crate::rules::moment::day_of;
use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Fails for users with a password and an active key without a first use.
pub(crate) fn judge(user: &Subject<'_>, _: &World<'_>) -> Answer {
    if !user.is(&format!("{REPORT}/password_enabled"))? {
        return Ok(Verdict::Pass);
    }
    let mut faults = Vec::new();
    for key in [1, 2] {
        let pointer = format!("{REPORT}/access_key_{key}_last_used_date");
        if user.is(&format!("{REPORT}/access_key_{key}_active"))? && user.get(&pointer)?.and_then(day_of).is_none() {
            let fault = Fault::new(pointer, format!("access key {key} is active and was never used"));
            faults.push(fault.expected("no key, or one in use").actual("never used"));
        }
    }
    Ok(Verdict::of(faults))
}
