//! The rules of a kind's properties, for the comparison, the loader and the planner.

use crate::base::{Environment, PathPattern, PropertyPath};

/// A property, or several by a pattern, and its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathRule {
    /// The property.
    pub path: PathPattern,
    /// The rule.
    pub rule: Rule,
}

impl PathRule {
    /// Declares `rule` for `path`.
    pub const fn new(path: &'static str, rule: Rule) -> Self {
        Self { path: PathPattern(path), rule }
    }
}

/// The rules that a property may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// AWS takes it at creation only: a change is a replacement.
    CreateOnly,
    /// A property whose live value is left alone if the file does not give it.
    UnmanagedWhenAbsent,
    /// Its value is never shown. The rule holds for everything below the pattern, too.
    Sensitive,
    /// A list in which order and repetition mean nothing.
    Set,
    /// A policy document: compared by meaning, shown as a textual difference.
    Policy,
    /// Protects data: turning it off needs `--allow-unprotect`.
    Protection,
    /// Grants rights to others: another value on a resource that was made by hand takes rights away, and needs
    /// `--allow-adopt`.
    Allows,
    /// The resource that is referred to here must exist before this one is created, even if the value is known
    /// from the file alone.
    Requires,
    /// The value belongs to a property that is shown at another path: not shown as a difference of its own.
    Hidden,
    /// A short form of another property, which replaces it once the resource is normalised.
    ShortFor(&'static str),
    /// It is of the file alone: no live resource has it.
    FileOnly,
    /// The call that changes it sends another property with it.
    SentWith(&'static str),
}

/// Returns whether a rule holds for a path.
pub fn holds(rules: &[PathRule], rule: Rule, path: &PropertyPath) -> bool {
    rules.iter().any(|r| {
        r.rule == rule
            && match rule {
                Rule::Sensitive | Rule::Requires | Rule::CreateOnly => r.path.matches_at_or_above(path),
                Rule::Set
                | Rule::Policy
                | Rule::UnmanagedWhenAbsent
                | Rule::Protection
                | Rule::Allows
                | Rule::Hidden
                | Rule::FileOnly
                | Rule::ShortFor(_)
                | Rule::SentWith(_) => r.path.matches(path),
            }
    })
}

/// Reads a scalar property of a resource that is not resolved yet, as text: static attributes are made of it.
/// `None` if the file does not give it.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// An attribute of a resource that references may name.
#[derive(Clone, Copy)]
pub struct Attribute {
    /// Its name, such as `arn`.
    pub name: &'static str,
    /// The time from which it is known.
    pub when: When,
}

/// The time from which an attribute is known.
#[derive(Clone, Copy)]
pub enum When {
    /// It follows from the file alone: from the physical name, other properties, and the environment. Such a
    /// reference requires no order and closes no cycle.
    Always(fn(name: &str, property: &Lookup<'_>, env: &Environment) -> String),
    /// Only the resource that was created has it.
    AfterCreate,
    /// Only the resource that was created has it, and only where this property is given and is not `off`.
    AfterCreateWith(&'static str),
}
