//! Warnings about filters that Lambda accepts and that no record of the source can ever match.

use serde_json::Value;

use crate::base::{Problem, PropertyPath, pending};

use super::operator::{Bounds, Comparison, OPERATORS, Part, shown};
use super::pattern::{EventPattern, Field, Node};
use super::records::{EVENTS, Shape, Source, StreamedTable};

/// All warnings that follow from the type of the source.
pub(super) fn of_pattern(pattern: &EventPattern, source: Source) -> Vec<Problem> {
    let mut found = Vec::new();
    let top = Place { shape: source.record(), is_record: true };
    walk(pattern, top, source, &mut found);
    undocumented(pattern, &mut found);
    if source == Source::Table {
        found.extend(absent_images(pattern));
    }
    found
}

/// All warnings that follow from the table.
pub(super) fn of_table(pattern: &EventPattern, table: &StreamedTable) -> Vec<Problem> {
    let mut found = Vec::new();
    let Some(change) = within(pattern, "dynamodb") else { return found };
    let (old, new) = table.images.unwrap_or((true, true));
    for (image, carried) in [("OldImage", old), ("NewImage", new)] {
        let field = change.fields.iter().find(|field| field.name == image);
        if let Some(field) = field.filter(|field| !carried && needs_presence(field)) {
            let message = format!("the stream of `{}` does not carry `{image}`: no record will match", table.address);
            let other = if image == "NewImage" { "new_image" } else { "old_image" };
            found.push(
                Problem::new(field.at.clone(), message)
                    .hint(format!("give the table `stream: {other}` or `stream: new_and_old_images`")),
            );
        } else if let Some(Field { node: Node::Within(item), .. }) = field {
            keyed(item, table, false, &mut found);
        }
    }
    if let Some(keys) = within(change, "Keys") {
        keyed(keys, table, true, &mut found);
    }
    found
}

/// The warnings about attributes of the table's key under `Keys` or in an image.
fn keyed(item: &EventPattern, table: &StreamedTable, keys_only: bool, found: &mut Vec<Problem>) {
    for field in &item.fields {
        match table.keys.iter().find(|(name, _)| *name == field.name) {
            None if keys_only && needs_presence(field) && !field.name.contains('.') => {
                let names: Vec<_> = table.keys.iter().map(|(name, _)| format!("`{name}`")).collect();
                let message =
                    format!("`{}` does not belong to the key of `{}`: no record will match", field.name, table.address);
                let hint =
                    format!("its key is {}; other attributes are under `NewImage` and `OldImage`", names.join(" and "));
                found.push(Problem::new(field.at.clone(), message).hint(hint));
            }
            Some((name, kind)) => {
                let Node::Within(types) = &field.node else { continue };
                for typed in types.fields.iter().filter(|typed| typed.name != *kind && needs_presence(typed)) {
                    let message = format!(
                        "`{name}` of `{}` has the type `{kind}`, and not `{}`: no record will match",
                        table.address, typed.name
                    );
                    found.push(Problem::new(typed.at.clone(), message).hint(format!("write `{kind}: […]`")));
                }
            }
            None => {}
        }
    }
}

/// The warning about an image that a record of the named events does not have.
/// Source: `DynamoDB` API reference, `StreamRecord`: an insertion has no old image, and a removal no new one.
fn absent_images(pattern: &EventPattern) -> Option<Problem> {
    let name = pattern.fields.iter().find(|field| field.name == "eventName")?;
    let Node::OneOf(comparisons) = &name.node else { return None };
    let holds = |event: &&str| comparisons.iter().any(|(_, one)| may_be_word(one, event));
    let events: Vec<&str> = EVENTS.iter().copied().filter(holds).collect();
    let (image, event) = match events.as_slice() {
        ["INSERT"] => ("OldImage", "an `INSERT`"),
        ["REMOVE"] => ("NewImage", "a `REMOVE`"),
        _ => return None,
    };
    let field = within(pattern, "dynamodb")?.fields.iter().find(|field| field.name == image)?;
    needs_presence(field).then(|| {
        let message = format!("{event} has no `{image}`: no record will match");
        let other = if image == "OldImage" { "NewImage" } else { "OldImage" };
        Problem::new(field.at.clone(), message).hint(format!("ask for `{other}`"))
    })
}

