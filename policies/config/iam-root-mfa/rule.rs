//! No policy of the account limits the root user: a password alone must not be enough for it. Source: Security Hub user
//! guide, "[IAM.9] MFA should be enabled for the root user".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const SUMMARY: &str = "/supplementaryConfiguration/GetAccountSummary/SummaryMap";

/// Fails for an account whose root user has credentials and no MFA device.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    account.get(SUMMARY)?.ok_or_else(|| Unknown("the account's summary was not read".to_owned()))?;
    let count = |member: &str| account.number(&format!("{SUMMARY}/{member}"));
    // Where the organization manages root credentials, the root user has none.
    let none = |count: Option<f64>| count.is_some_and(|count| count < 1.0);
    if none(count("AccountPasswordPresent")?) && none(count("AccountAccessKeysPresent")?) {
        return Ok(Verdict::NotApplicable);
    }
    if count("AccountMFAEnabled")?.is_some_and(|count| count > 0.0) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(format!("{SUMMARY}/AccountMFAEnabled"), "the root user has no MFA device");
    Ok(Verdict::Fail(vec![fault.expected("an MFA device").actual("none")]))
}
