//! The partition of AWS that an ARN is in.

/// The partition: `aws`, `aws-cn`, `aws-us-gov` and the like; `aws` where the ARN says nothing that could be one.
pub(super) fn partition(arn: &str) -> &str {
    let named = arn.strip_prefix("arn:").and_then(|rest| rest.split(':').next());
    let is_one = |text: &&str| {
        text.starts_with("aws") && text.len() < 20 && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    named.filter(is_one).unwrap_or("aws")
}