fn within<'p>(pattern: &'p EventPattern, name: &str) -> Option<&'p EventPattern> {
    pattern.fields.iter().find(|field| field.name == name).and_then(|field| match &field.node {
        Node::Within(inner) => Some(inner),
        Node::OneOf(_) => None,
    })
}

/// Returns whether a field holds only for records with a value there.
fn needs_presence(field: &Field) -> bool {
    match &field.node {
        Node::Within(inner) => inner.fields.iter().any(needs_presence),
        Node::OneOf(all) => !all.iter().any(|(_, one)| *one == Comparison::Exists(false)),
    }
}

/// The place of a pattern in a record.
#[derive(Clone, Copy)]
struct Place {
    shape: Shape,
    is_record: bool,
}

fn walk(pattern: &EventPattern, place: Place, source: Source, found: &mut Vec<Problem>) {
    for pattern in pattern.alternatives.iter().flatten() {
        walk(pattern, place, source, found);
    }
    for field in &pattern.fields {
        // A dot means one level down.
        let shape = if field.name.contains('.') { Some(Shape::Any) } else { place.shape.child(&field.name) };
        let Some(shape) = shape else {
            found.push(no_such(field, place, source));
            continue;
        };
        match &field.node {
            Node::Within(inner) if shape == Shape::Any || shape.is_mapping() => {
                walk(inner, Place { shape, is_record: false }, source, found);
            }
            Node::Within(_) => {
                let message = format!("`{}` is a value, not a mapping: no record will match", field.name);
                found.push(Problem::new(field.at.clone(), message).hint("write a list of what it may be"));
            }
            Node::OneOf(comparisons) if shape.is_mapping() => {
                found.push(no_leaf(field, shape, comparisons));
            }
            Node::OneOf(comparisons) => {
                if shape == Shape::Any {
                    found.extend(misplaced_operator(field, comparisons));
                }
                found.extend(comparisons.iter().filter_map(|(at, one)| never(one, shape, &field.name, at)));
            }
        }
    }
}

/// The warning about a property that the source's records don't have.
fn no_such(field: &Field, place: Place, source: Source) -> Problem {
    let names = place.shape.names();
    let of = if place.is_record { source.noun().to_owned() } else { "what is there".to_owned() };
    let message = match place.shape {
        Shape::Attribute | Shape::KeyAttribute => {
            format!("`{}` is not one of DynamoDB's types here: no record will match", field.name)
        }
        _ if needs_presence(field) => format!("{of} has no `{}`: no record will match", field.name),
        _ => format!("{of} never has `{}`: every record matches", field.name),
    };
    let near = names.iter().map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &field.name.to_lowercase()), name));
    let near = near.filter(|(score, _)| *score > 0.85).max_by(|one, other| one.0.total_cmp(&other.0));
    let listed = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let hint = match (field.name.as_str(), source, near) {
        ("kinesis", Source::Kinesis, _) => {
            "for filters, what the function gets under `kinesis` is at the top: `{data: {…}, partitionKey: […]}`"
                .to_owned()
        }
        ("body" | "data" | "dynamodb", _, _) if place.is_record => {
            format!("the data of {} is under `{}`", source.noun(), source.data())
        }
        (_, _, Some((_, near))) => format!("did you mean `{near}`?"),
        _ => format!("there are {}", listed()),
    };
    Problem::new(field.at.clone(), message).hint(hint)
}

/// The warning about comparisons with a mapping of a record.
/// Source: Lambda Developer Guide: `exists` works on leaf nodes only.
fn no_leaf(field: &Field, shape: Shape, comparisons: &[(PropertyPath, Comparison)]) -> Problem {
    let name = &field.name;
    let exists = comparisons.iter().find_map(|(at, one)| match one {
        Comparison::Exists(there) => Some((at, *there)),
        _ => None,
    });
    let (at, message) = match exists {
        Some((at, true)) => {
            (at, format!("`exists` looks at values only, and `{name}` is a mapping: no record will match"))
        }
        Some((at, false)) => {
            (at, format!("`exists` looks at values only, and `{name}` is a mapping: every record matches"))
        }
        None => (&field.at, format!("`{name}` is a mapping in a record, not a value: no record will match")),
    };
    let hint = match shape {
        Shape::Attribute | Shape::KeyAttribute => format!("name the type of the attribute: `{name}: {{S: […]}}`"),
        Shape::Item | Shape::Key => format!("name an attribute and its type: `{name}: {{status: {{S: […]}}}}`"),
        _ => format!("name a property of `{name}`"),
    };
    Problem::new(at.clone(), message).hint(hint)
}

