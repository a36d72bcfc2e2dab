//! Whoever manages incidents has to be able to open cases with AWS. As IAM.18 of Security Hub does, users and groups
//! with the policy count, too. Source: CIS AWS Foundations Benchmark, "Ensure a support role has been created to manage
//! incidents with AWS Support".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const ENTITIES: &str = "/supplementaryConfiguration/SupportRoles";

/// Fails where no role, user or group has the policy `AWSSupportAccess`.
pub(crate) fn judge(account: &Subject<'_>, _: &World<'_>) -> Answer {
    account.get(ENTITIES)?.ok_or_else(|| Unknown("who has AWSSupportAccess was not read".to_owned()))?;
    for kind in ["roles", "users", "groups"] {
        if !account.list(&format!("{ENTITIES}/{kind}"))?.is_empty() {
            return Ok(Verdict::Pass);
        }
    }
    let fault = Fault::new(ENTITIES, "nobody has the policy AWSSupportAccess");
    Ok(Verdict::Fail(vec![fault.expected("a role with AWSSupportAccess").actual("none")]))
}
