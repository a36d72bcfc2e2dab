//! A password alone does not show who signs in. Source: Security Hub user guide, "[IAM.5] MFA should be enabled for all
//! IAM users that have a console password".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Fails for users who can sign in with a password alone.
pub(crate) fn judge(user: &Subject<'_>, _: &World<'_>) -> Answer {
    if !user.is(&format!("{REPORT}/password_enabled"))? {
        return Ok(Verdict::NotApplicable);
    }
    let pointer = format!("{REPORT}/mfa_active");
    if user.is(&pointer)? {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(pointer, "the user signs in with a password alone");
    Ok(Verdict::Fail(vec![fault.expected("an MFA device").actual("none")]))
}
