//! The partition in the ARNs of a policy document: AWS refuses a document that names resources or principals of
//! another partition.
//!
//! Source: measured answers of IAM, `MalformedPolicyDocument`: "Partition … is not valid for resource", "Invalid
//! principal in policy".

use serde_json::Value;

use super::parts::Parts;
use crate::base::{Environment, Problem, PropertyPath, pending};

/// Returns a problem for each ARN of another partition in the document at `at`.
pub(super) fn check(at: &PropertyPath, document: &Value, env: &Environment) -> Vec<Problem> {
    let Some(own) = env.known_partition() else { return Vec::new() };
    let mut found = Vec::new();
    match document.get("Statement") {
        Some(Value::Array(statements)) => {
            for (index, statement) in statements.iter().enumerate() {
                of_statement(&at.child("Statement").child(index.to_string()), statement, own, &mut found);
            }
        }
        Some(statement) => of_statement(&at.child("Statement"), statement, own, &mut found),
        None => {}
    }
    found
}

fn of_statement(at: &PropertyPath, statement: &Value, own: &str, found: &mut Vec<Problem>) {
    for element in ["Resource", "NotResource"] {
        if let Some(value) = statement.get(element) {
            texts(&at.child(element), value, own, found);
        }
    }
    for element in ["Principal", "NotPrincipal"] {
        for kind in ["AWS", "Federated"] {
            if let Some(value) = statement.get(element).and_then(|principals| principals.get(kind)) {
                texts(&at.child(element).child(kind), value, own, found);
            }
        }
    }
}

fn texts(at: &PropertyPath, value: &Value, own: &str, found: &mut Vec<Problem>) {
    match value {
        Value::String(text) => {
            let partition = Parts::of(text).and_then(|parts| parts.partition).filter(|named| *named != own);
            found.extend(partition.map(|partition| {
                let shown = pending::display(text);
                let message = format!("`{shown}` is of the partition `{partition}`; this stack is in `{own}`");
                Problem::new(at.clone(), message).hint("`${partition}` stands for the right one")
            }));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(&at.child(index.to_string()), item, own, found);
            }
        }
        _ => {}
    }
}
