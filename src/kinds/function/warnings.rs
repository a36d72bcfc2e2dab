//! The warnings of a change.

use super::identity::{LOG_GROUP, OWNED};
use super::rollout;
use super::spec::{FunctionSpec, Permission};
use crate::base::count;
use crate::kind::{Change, Difference};

pub(super) fn warnings(change: Change<'_, FunctionSpec>, differences: &[Difference]) -> Vec<String> {
    let differs = |key: &str| differences.iter().any(|difference| difference.is_in(key));
    let mut warnings = Vec::new();
    match change {
        Change::Create { after } => {
            if after.reserved_concurrency == Some(0) {
                warnings.push("a reserved concurrency of 0 keeps the function from being invoked".to_owned());
            }
        }
        Change::Update { before, after, .. } => {
            // Source: Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC".
            if differs("vpc") && before.spec.vpc.is_some() {
                warnings.push(INTERFACES.to_owned());
            }
            warnings.extend(rollout::between(&before.spec, after, differences));
            if differs("reserved_concurrency") && after.reserved_concurrency == Some(0) {
                warnings.push("a reserved concurrency of 0 keeps the function from being invoked".to_owned());
            }
            // Source: `CloudWatch` Logs API reference, `PutRetentionPolicy`.
            if let (true, Some(days)) = (differs("log_retention"), after.log_retention)
                && before.spec.log_retention.is_none_or(|old| days < old)
            {
                warnings.push(format!("log events older than {} will be deleted", count(days, "day")));
            }
            let replaced = |(sid, old): (&String, &Permission)| {
                let new = after.permissions.as_ref().and_then(|permissions| permissions.get(sid));
                new.is_some_and(|new| new != old).then(|| {
                    format!("permission `{sid}` is removed and added again: between the two calls it does not exist")
                })
            };
            warnings.extend(before.spec.permissions.iter().flatten().filter_map(replaced));
        }
        Change::Delete { before, .. } => {
            if before.spec.vpc.is_some() {
                warnings.push(INTERFACES.to_owned());
            }
            if before.outputs.get(LOG_GROUP).is_some_and(|whose| whose == OWNED) {
                warnings.push(
                    "its log group is deleted with it; an invocation that is still running may create it again"
                        .to_owned(),
                );
            }
        }
    }
    warnings
}

const INTERFACES: &str = "Lambda takes up to 40 minutes to delete the network interfaces that the function had in \
                          its VPC: until then their subnets and security groups can't be deleted, and the execution \
                          role is needed to delete them";
