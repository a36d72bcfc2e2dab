//! Members of a group with `AdministratorAccess` may do everything. Source: CIS AWS Foundations Benchmark, section 1.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for groups with `AdministratorAccess` that have a member without an MFA device.
pub(crate) fn judge(group: &Subject<'_>, world: &World<'_>) -> Answer {
    let attached = group.list("/configuration/AttachedManagedPolicies")?.iter();
    let mut arns = attached.filter_map(|policy| policy.get("PolicyArn")?.as_str());
    if !arns.any(|arn| arn.ends_with(":iam::aws:policy/AdministratorAccess")) {
        return Ok(Verdict::NotApplicable);
    }
    let mut without = Vec::new();
    for user in world.of("AWS::IAM::User")?.filter(|user| user.account() == group.account()) {
        let member = user.list("/configuration/GroupList")?.iter().any(|name| name == group.id());
        if member && !user.is("/supplementaryConfiguration/CredentialReport/mfa_active")? {
            without.push(user.id());
        }
    }
    if without.is_empty() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new("", "administrators have no MFA device");
    Ok(Verdict::Fail(vec![fault.expected("an MFA device of each member").actual(without.join(", "))]))
}
