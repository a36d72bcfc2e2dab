//! The check of all ARNs of a resource.

use serde_json::Value;

use super::{ArnRule, policy, property};
use crate::base::{Environment, PathPattern, Problem, PropertyPath};
use crate::kind::{PathRule, Rule};

/// Returns all problems of the ARNs of a resource.
pub(in crate::kind) fn check(arns: &[ArnRule], rules: &[PathRule], spec: &Value, env: &Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in arns {
        for (path, value) in matching(rule.path, spec) {
            if let Some(text) = value.as_str() {
                problems.extend(property::check(rule, &path, text, env));
            }
        }
    }
    for rule in rules.iter().filter(|rule| rule.rule == Rule::Policy) {
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
