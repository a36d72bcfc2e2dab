//! ARNs as properties: which resources each property takes, and how far from the stack these may be.
//!
//! Each kind declares its properties ([`ArnRule`]); one check holds partition, region, account, service and resource of
//! every ARN against the stack's own, and the partition of whatever a policy document names. What is not known yet, and
//! what a stand-in says of the stack (a region that nobody has named), is held against nothing.

mod parts;
mod policy;
mod property;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::PathRule;
use crate::base::{Environment, PathPattern, Problem, PropertyPath, Reference};

/// An ARN-valued property, or several by a pattern. A text of another form (the name of a role) is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnRule {
    /// The property.
    pub path: PathPattern,
    /// What it takes; nothing stands for any ARN of the partition.
    pub takes: &'static [ArnForm],
    /// What it takes, in a sentence: `the ARN of a queue or topic`.
    pub noun: &'static str,
}

impl ArnRule {
    /// The property at `path` takes these ARNs.
    pub const fn new(path: &'static str, noun: &'static str, takes: &'static [ArnForm]) -> Self {
        Self { path: PathPattern(path), takes, noun }
    }
}

/// The ARNs of one sort of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnForm {
    /// The service's name in the ARN: `sqs`.
    pub service: &'static str,
    /// How the resource's part begins: `key/`.
    pub resource: &'static str,
    /// Which region it may be in.
    pub region: Reach,
    /// Which account it may be of.
    pub account: Reach,
    /// The section and attribute of a stack's own resource that is such an ARN, known after apply only.
    pub attribute: Option<(&'static str, &'static str)>,
}

impl ArnForm {
    /// ARNs of a service whose last part begins so, in the stack's region, of any account.
    pub const fn new(service: &'static str, resource: &'static str) -> Self {
        Self { service, resource, region: Reach::Own, account: Reach::Any, attribute: None }
    }

    /// The same, with another reach of the region.
    #[must_use]
    pub const fn region(mut self, region: Reach) -> Self {
        self.region = region;
        self
    }

    /// The same, with another reach of the account.
    #[must_use]
    pub const fn account(mut self, account: Reach) -> Self {
        self.account = account;
        self
    }

    /// The same, and the attribute of a section has this form.
    #[must_use]
    pub const fn attribute(mut self, section: &'static str, attribute: &'static str) -> Self {
        self.attribute = Some((section, attribute));
        self
    }

    fn is(&self, reference: &Reference) -> bool {
        self.attribute == Some((reference.address.section(), &reference.attribute))
    }
}

/// Whose region or account an ARN names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The stack's own.
    Own,
    /// The stack's own, or this word in its place (`aws`).
    OwnOr(&'static str),
    /// Any.
    Any,
    /// None: the ARN leaves it empty.
    Empty,
}

/// Everything that is wrong with the ARNs of a resource.
pub(super) fn check(arns: &[ArnRule], rules: &[PathRule], spec: &Value, env: &Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in arns {
        for (path, value) in matching(rule.path, spec) {
            if let Some(text) = value.as_str() {
                problems.extend(property::check(rule, &path, text, env));
            }
        }
    }
    for rule in rules.iter().filter(|rule| rule.rule == super::Rule::Policy) {
        for (path, document) in matching(rule.path, spec) {
            problems.extend(policy::check(&path, document, env));
        }
    }
    problems
}

/// The values that a pattern matches, with their paths.
fn matching(pattern: PathPattern, spec: &Value) -> Vec<(PropertyPath, &Value)> {
    let mut found = vec![(PropertyPath::root(), spec)];
    for key in pattern.0.split('.') {
        found = found.into_iter().flat_map(|(path, value)| below(&path, value, key)).collect();
    }
    found
}

fn below<'v>(path: &PropertyPath, value: &'v Value, key: &str) -> Vec<(PropertyPath, &'v Value)> {
    match value {
        Value::Object(map) if key == "*" => map.iter().map(|(key, one)| (path.child(key), one)).collect(),
        Value::Object(map) => map.get(key).map(|one| (path.child(key), one)).into_iter().collect(),
        Value::Array(items) if key == "*" => {
            items.iter().enumerate().map(|(at, one)| (path.child(at.to_string()), one)).collect()
        }
        _ => Vec::new(),
    }
}
