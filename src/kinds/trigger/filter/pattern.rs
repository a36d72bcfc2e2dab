//! Event patterns: mappings of properties to lists of allowed values, as in Lambda's filters and `EventBridge`'s
//! rules.
//!
//! Sources: Lambda Developer Guide, "Control which events Lambda sends to your function"; `EventBridge` User Guide,
//! "Comparison operators for use in event patterns"; the refusals of AWS's open implementation `event-ruler`.

use serde_json::{Map, Value};

use crate::base::{Problem, PropertyPath};

use super::operator::{self, Comparison, OPERATORS, shown};

/// The key that joins alternatives of several properties.
const OR: &str = "$or";

/// A parsed pattern.
#[derive(Debug, Default)]
pub(super) struct EventPattern {
    /// The conditions by property, all of which must hold.
    pub(super) fields: Vec<Field>,
    /// Each `$or`: one of its patterns must hold.
    pub(super) alternatives: Vec<Vec<EventPattern>>,
}

/// The condition on a property.
#[derive(Debug)]
pub(super) struct Field {
    /// The property's name.
    pub(super) name: String,
    /// Its place.
    pub(super) at: PropertyPath,
    /// The condition.
    pub(super) node: Node,
}

/// The condition under a property.
#[derive(Debug)]
pub(super) enum Node {
    /// The property is a mapping, with conditions of its own.
    Within(EventPattern),
    /// The property is a value, for which one of these holds.
    OneOf(Vec<(PropertyPath, Comparison)>),
}

impl EventPattern {
    /// Reads a pattern, and returns all problems for which Lambda refuses it.
    pub(super) fn parse(pattern: &Value, at: &PropertyPath) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let parsed = match pattern {
            Value::Object(map) => mapping(map, at, false, &mut problems),
            _ => Self::default(),
        };
        (parsed, problems)
    }
}

fn mapping(map: &Map<String, Value>, at: &PropertyPath, within_or: bool, problems: &mut Vec<Problem>) -> EventPattern {
    let mut pattern = EventPattern::default();
    if map.is_empty() {
        let message = "an empty mapping in a filter is refused by Lambda";
        problems.push(
            Problem::new(at.clone(), message)
                .hint("leave the property out, or write `[{exists: true}]` on a leaf of it"),
        );
    }
    for (name, value) in map {
        let here = at.child(name);
        if name == OR {
            pattern.alternatives.extend(alternatives(value, &here, problems));
            continue;
        }
        if within_or && operator::is_reserved(name) {
            let message = format!("`{name}` can't be the name of a property within `$or`");
            problems.push(
                Problem::new(here, message)
                    .hint(format!("it is an operator: write it in a property's list, `PROPERTY: [{{{name}: …}}]`")),
            );
            continue;
        }
        let node = match value {
            Value::Object(inner) => Node::Within(mapping(inner, &here, within_or, problems)),
            Value::Array(items) => Node::OneOf(list(items, name, &here, problems)),
            other => {
                problems.push(alone(name, other, here));
                continue;
            }
        };
        pattern.fields.push(Field { name: name.clone(), at: here, node });
    }
    pattern
}

/// The problem of a value in place of a list or a mapping.
fn alone(name: &str, value: &Value, at: PropertyPath) -> Problem {
    let above = at.keys().len().checked_sub(2).and_then(|index| at.keys().get(index).cloned()).unwrap_or_default();
    if OPERATORS.contains(&name) {
        let message = format!("the operator `{name}` is outside a list");
        return Problem::new(at, message).hint(format!("write `{above}: [{{{name}: {}}}]`", shown(value)));
    }
    let message = match value {
        Value::Null => format!("`{name}` has no value, where a filter needs a list of what it may be"),
        _ => format!("`{}` is a single value, where a filter needs a list of what `{name}` may be", shown(value)),
    };
    Problem::new(at, message).hint(format!("write `{name}: [{}]`", shown(value)))
}

fn list(
    items: &[Value],
    name: &str,
    at: &PropertyPath,
    problems: &mut Vec<Problem>,
) -> Vec<(PropertyPath, Comparison)> {
    if items.is_empty() {
        problems.push(
            Problem::new(at.clone(), "an empty list in a filter is refused by Lambda")
                .hint(format!("list what `{name}` may be; for an empty text write `['']`, for null `[null]`")),
        );
    }
    let mut comparisons = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let here = at.child(index.to_string());
        let read = match item {
            Value::Array(_) => Err(Problem::new(here.clone(), "a list within a list of values is refused by Lambda")
                .hint("write all values in one list")),
            Value::Object(map) => operator::read(map, &here),
            value => Ok(Comparison::Equals(value.clone())),
        };
        match read {
            Ok(comparison) => comparisons.push((here, comparison)),
            Err(problem) => problems.push(problem),
        }
    }
    comparisons
}

/// Reads the patterns under `$or`.
fn alternatives(value: &Value, at: &PropertyPath, problems: &mut Vec<Problem>) -> Option<Vec<EventPattern>> {
    let hint = "for instance `$or: [{a: [1]}, {b: [2]}]`";
    let Value::Array(items) = value else {
        problems.push(Problem::new(at.clone(), "`$or` needs a list of patterns").hint(hint));
        return None;
    };
    if items.len() < 2 {
        problems.push(Problem::new(at.clone(), "`$or` needs at least two patterns").hint(hint));
    }
    let mut patterns = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let here = at.child(index.to_string());
        match item {
            Value::Object(map) => patterns.push(mapping(map, &here, true, problems)),
            _ => problems.push(Problem::new(here, "only patterns (mappings) are allowed under `$or`").hint(hint)),
        }
    }
    Some(patterns)
}
