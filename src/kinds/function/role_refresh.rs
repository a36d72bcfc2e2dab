//! The rule by which the execution role must be set once more.
//!
//! Lambda grants the role the use of the key that encrypts the environment variables, and KMS keeps the grant for that
//! very role: one that was created anew under the same name does not have it, and every invocation fails.
//! Source: AWS Knowledge Center, "How do I resolve `KMSAccessDeniedException` errors from AWS Lambda?". It sets
//! another role (or key) and then the former one again; we have no other role to set, and send role, key
//! and variables once more in one call, which makes Lambda encrypt them anew.

use crate::base::PropertyPath;
use crate::kind::{Dependency, Difference, Observed};
use crate::path;

use super::spec::FunctionSpec;

/// The output that reports when the function was last changed, in seconds since 1970.
pub(super) const MODIFIED: &str = "modified";

/// The path of the role, if it is created anew under its name, or was since the function was last changed.
pub(super) fn refreshes(
    desired: &FunctionSpec,
    live: &Observed<FunctionSpec>,
    dependency: &Dependency<'_>,
) -> Vec<PropertyPath> {
    let is_its_role = dependency.address.section() == "roles"
        && desired.role == live.spec.role
        && desired.role.rsplit('/').next() == Some(dependency.name);
    let modified = live.outputs.get(MODIFIED).and_then(|seconds| seconds.parse().ok());
    let newer = dependency.made_anew || modified.is_some_and(|modified: i64| dependency.was_made_after(modified));
    if is_its_role && newer { vec![path!["role"]] } else { Vec::new() }
}

/// Returns whether the role is set once more, to the same value.
pub(super) fn is_renewal(differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.path == path!["role"] && difference.before == difference.after)
}

/// Parses `LastModified`. Source: API reference, `FunctionConfiguration`: ISO 8601 with a zone (`+0000`; emulators
/// write `Z`).
#[cfg(any(feature = "aws", test))]
pub(super) fn seconds(last_modified: &str) -> Option<i64> {
    let moment = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", last_modified);
    let moment = moment.ok().or_else(|| last_modified.parse().ok());
    moment.map(jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_parsed() {
        assert_eq!(seconds("1970-01-01T00:01:00.500+0000"), Some(60));
        assert_eq!(seconds("2026-11-21T12:00:00.000+0000"), Some(1_795_262_400));
        assert_eq!(seconds("1970-01-01T00:00:02.000000000Z"), Some(2));
        assert_eq!(seconds("yesterday"), None);
    }
}
