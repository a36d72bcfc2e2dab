//! A hardware device can not be copied from a distance. Source: Security Hub user guide, "[IAM.6] Hardware MFA should
//! be enabled for the root user".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const SUMMARY: &str = "/supplementaryConfiguration/GetAccountSummary/SummaryMap";

/// Fails for an account whose root user has credentials and no hardware MFA device.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    account.get(SUMMARY)?.ok_or_else(|| Unknown("the account's summary was not read".to_owned()))?;
    let count = |member: &str| account.number(&format!("{SUMMARY}/{member}"));
    // Where the organization manages root credentials, the root user has none.
    let none = |count: Option<f64>| count.is_some_and(|count| count < 1.0);
    if none(count("AccountPasswordPresent")?) && none(count("AccountAccessKeysPresent")?) {
        return Ok(Verdict::NotApplicable);
    }
    if count("AccountMFAEnabled")?.is_some_and(|count| count > 0.0) {
        return virtual_device(account);
    }
    let fault = Fault::new(format!("{SUMMARY}/AccountMFAEnabled"), "the root user has no MFA device");
    Ok(Verdict::Fail(vec![fault.expected("a hardware device").actual("none")]))
}

/// A virtual device that belongs to the root user is the one that it signs in with.
fn virtual_device(account: &Subject<'_>) -> Answer {
    const DEVICES: &str = "/supplementaryConfiguration/ListVirtualMFADevices";
    account.get(DEVICES)?.ok_or_else(|| Unknown("the virtual MFA devices were not read".to_owned()))?;
    let devices = account.entries(DEVICES, "VirtualMFADevices")?;
    let owner = |device: &serde_json::Value| {
        device.pointer("/User/Arn").and_then(serde_json::Value::as_str).is_some_and(|arn| arn.ends_with(":root"))
    };
    if !devices.iter().any(owner) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(DEVICES, "the root user has a virtual MFA device");
    Ok(Verdict::Fail(vec![fault.expected("a hardware device").actual("a virtual one")]))
}
