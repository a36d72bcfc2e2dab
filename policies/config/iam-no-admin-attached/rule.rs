//! Users and groups hold long-lived credentials: none of them should be able to do everything.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const ATTACHED: &str = "/configuration/AttachedManagedPolicies";

/// Fails where AWS's own policy is attached; one of the same name in the account is judged by what it says.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let arns = subject.list(ATTACHED)?.iter().filter_map(|policy| policy.get("PolicyArn")?.as_str());
    let found = arns.filter(|arn| arn.ends_with(":iam::aws:policy/AdministratorAccess"));
    let fault = |arn: &str| {
        Fault::new(ATTACHED, "AdministratorAccess is attached")
            .expected("policies that name what is needed")
            .actual(arn)
    };
    Ok(Verdict::of(found.map(fault).collect()))
}
