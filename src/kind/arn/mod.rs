//! ARNs as properties: the resources that each property takes, and the regions and accounts these may be in.
//!
//! Each kind declares its properties ([`ArnRule`]); one check compares partition, region, account, service and
//! resource of every ARN with the stack's own, and the partition of the names in policy documents. Values that are not
//! known yet, and placeholders for an unknown environment (a region that is not set), are not compared.

mod parts;
mod policy;
mod property;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::PathRule;
use crate::base::{Environment, PathPattern, Problem, PropertyPath, Reference};

/// An ARN-valued property, or several by a pattern. A text of another form (the name of a role) is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnRule {
    /// The property.
    pub path: PathPattern,
    /// The forms that it takes; without any, it takes any ARN of the partition.
    pub takes: &'static [ArnForm],
    /// The same in a sentence: `the ARN of a queue or topic`.
    pub noun: &'static str,
}

impl ArnRule {
    /// Declares that the property at `path` takes these ARNs.
    pub const fn new(path: &'static str, noun: &'static str, takes: &'static [ArnForm]) -> Self {
        Self { path: PathPattern(path), takes, noun }
    }
}

/// The ARNs of one type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnForm {
    /// The service's name in the ARN: `sqs`.
    pub service: &'static str,
    /// The beginning of the resource's part: `key/`.
    pub resource: &'static str,
    /// The regions that it may be in.
    pub region: Reach,
    /// The accounts that it may belong to.
    pub account: Reach,
    /// The section and attribute of a stack's own resource that is such an ARN, known after apply only.
    pub attribute: Option<(&'static str, &'static str)>,
}

impl ArnForm {
    /// ARNs of a service whose last part begins with `resource`, in the stack's region, of any account.
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

    /// The same, which the attribute of a section has as well.
    #[must_use]
    pub const fn attribute(mut self, section: &'static str, attribute: &'static str) -> Self {
        self.attribute = Some((section, attribute));
        self
    }

    fn is(&self, reference: &Reference) -> bool {
        self.attribute == Some((reference.address.section(), &reference.attribute))
    }
}

/// The region or account that an ARN may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The stack's own.
    Own,
    /// The stack's own, or this word instead (`aws`).
    OwnOr(&'static str),
    /// Any.
    Any,
    /// None: the ARN leaves it empty.
    Empty,
}

/// Returns all problems of the ARNs of a resource.
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
