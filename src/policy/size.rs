//! Counts the characters of policies as AWS does, and knows how many each may have.

use serde_json::Value;

use super::check::PolicyKind;

/// What all inline policies of one role may hold together, in characters that are not white space.
pub const ROLE_INLINE_LIMIT: usize = 10_240;
/// What a managed policy may hold, in characters that are not white space.
pub const MANAGED_LIMIT: usize = 6_144;
/// What a trust policy may hold by default, in characters that are not white space.
pub const TRUST_LIMIT: usize = 2_048;
/// What a trust policy may hold once the quota has been raised.
pub const TRUST_LIMIT_RAISED: usize = 4_096;
/// What a service control policy may hold, in bytes as stored.
pub const SCP_LIMIT: usize = 5_120;
/// What the policy of a VPC endpoint may hold, white space included.
pub const ENDPOINT_LIMIT: usize = 20_480;
/// What a resource policy of `DynamoDB` may hold, in bytes, white space included.
pub const TABLE_POLICY_LIMIT: usize = 20_480;

/// Counts the characters of a policy that are not white space, which is what IAM's quotas count.
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
    fn white_space_is_not_counted_anywhere() {
        assert_eq!(non_whitespace_text("{ \"a\" :\n\t\"b c\" }"), 10);
        assert_eq!(non_whitespace(&json!({"a": "b c"})), 10);
        assert_eq!(non_whitespace_text("\"ä\""), 3, "characters, not bytes");
    }

    #[test]
    fn each_kind_counts_in_its_own_way() {
        let policy = json!({"Sid": "ä b"});
        assert_eq!(counted(&policy, PolicyKind::Identity), 12);
        assert_eq!(counted(&policy, PolicyKind::Endpoint), 13);
        assert_eq!(counted(&policy, PolicyKind::Scp), 14);
    }
}
