//! The files of the shipped rules, included in the program. `build.rs` lists them: a rule is added by its folder alone.

use crate::rules::rust::Judge;

/// The files of a rule.
pub(super) struct ShippedFiles {
    /// The rule's name, and its folder's.
    pub(super) name: &'static str,
    /// Its `entry.yaml`.
    pub(super) entry: &'static str,
    /// Its `rule.guard`; `None` if it is written in Rust.
    pub(super) guard: Option<&'static str>,
    /// The function of its `rule.rs`.
    pub(super) rust: Option<Judge>,
    /// True if that looks at other resources than the one that it judges.
    pub(super) around: bool,
}

// The rules in Rust as modules, and `SHIPPED`: the shipped rules, by name.
include!(concat!(env!("OUT_DIR"), "/shipped_rules.rs"));

/// Returns whether a text is that of a shipped rule, unchanged: tests have shown that it has no errors.
pub(super) fn is_shipped(text: &str) -> bool {
    SHIPPED.iter().any(|rule| rule.guard == Some(text))
}

/// Returns whether a shipped rule in Rust looks at other resources than the one that it judges.
pub(super) fn looks_around(name: &str) -> bool {
    SHIPPED.iter().any(|rule| rule.name == name && rule.around)
}

/// The function of a shipped rule that is written in Rust.
pub(super) fn judge_of(name: &str) -> Option<Judge> {
    SHIPPED.iter().find(|rule| rule.name == name)?.rust
}
