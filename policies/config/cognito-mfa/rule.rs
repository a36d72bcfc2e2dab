//! A second factor keeps a leaked password from being enough. Pools whose users may sign in without a password can not
//! ask for one. Source: Security Hub user guide, "[Cognito.5] MFA should be enabled for Cognito user pools".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const MFA: &str = "/supplementaryConfiguration/GetUserPoolMfaConfig/MfaConfiguration";
const FACTORS: &str = "/configuration/Policies/SignInPolicy/AllowedFirstAuthFactors";

/// Fails for pools that let users sign in with a password alone. A pool with other first factors can't ask for a second one.
pub(crate) fn judge(pool: &Subject<'_>, _: &World<'_>) -> Answer {
    if pool.list(FACTORS)?.iter().any(|factor| factor != "PASSWORD") {
        return Ok(Verdict::NotApplicable);
    }
    let is = pool.text(MFA)?.or(pool.text("/configuration/MfaConfiguration")?);
    match is.ok_or_else(|| Unknown("the MFA configuration was not read".to_owned()))? {
        "ON" => Ok(Verdict::Pass),
        other => {
            let fault = Fault::new(MFA, "users can sign in with a password alone");
            Ok(Verdict::Fail(vec![fault.expected("ON").actual(other)]))
        }
    }
}
