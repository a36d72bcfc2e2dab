//! The managed policies of AWS and their paths: IAM takes a policy by path and name, and by nothing less.
//!
//! AWS goes on adding to them, so nothing is said of a name that is not here.

/// A line for each path, with the names under it.
const POLICIES: &str = include_str!("aws_policies.txt");

/// The path and name of a policy of AWS that was named with another path, or with none.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_wrong_or_lacking_is_told() {
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
