//! Property values as a person reads them.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::Paint;
use crate::base::pending;
use crate::plan::Property;

/// Longer values are shown on lines of their own.
const SHORT: usize = 72;

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => match pending::display(text) {
            shown if shown == "(sensitive)" => shown,
            shown if pending::is_pending(text) => format!("{shown:?} (known after apply)"),
            shown => Value::String(shown).to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| format!("{key}: {}", inline(value));
            format!("{{{}}}", map.iter().filter(|(_, v)| !v.is_null()).map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A value on as many lines as it needs.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => pending::display(text).lines().map(str::to_owned).collect(),
        other => {
            let shown = displayed(other);
            let text = serde_json::to_string_pretty(&shown).unwrap_or_else(|_| shown.to_string());
            text.lines().map(str::to_owned).collect()
        }
    }
}

/// The tree with every text as it is shown.
fn displayed(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(pending::display(text)),
        Value::Array(items) => items.iter().map(displayed).collect(),
        Value::Object(map) => Value::Object(map.iter().map(|(key, item)| (key.clone(), displayed(item))).collect()),
        other => other.clone(),
    }
}

fn is_short(value: Option<&Value>) -> bool {
    value.is_none_or(|value| {
        let text = inline(value);
        text.len() <= SHORT && !text.contains("\\n")
    })
}

/// One property of a change, on one line or several; none ends in a newline.
pub(super) fn property(property: &Property, paint: Paint) -> Vec<String> {
    let Property { path, before, after, sensitive: _, forces_replacement, known_after_apply: _ } = property;
    let path = paint.bold(&path.to_string());
    let forces = if *forces_replacement { paint.red("  # forces replacement") } else { String::new() };
    let (before, after) = (before.as_ref(), after.as_ref());
    if is_short(before) && is_short(after) {
        return vec![match (before, after) {
            (None, Some(after)) => format!("{} {path}: {}{forces}", paint.green("+"), inline(after)),
            (Some(before), None) => format!("{} {path}: {}{forces}", paint.red("-"), inline(before)),
            (Some(before), Some(after)) => {
                format!("{} {path}: {} → {}{forces}", paint.yellow("~"), inline(before), inline(after))
            }
            (None, None) => return Vec::new(),
        }];
    }
    let (glyph, old, new) = match (before, after) {
        (None, Some(after)) => (paint.green("+"), Vec::new(), lines(after)),
        (Some(before), None) => (paint.red("-"), lines(before), Vec::new()),
        (Some(before), Some(after)) => (paint.yellow("~"), lines(before), lines(after)),
        (None, None) => return Vec::new(),
    };
    let mut shown = vec![format!("{glyph} {path}:{forces}")];
    shown.extend(textual(&old, &new, paint));
    shown
}

/// A line-by-line difference with three lines of context; a side that is empty gives the other whole.
fn textual(old: &[String], new: &[String], paint: Paint) -> Vec<String> {
    if old.is_empty() || new.is_empty() {
        return old.iter().chain(new).map(|line| format!("    {line}")).collect();
    }
    let (old, new) = (old.join("\n"), new.join("\n"));
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let mut shown = Vec::new();
    for (index, group) in diff.grouped_ops(3).iter().enumerate() {
        if index > 0 {
            shown.push(format!("    {}", paint.dim("…")));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n');
            shown.push(match change.tag() {
                ChangeTag::Delete => format!("  {} {}", paint.red("-"), paint.red(line)),
                ChangeTag::Insert => format!("  {} {}", paint.green("+"), paint.green(line)),
                ChangeTag::Equal => format!("    {line}"),
            });
        }
    }
    shown
}
