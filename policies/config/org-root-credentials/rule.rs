//! An organization can take the root users of its accounts their passwords and keys, and act for them where only a root user may.
//! Only the account that manages the organization is asked: others can't see it. Source: IAM User Guide, "Centrally manage root
//! access for member accounts"; IAM API reference, `ListOrganizationsFeatures`.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/supplementaryConfiguration/ListOrganizationsFeatures";
const ORGANIZATION: &str = "/supplementaryConfiguration/DescribeOrganization/Organization";

/// Fails for an organization that does not manage the credentials of root users.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    let organization = account.get(ORGANIZATION)?;
    let manager = organization.and_then(|one| one.get("MasterAccountId")).and_then(Value::as_str);
    if manager != Some(account.account()) {
        return Ok(Verdict::NotApplicable);
    }
    let features: Vec<&str> = account.entries(AT, "EnabledFeatures")?.iter().filter_map(Value::as_str).collect();
    if features.contains(&"RootCredentialsManagement") {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(AT, "the organization does not manage the credentials of its accounts' root users");
    let actual = if features.is_empty() { "none".to_owned() } else { features.join(", ") };
    Ok(Verdict::Fail(vec![fault.expected("RootCredentialsManagement").actual(actual)]))
}