/// The warning about an operator outside a list, which is read as the name of a property.
fn misplaced_operator(field: &Field, comparisons: &[(PropertyPath, Comparison)]) -> Option<Problem> {
    let is_operand = match field.name.as_str() {
        "numeric" => match comparisons.first() {
            Some((_, Comparison::Equals(Value::String(sign)))) => ["=", "<", "<=", ">", ">="].contains(&sign.as_str()),
            _ => false,
        },
        name => name.contains('-') && OPERATORS.contains(&name),
    };
    is_operand.then(|| {
        let name = &field.name;
        let message = format!("`{name}` is outside a list, and is read as a property of this name");
        Problem::new(field.at.clone(), message).hint(format!("write `[{{{name}: […]}}]`"))
    })
}

/// The warning about a comparison that no value of a shape satisfies.
fn never(one: &Comparison, shape: Shape, name: &str, at: &PropertyPath) -> Option<Problem> {
    let problem = |message: String, hint: String| Some(Problem::new(at.clone(), message).hint(hint));
    match (shape, one) {
        (Shape::Any, _) | (_, Comparison::Exists(_)) => None,
        (Shape::OneOf(words), one) => {
            if words.iter().any(|word| may_be_word(one, word)) {
                return None;
            }
            let all: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            let given = match one {
                Comparison::Equals(value) => format!("`{name}` is never `{}`", shown(value)),
                _ => format!("`{name}` never has such a value"),
            };
            let hint =
                if all.len() == 1 { format!("it is {}", all[0]) } else { format!("it is one of {}", all.join(", ")) };
            problem(format!("{given}: no record will match"), hint)
        }
        (Shape::Text | Shape::NumberAsText, Comparison::Numeric(_)) => {
            let message = format!("`{name}` is written as a text in a record, which `numeric` never matches");
            problem(message, numeric_hint(shape, one))
        }
        (Shape::Text | Shape::NumberAsText, Comparison::Equals(Value::Number(number))) => problem(
            format!("`{name}` is written as a text in a record, and never the number {number}"),
            format!("write it in quotes: `\"{number}\"`"),
        ),
        (Shape::NumberAsText, Comparison::Equals(Value::String(text)))
            if !pending::is_pending(text) && text.parse::<f64>().is_err() =>
        {
            problem(format!("`{text}` is not a number, as `{name}` is: no record will match"), numeric_hint(shape, one))
        }
        (Shape::Text | Shape::NumberAsText, Comparison::Equals(value @ (Value::Bool(_) | Value::Null))) => {
            problem(format!("`{name}` is a text, and never `{value}`: no record will match"), text_hint(value))
        }
        (Shape::Number, Comparison::Equals(value)) if !value.is_number() => problem(
            format!("`{name}` is a number, and never `{}`: no record will match", shown(value)),
            "write a number without quotes, or `{numeric: [\">\", 0]}`".to_owned(),
        ),
        (Shape::Number, Comparison::Text { .. } | Comparison::Cidr(_)) => problem(
            format!("`{name}` is a number, and this compares texts: no record will match"),
            "compare it with `{numeric: […]}`".to_owned(),
        ),
        (Shape::Truth, Comparison::Equals(value)) if !value.is_boolean() => problem(
            format!("`{name}` is true or false, and never `{}`: no record will match", shown(value)),
            "write `true` or `false` without quotes".to_owned(),
        ),
        (Shape::Truth, Comparison::Text { .. } | Comparison::Cidr(_) | Comparison::Numeric(_)) => problem(
            format!("`{name}` is true or false, and this compares other values: no record will match"),
            "write `[true]` or `[false]`".to_owned(),
        ),
        _ => None,
    }
}

