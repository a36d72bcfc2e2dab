//! The managed policies of AWS and their paths: IAM takes a policy only by path and name.
//!
//! AWS keeps adding to them, so a name that is not here is not judged.

use super::spec::{RoleSpec, policy_arn};
use crate::base::{Environment, PropertyPath, Vault, pending};
use crate::path;

/// A line for each path, with the names under it.
const POLICIES: &str = include_str!("aws_policies.txt");

/// The path and name of a policy of AWS that was given with another path, or with none.
pub(super) fn meant(given: &str) -> Option<String> {
    let given = given.strip_prefix('/').unwrap_or(given);
    let (folder, name) = given.rsplit_once('/').map_or(("", given), |(path, name)| (path, name));
    let lines = POLICIES.lines().filter_map(|line| line.strip_prefix('/'));
    let mut there = lines.filter_map(|line| {
        let mut words = line.split(' ');
        let path = words.next()?.trim_end_matches('/');
        words.any(|one| one == name).then_some(path)
    });
    let path = there.next().filter(|path| *path != folder)?;
    Some(if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") })
}

/// The ARNs of the managed policies that a role has in `wanted` and not in `live`, and their places. Values that are
/// not known yet, or are sensitive, are skipped.
pub(super) fn newly_named(
    wanted: &RoleSpec,
    live: Option<&RoleSpec>,
    env: &Environment,
) -> Vec<(PropertyPath, String)> {
    let known = |text: &&String| !pending::is_pending(text) && !Vault::is_sealed(text);
    let has = |text: &&String| live.is_some_and(|live| live.managed_policies.contains(text));
    let attached = wanted.managed_policies.iter().filter(|text| !has(text));
    let bound = live.and_then(|live| live.permissions_boundary.as_ref());
    let boundary = wanted.permissions_boundary.as_ref().filter(|boundary| bound != Some(boundary));
    let arn = |at: PropertyPath| move |text: &String| (at.clone(), policy_arn(text, env));
    let attached = attached.filter(known).map(arn(path!["managed_policies"]));
    attached.chain(boundary.filter(known).map(arn(path!["permissions_boundary"]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_or_missing_managed_policy_path_is_corrected() {
        for right in
            ["service-role/AWSLambdaBasicExecutionRole", "AWSLambdaInvocation-DynamoDB", "job-function/Billing"]
        {
            assert_eq!(meant(right), None);
            assert_eq!(meant(&format!("/{right}")), None);
        }
        let meant = |given| meant(given).unwrap_or_default();
        assert_eq!(meant("AWSLambdaBasicExecutionRole"), "service-role/AWSLambdaBasicExecutionRole");
        assert_eq!(meant("job-function/AWSLambdaRole"), "service-role/AWSLambdaRole");
        assert_eq!(meant("service-role/AmazonDynamoDBFullAccess"), "AmazonDynamoDBFullAccess");
        assert_eq!(meant("ViewOnlyAccess"), "job-function/ViewOnlyAccess");
        assert_eq!(meant("SomethingNewOfAws"), "");
        assert_eq!(meant("AWSLambdaReplicator"), "", "it can't be attached anyway");
    }
}
