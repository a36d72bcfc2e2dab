//! A hardware device or a passkey can't be copied from a distance, and resists a page that only looks like AWS's. A device that
//! is not in the account's list of virtual ones is such a device, so that one list shows it for all users. Source: IAM API
//! reference, `ListVirtualMFADevices`; IAM User Guide, "AWS Multi-factor authentication in IAM".

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";
const DEVICES: &str = "/supplementaryConfiguration/ListVirtualMFADevices";

/// Fails for a user with a password whose second factor is missing or virtual.
pub(crate) fn judge(user: &Subject<'_>, world: &World<'_>) -> Answer {
    user.get(REPORT)?.ok_or_else(|| Unknown("the credential report has no row of the user".to_owned()))?;
    let pointer = format!("{REPORT}/mfa_active");
    if !user.is(&pointer)? {
        if !user.is(&format!("{REPORT}/password_enabled"))? {
            return Ok(Verdict::NotApplicable);
        }
        let fault = Fault::new(pointer, "the user has no MFA device");
        return Ok(Verdict::Fail(vec![fault.expected("a hardware device or a passkey").actual("none")]));
    }
    let mut accounts = world.of("AWS::::Account")?.filter(|one| one.account() == user.account());
    let account = accounts.next().ok_or_else(|| Unknown("the account was not read".to_owned()))?;
    account.get(DEVICES)?.ok_or_else(|| Unknown("the virtual MFA devices were not read".to_owned()))?;
    let owns = |device: &Value| device.pointer("/User/Arn").and_then(Value::as_str) == Some(user.arn());
    if !account.entries(DEVICES, "VirtualMFADevices")?.iter().any(owns) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(pointer, "the user has a virtual MFA device");
    Ok(Verdict::Fail(vec![fault.expected("a hardware device or a passkey").actual("a virtual one")]))
}
