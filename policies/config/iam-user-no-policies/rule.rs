//! Permissions belong to roles and groups: those of single users are seldom looked through. Source: Security Hub user
//! guide, "[IAM.2] IAM users should not have IAM policies attached".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for users with inline policies or attached ones.
pub(crate) fn judge(user: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut faults = Vec::new();
    for (list, name, what) in [
        ("/configuration/UserPolicyList", "PolicyName", "inline policies"),
        ("/configuration/AttachedManagedPolicies", "PolicyArn", "policies attached"),
    ] {
        let names: Vec<&str> = user.list(list)?.iter().filter_map(|policy| policy.get(name)?.as_str()).collect();
        if !names.is_empty() {
            faults.push(Fault::new(list, format!("the user has {what}")).expected("none").actual(names.join(", ")));
        }
    }
    Ok(Verdict::of(faults))
}