fn numeric_hint(shape: Shape, one: &Comparison) -> String {
    match one {
        Comparison::Numeric(Bounds { low: Some((low, true)), high: Some((high, true)) })
            if low.total_cmp(high).is_eq() =>
        {
            format!("write the text: `[\"{low}\"]`")
        }
        _ if shape == Shape::NumberAsText => {
            "list the values as texts, or compare the number in the function: a filter can't".to_owned()
        }
        _ => "compare texts: `{prefix: …}`, `{suffix: …}` or whole ones".to_owned(),
    }
}

fn text_hint(value: &Value) -> String {
    match value {
        Value::Null => "for a record without it, write `[{exists: false}]`".to_owned(),
        other => format!("write it in quotes: `\"{other}\"`"),
    }
}

/// Returns whether a comparison holds for one of AWS's own words.
fn may_be_word(one: &Comparison, word: &str) -> bool {
    let same = |with: &Value| match with {
        Value::String(text) => text == word || pending::is_pending(text),
        _ => false,
    };
    match one {
        Comparison::Equals(value) => same(value),
        Comparison::Text { part, with, ignore_case } => {
            pending::is_pending(with) || text_holds(*part, with, *ignore_case, word)
        }
        Comparison::AnythingBut(values) => !values.iter().any(|value| value.as_str() == Some(word)),
        Comparison::AnythingButText(all) => !all.iter().any(|one| may_be_word(one, word)),
        Comparison::Numeric(_) | Comparison::Cidr(_) => false,
        Comparison::Exists(there) => *there,
    }
}

fn text_holds(part: Part, with: &str, ignore_case: bool, word: &str) -> bool {
    let fold = |text: &str| if ignore_case { text.to_lowercase() } else { text.to_owned() };
    let (with, word) = (fold(with), fold(word));
    match part {
        Part::Whole => with == word,
        Part::Prefix => word.starts_with(&with),
        Part::Suffix => word.ends_with(&with),
        Part::Wildcard => glob(with.as_bytes(), word.as_bytes()),
    }
}

/// Returns whether a text matches one with `*`; a backslash takes the next character as it is.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skip| glob(rest, &text[skip..])),
        [b'\\', byte, rest @ ..] | [byte, rest @ ..] => text.first() == Some(byte) && glob(rest, &text[1..]),
    }
}

/// Finds operators of `EventBridge`'s rules that AWS does not list for Lambda.
/// Sources: Lambda Developer Guide, table of comparison operators; `EventBridge` User Guide, "Comparison operators for
/// use in event patterns", column "Pipe support".
fn undocumented(pattern: &EventPattern, found: &mut Vec<Problem>) {
    for pattern in pattern.alternatives.iter().flatten() {
        undocumented(pattern, found);
    }
    for field in &pattern.fields {
        let comparisons = match &field.node {
            Node::Within(inner) => {
                undocumented(inner, found);
                continue;
            }
            Node::OneOf(comparisons) => comparisons,
        };
        for (at, one) in comparisons {
            let name = match one {
                Comparison::Text { part: Part::Wildcard, .. } => "wildcard",
                Comparison::Text { part: Part::Whole, ignore_case: false, .. } => "exactly",
                Comparison::Cidr(_) => "cidr",
                Comparison::AnythingButText(_) => "anything-but",
                _ => continue,
            };
            let (message, hint) = match name {
                "anything-but" => (
                    "AWS does not list operators under `anything-but` among those of Lambda's filters: rules of \
                     EventBridge have them",
                    "write `{anything-but: [a, b]}` with whole values, or compare in the function",
                ),
                "exactly" => ("AWS documents no operator `exactly`", "write the value itself"),
                "cidr" => (
                    "AWS does not list `cidr` among the operators of Lambda's filters: rules of EventBridge have it",
                    "compare in the function",
                ),
                _ => (
                    "AWS does not list `wildcard` among the operators of Lambda's filters: rules of EventBridge have it",
                    "use `prefix` or `suffix`, or compare in the function",
                ),
            };
            found.push(Problem::new(at.child(name), message).hint(hint));
        }
    }
}
