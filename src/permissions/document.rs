//! Policy documents for IAM, made from statements: each within the size of a managed policy.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::condition::Condition;
use super::statement::Statement;
use crate::policy::size::{MANAGED_LIMIT, non_whitespace};

/// A policy document in IAM's JSON.
pub type PolicyDocument = Value;

/// Puts statements into as few documents as their order allows. One that is too large for any document is split by its
/// resources, or else by its actions, or by the values of its condition.
pub fn documents(statements: &[Statement]) -> Vec<PolicyDocument> {
    let mut documents: Vec<Vec<Value>> = Vec::new();
    for piece in statements.iter().flat_map(fitting) {
        let one = written(&piece);
        let fits = |together: &Vec<Value>| {
            let all: Vec<Value> = together.iter().chain([&one]).cloned().collect();
            non_whitespace(&document(&all)) <= MANAGED_LIMIT
        };
        match documents.last_mut().filter(|last| fits(last)) {
            Some(last) => last.push(one),
            None => documents.push(vec![one]),
        }
    }
    documents.iter().map(|statements| document(statements)).collect()
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn written(statement: &Statement) -> Value {
    let Statement { sid, actions, resources, condition } = statement;
    let mut map = Map::new();
    map.insert("Sid".to_owned(), json!(sid));
    map.insert("Effect".to_owned(), json!("Allow"));
    map.insert("Action".to_owned(), json!(actions));
    map.insert("Resource".to_owned(), json!(resources));
    if !condition.is_empty() {
        map.insert("Condition".to_owned(), json!(condition));
    }
    Value::Object(map)
}

/// The statement, or the parts it is split into.
fn fitting(statement: &Statement) -> Vec<Statement> {
    if non_whitespace(&document(&[written(statement)])) <= MANAGED_LIMIT {
        return vec![statement.clone()];
    }
    let mut parts = [statement.clone(), statement.clone()];
    let [first, second] = &mut parts;
    if statement.resources.len() > 1 {
        second.resources = first.resources.split_off(&middle(&statement.resources));
    } else if statement.actions.len() > 1 {
        second.actions = first.actions.split_off(&middle(&statement.actions));
    } else if !halve(&mut first.condition, &mut second.condition) {
        return vec![statement.clone()];
    }
    first.sid.push('A');
    second.sid.push('B');
    parts.iter().flat_map(fitting).collect()
}

fn middle(all: &BTreeSet<String>) -> String {
    all.iter().nth(all.len() / 2).cloned().unwrap_or_default()
}

/// Leaves each of two equal conditions half of the values of the first key that has several.
fn halve(first: &mut Condition, second: &mut Condition) -> bool {
    let several = |condition: &Condition| -> Option<(&'static str, String)> {
        condition.iter().find_map(|(operator, keys)| {
            keys.iter().find(|(_, values)| values.len() > 1).map(|(key, _)| (*operator, key.clone()))
        })
    };
    let Some((operator, key)) = several(first) else { return false };
    let values = |condition: &mut Condition, keep: &dyn Fn(usize, usize) -> bool| {
        if let Some(values) = condition.get_mut(operator).and_then(|keys| keys.get_mut(&key)) {
            let count = values.len();
            let mut index = 0;
            values.retain(|_| {
                index += 1;
                keep(index - 1, count)
            });
        }
    };
    values(first, &|index, count| index < count / 2);
    values(second, &|index, count| index >= count / 2);
    true
}
