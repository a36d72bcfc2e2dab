//! The filters of a trigger: the language of event patterns, and the records that they are compared with.
//!
//! `pattern` reads a pattern and reports what Lambda refuses; `operator` reads the comparisons in its lists; `records`
//! describes the records of each type of source, and `advice` finds patterns that can never match one.

mod advice;
mod operator;
mod pattern;
#[cfg(test)]
mod pattern_tests;
mod records;

use serde_json::Value;

use crate::base::{Problem, PropertyPath, pending};
use crate::path;

use super::source::{pending_table, service};
use super::spec::TriggerSpec;
use pattern::EventPattern;
use records::Source;

pub(super) use records::StreamedTable;

/// The longest pattern, in characters of its JSON. Source: Lambda API reference, `Filter`.
const LONGEST: usize = 4096;

/// The number of filters that a trigger may have without a higher quota.
/// Source: Lambda Developer Guide, "Control which events Lambda sends to your function".
const BY_DEFAULT: usize = 5;

/// The reasons for which Lambda refuses the filters of a trigger.
pub(super) fn problems(spec: &TriggerSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, filter) in spec.filters.iter().enumerate() {
        let at = path!["filters", index.to_string()];
        match read(filter) {
            Ok(None) => {}
            Ok(Some(pattern)) => {
                let (parsed, mut found) = EventPattern::parse(&pattern, &at);
                found.extend(source_of(spec).and_then(|source| records::not_json(&parsed, source)));
                let length = pattern.to_string().chars().count();
                if length > LONGEST && !pending::any_pending(filter) {
                    let message = format!("the filter has {length} characters as JSON, and Lambda takes 4,096");
                    let hint = "split it into several filters: a record passes when one of them matches";
                    found.push(Problem::new(at.clone(), message).hint(hint));
                }
                problems.extend(found.into_iter().map(|problem| placed(problem, filter, &at)));
            }
            Err(message) => problems.push(Problem::new(at, message).hint(
                "a filter is a pattern: a mapping of properties to lists of what they may be, for instance \
                     `{eventName: [INSERT]}`",
            )),
        }
    }
    problems
}

/// Warnings about filters that Lambda accepts and that can never work, as far as the trigger alone shows it.
pub(super) fn advice(spec: &TriggerSpec) -> Vec<Problem> {
    let mut found = held_against(spec, None);
    if spec.filters.len() > BY_DEFAULT {
        let message = format!("the trigger has {} filters, and by default Lambda takes 5", spec.filters.len());
        let hint = "ask for a higher quota (at most 10) in Service Quotas, or join filters: a list holds alternatives";
        found.push(Problem::new(path!["filters"], message).hint(hint));
    }
    found
}

/// Warnings about filters that can never match because of the table whose stream is read.
pub(super) fn advice_on_table(spec: &TriggerSpec, table: &StreamedTable) -> Vec<Problem> {
    held_against(spec, Some(table))
}

/// Warnings about filters that no record of the trigger's source can match; with a table, only those about the table.
fn held_against(spec: &TriggerSpec, table: Option<&StreamedTable>) -> Vec<Problem> {
    let Some(source) = source_of(spec) else { return Vec::new() };
    let mut all = Vec::new();
    for (index, filter) in spec.filters.iter().enumerate() {
        let at = path!["filters", index.to_string()];
        let Ok(Some(pattern)) = read(filter) else { continue };
        let (parsed, errors) = EventPattern::parse(&pattern, &at);
        if !errors.is_empty() {
            continue;
        }
        let found = match table {
            Some(table) => advice::of_table(&parsed, table),
            None => advice::of_pattern(&parsed, source),
        };
        all.extend(found.into_iter().map(|problem| placed(problem, filter, &at)));
    }
    all
}

/// The pattern of a filter, which may be a text with JSON; `None` if it is not known yet.
fn read(filter: &Value) -> Result<Option<Value>, String> {
    match filter {
        Value::Object(map) if !map.is_empty() => Ok(Some(filter.clone())),
        Value::Object(_) => Err("an empty filter is refused by Lambda".to_owned()),
        Value::String(text) if pending::is_pending(text) => Ok(None),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(map)) if !map.is_empty() => Ok(Some(Value::Object(map))),
            Ok(Value::Object(_)) => Err("an empty filter is refused by Lambda".to_owned()),
            Ok(_) => Err("the filter's JSON is not an object".to_owned()),
            Err(error) => Err(format!("the filter is a text that is not JSON: {error}")),
        },
        _ => Err("the filter is not a mapping".to_owned()),
    }
}

/// A problem at a place in the file: properties within a text have no place of their own there.
fn placed(problem: Problem, filter: &Value, at: &PropertyPath) -> Problem {
    if filter.is_object() || problem.path == *at {
        return problem;
    }
    let inner: Vec<_> = problem.path.keys().iter().skip(at.keys().len()).cloned().collect();
    let message = format!("{} (at `{}` in the filter's text)", problem.message, inner.join("."));
    Problem { path: at.clone(), message, ..problem }
}

/// The type of source that a trigger reads.
fn source_of(spec: &TriggerSpec) -> Option<Source> {
    if spec.queue.is_some() {
        return Some(Source::Queue);
    }
    let stream = spec.stream.as_deref()?;
    match service(stream) {
        Some("dynamodb") => Some(Source::Table),
        Some("kinesis") => Some(Source::Kinesis),
        _ => pending_table(stream).map(|_| Source::Table),
    }
}
