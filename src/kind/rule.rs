//! What the comparison, the loader and the planner know of a kind's properties.

use crate::base::{Environment, PathPattern, PropertyPath};

/// A property, or several by a pattern, and what holds for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathRule {
    /// Which.
    pub path: PathPattern,
    /// What.
    pub rule: Rule,
}

impl PathRule {
    /// `rule` holds for `path`.
    pub const fn new(path: &'static str, rule: Rule) -> Self {
        Self { path: PathPattern(path), rule }
    }
}

/// What may hold for a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// AWS takes it at creation only: a change is a replacement.
    CreateOnly,
    /// Where the file says nothing, what is live is left alone.
    UnmanagedWhenAbsent,
    /// Its value is never shown. The pattern holds for what stands below it, too.
    Sensitive,
    /// A list in which order and repetition mean nothing.
    Set,
    /// A policy document: compared by meaning, shown as a textual difference.
    Policy,
    /// Protects data: turning it off needs `--allow-unprotect`.
    Protection,
    /// Says what others may do: another value on what was made by hand takes something from them, and needs
    /// `--allow-adopt`.
    Allows,
    /// What is referred to here must exist before this resource is created, even where the value is known
    /// from the file alone.
    Requires,
    /// The value goes with the resource that is shown at another path: not shown as a difference of its own.
    Hidden,
    /// A short form of another property, which stands in its place once the resource is normalised.
    ShortFor(&'static str),
    /// The call that changes it sends another property with it.
    SentWith(&'static str),
}

/// The first rule of a sort that holds for a path.
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
                | Rule::ShortFor(_)
                | Rule::SentWith(_) => r.path.matches(path),
            }
    })
}

/// Reads a scalar property of a resource that is not resolved yet, as text: what static attributes are made
/// of. `None` where the file does not give it.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// An attribute of a resource that references may name.
#[derive(Clone, Copy)]
pub struct Attribute {
    /// Such as `arn`.
    pub name: &'static str,
    /// When it is known.
    pub when: When,
}

/// When an attribute is known.
#[derive(Clone, Copy)]
pub enum When {
    /// It follows from the file alone: from the physical name, other properties, and the environment. Such a
    /// reference orders nothing and closes no cycle.
    Always(fn(name: &str, property: &Lookup<'_>, env: &Environment) -> String),
    /// Only the resource that was created has it.
    AfterCreate,
    /// Only the resource that was created has it, and only where this property is given and is not `off`.
    AfterCreateWith(&'static str),
}
