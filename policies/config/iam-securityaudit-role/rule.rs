//! Whoever audits an account should be able to read its configuration, and nothing more.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for an account without a role that has the policy `SecurityAudit`.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    for role in world.of("AWS::IAM::Role")?.filter(|role| role.account() == account.account()) {
        let attached = role.list("/configuration/attachedManagedPolicies")?.iter();
        let mut arns = attached.filter_map(|policy| policy.get("policyArn")?.as_str());
        if arns.any(|arn| arn.ends_with(":iam::aws:policy/SecurityAudit")) {
            return Ok(Verdict::Pass);
        }
    }
    let fault = Fault::new("", "no role has the policy SecurityAudit");
    Ok(Verdict::Fail(vec![fault.expected("a role with SecurityAudit").actual("none")]))
}
