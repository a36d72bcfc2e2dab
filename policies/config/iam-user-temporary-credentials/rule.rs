//! Workloads should get credentials that end by themselves: keys of users live until somebody thinks of them. Looked at is the
//! service that a key was last used for: the credential report has no earlier ones, so that an older use of another service
//! stays unseen behind a later one of IAM or STS. Source: IAM User Guide, "Get credential reports for your AWS account".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Fails for each active key that was last used for another service than IAM and STS.
pub(crate) fn judge(user: &Subject<'_>, _: &World<'_>) -> Answer {
    user.get(REPORT)?.ok_or_else(|| Unknown("the credential report has no row of the user".to_owned()))?;
    let (mut faults, mut keys) = (Vec::new(), 0);
    for number in ["1", "2"] {
        if !user.is(&format!("{REPORT}/access_key_{number}_active"))? {
            continue;
        }
        keys += 1;
        let pointer = format!("{REPORT}/access_key_{number}_last_used_service");
        let last = user.text(&pointer)?.filter(|service| !["", "N/A", "iam", "sts"].contains(service));
        if let Some(service) = last {
            let message = format!("access key {number} of the user was last used for {service}");
            faults.push(Fault::new(pointer, message).expected("iam or sts").actual(service));
        }
    }
    if keys == 0 { Ok(Verdict::NotApplicable) } else { Ok(Verdict::of(faults)) }
}
