//! The files of the shipped rules, included in the program. `build.rs` lists them: a rule is added by its folder alone.

/// The files of a rule.
pub(super) struct ShippedFiles {
    /// The rule's name, and its folder's.
    pub(super) name: &'static str,
    /// Its `entry.yaml`.
    pub(super) entry: &'static str,
    /// Its `rule.guard`.
    pub(super) guard: &'static str,
}

/// The shipped rules, by name.
pub(super) const SHIPPED: &[ShippedFiles] = include!(concat!(env!("OUT_DIR"), "/shipped_rules.rs"));

/// Returns whether a text is that of a shipped rule, unchanged: tests have shown that it has no errors.
pub(super) fn is_shipped(text: &str) -> bool {
    SHIPPED.iter().any(|rule| rule.guard == text)
}
