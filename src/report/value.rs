//! Property values in a form for people.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::Paint;
use crate::base::{PropertyPath, pending};
use crate::plan::{Ignored, Property};

/// The longest value that is shown on one line with its property.
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

/// A value on as many lines as it needs, in the manner of YAML.
fn lines(value: &Value) -> Vec<String> {
    let mut shown = Vec::new();
    match value {
        Value::String(text) if pending::display(text).contains('\n') => {
            shown.extend(pending::display(text).lines().map(str::to_owned));
        }
        Value::Array(items) => {
            for item in items {
                write_entry(&mut shown, "-", item);
            }
        }
        Value::Object(map) => {
            for (key, item) in map.iter().filter(|(_, item)| !item.is_null()) {
                write_entry(&mut shown, &format!("{key}:"), item);
            }
        }
        other => shown.push(inline(other)),
    }
    shown
}

/// Returns whether a value is a statement of a policy, or a list of them.
fn holds_statements(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("Effect"),
        Value::Array(items) => items.iter().any(holds_statements),
        _ => false,
    }
}

/// Writes one entry of a list or map: on its own line if it is short, else below.
fn write_entry(shown: &mut Vec<String>, head: &str, item: &Value) {
    let short = inline(item);
    // Each statement of a policy, and each of its parts, is on a line of its own: lines are compared.
    let whole = match item {
        Value::String(_) => !short.contains("\\n"),
        _ => short.len() <= SHORT && !holds_statements(item),
    };
    if whole {
        shown.push(format!("{head} {short}"));
    } else if head == "-" {
        let mut below = lines(item).into_iter();
        shown.extend(below.next().map(|first| format!("- {first}")));
        shown.extend(below.map(|line| format!("  {line}")));
    } else {
        shown.push(head.to_owned());
        shown.extend(lines(item).into_iter().map(|line| format!("  {line}")));
    }
}

/// The tags of a new resource without our own, which every resource has.
fn without_ours(path: &PropertyPath, value: &Value) -> Value {
    match value {
        Value::Object(tags) if path.keys() == ["tags"] => Value::Object(
            tags.iter().filter(|(key, _)| !key.starts_with("underpin:")).map(|(k, v)| (k.clone(), v.clone())).collect(),
        ),
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
    let ours = |value: &Option<Value>| value.as_ref().map(|value| without_ours(&property.path, value));
    let (before, after) = (ours(before), ours(after));
    let (before, after) = (before.as_ref(), after.as_ref());
    if is_short(before) && is_short(after) {
        return vec![match (before, after) {
            (None, Some(after)) => format!("{} {path}: {}{forces}", paint.green("+"), inline(after)),
            (Some(before), None) => format!("{} {path}: {}{forces}", paint.red("-"), inline(before)),
            (Some(before), Some(after)) if before == after => {
                format!("{} {path}: {} (set again)", paint.yellow("~"), inline(after))
            }
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
    let lines = textual(&old, &new, paint);
    if lines.is_empty() {
        shown.push("    (sensitive values in it differ)".to_owned());
    }
    shown.extend(lines);
    shown
}

/// A property that the file ignores: the live value, the file's value, and the reason.
pub(super) fn ignored(ignored: &Ignored, paint: Paint) -> Vec<String> {
    let Ignored { path, live, file, reason, sensitive: _, known_after_apply: _ } = ignored;
    let ours = |value: &Option<Value>| value.as_ref().map(|value| without_ours(path, value));
    let (live, file) = (ours(live), ours(file));
    let (path, glyph) = (paint.bold(&path.to_string()), paint.dim("·"));
    if is_short(live.as_ref()) && is_short(file.as_ref()) {
        let said = |value: Option<Value>| value.map_or_else(|| "nothing".to_owned(), |value| inline(&value));
        let (live, file) = (said(live), said(file));
        return vec![format!("{glyph} {path}: {live} is live, {file} in the file (ignored: {reason})")];
    }
    let whole = |value: Option<Value>| value.as_ref().map(lines).unwrap_or_default();
    let mut shown = vec![format!("{glyph} {path}: live (-) and file (+) differ (ignored: {reason})")];
    let marked = |sign: &str, side: Vec<String>| side.into_iter().map(|line| format!("  {sign} {line}")).collect();
    let (live, file) = (whole(live), whole(file));
    shown.extend(match (live.is_empty(), file.is_empty()) {
        (true, _) => marked("+", file),
        (_, true) => marked("-", live),
        (false, false) => textual(&live, &file, paint),
    });
    shown
}

/// A line-by-line difference with three lines of context; if one side is empty, the whole other side.
fn textual(old: &[String], new: &[String], paint: Paint) -> Vec<String> {
    if old.is_empty() || new.is_empty() {
        return old.iter().chain(new).map(|line| format!("    {line}")).collect();
    }
    // Each line with its end: otherwise the last would differ from the same line further up.
    let whole = |lines: &[String]| lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
    let (old, new) = (whole(old), whole(new));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::{PropertyPath, Reference};

    fn shown(before: Option<Value>, after: Option<Value>) -> String {
        let path: PropertyPath = "policy".parse().expect("a path");
        let property =
            Property { path, before, after, sensitive: false, forces_replacement: false, known_after_apply: false };
        super::property(&property, Paint::Plain).join("\n")
    }

    #[test]
    fn unchanged_last_line_is_not_a_difference() {
        let statement = |sid: &str, action: &str, table: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": table});
        let before = json!({"Version": "2012-10-17", "Statement": [statement("Read", "dynamodb:*", "orders")]});
        let after = json!({
            "Version": "2012-10-17",
            "Statement": [statement("Read", "dynamodb:Query", "orders"), statement("Write", "dynamodb:PutItem", "bills")]
        });
        let wanted = r#"~ policy:
    Statement:
      - Sid: "Read"
        Effect: "Allow"
  -     Action: "dynamodb:*"
  +     Action: "dynamodb:Query"
        Resource: "orders"
  +   - Sid: "Write"
  +     Effect: "Allow"
  +     Action: "dynamodb:PutItem"
  +     Resource: "bills""#;
        assert_eq!(shown(Some(before), Some(after)), wanted);
    }

    #[test]
    fn short_statement_is_printed_on_its_own_lines() {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]
        });
        assert!(shown(Some(document), None).contains("\n      - Effect: \"Allow\"\n        Action: \"dynamodb:*\"\n"));
    }

    #[test]
    fn difference_only_in_sensitive_values_is_labeled() {
        let sealed = |digest: &str| format!("{}{digest}{}", pending::SEAL_OPEN, pending::SEAL_CLOSE);
        let policy = |id: &str| {
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": sealed(id)}}}]})
        };
        let lines = shown(Some(policy("1")), Some(policy("2")));
        assert_eq!(lines, "~ policy:\n    (sensitive values in it differ)");
    }

    #[test]
    fn long_pending_value_shows_known_after_apply() {
        let reference: Reference = "tables.orders.stream_arn".parse().expect("a reference");
        let before = format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{}/stream/1", "orders".repeat(4));
        let lines = shown(Some(json!(before)), Some(json!(pending::text(&reference))));
        let wanted = format!("~ policy:\n  - \"{before}\"\n  + \"${{tables.orders.stream_arn}}\" (known after apply)");
        assert_eq!(lines, wanted);
    }
}
