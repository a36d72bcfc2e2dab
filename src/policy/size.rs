//! Counts the characters of policies as AWS does, and has AWS's limits.

use serde_json::Value;

use super::check::PolicyKind;

/// The limit for all inline policies of one role together, in characters that are not white space.
pub const ROLE_INLINE_LIMIT: usize = 10_240;
/// The limit for a managed policy, in characters that are not white space.
pub const MANAGED_LIMIT: usize = 6_144;
/// The default limit for a trust policy, in characters that are not white space.
pub const TRUST_LIMIT: usize = 2_048;
/// The limit for a trust policy once the quota has been raised.
pub const TRUST_LIMIT_RAISED: usize = 4_096;
/// The limit for a service control policy, in bytes as stored.
pub const SCP_LIMIT: usize = 5_120;
/// The limit for the policy of a VPC endpoint, white space included.
pub const ENDPOINT_LIMIT: usize = 20_480;
/// The limit for a resource policy of `DynamoDB`, in bytes, white space included.
pub const TABLE_POLICY_LIMIT: usize = 20_480;

/// Counts the characters of a policy that are not white space, as IAM's quotas do.
pub fn non_whitespace(policy: &Value) -> usize {
    non_whitespace_text(&policy.to_string())
}

/// Counts the characters of a policy's text that are not white space.
pub fn non_whitespace_text(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// The size of a policy as AWS counts it for its kind, when sent in compact form.
pub fn counted(policy: &Value, kind: PolicyKind) -> usize {
    match kind {
        PolicyKind::Identity | PolicyKind::Trust => non_whitespace(policy),
        PolicyKind::Resource | PolicyKind::Scp => policy.to_string().len(),
        PolicyKind::Endpoint => policy.to_string().chars().count(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whitespace_does_not_count_towards_policy_size() {
        assert_eq!(non_whitespace_text("{ \"a\" :\n\t\"b c\" }"), 10);
        assert_eq!(non_whitespace(&json!({"a": "b c"})), 10);
        assert_eq!(non_whitespace_text("\"ä\""), 3, "characters, not bytes");
    }

    #[test]
    fn each_policy_type_counts_size_its_own_way() {
        let policy = json!({"Sid": "ä b"});
        assert_eq!(counted(&policy, PolicyKind::Identity), 12);
        assert_eq!(counted(&policy, PolicyKind::Endpoint), 13);
        assert_eq!(counted(&policy, PolicyKind::Scp), 14);
    }
}
