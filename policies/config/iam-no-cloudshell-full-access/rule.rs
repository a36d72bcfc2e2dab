//! `CloudShell` has a network and storage of its own, by which data can leave. Source: CIS AWS Foundations Benchmark,
//! "Ensure access to `AWSCloudShellFullAccess` is restricted".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for roles, users and groups with AWS's policy.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let (list, key) = match subject.type_name() {
        "AWS::IAM::Role" => ("/configuration/attachedManagedPolicies", "policyArn"),
        _ => ("/configuration/AttachedManagedPolicies", "PolicyArn"),
    };
    let mut arns = subject.list(list)?.iter().filter_map(|policy| policy.get(key)?.as_str());
    match arns.find(|arn| arn.ends_with(":iam::aws:policy/AWSCloudShellFullAccess")) {
        Some(arn) => {
            let fault = Fault::new(list, "AWSCloudShellFullAccess is attached");
            Ok(Verdict::Fail(vec![fault.expected("not attached").actual(arn)]))
        }
        None => Ok(Verdict::Pass),
    }
}
