//! Reads a scalar as the type of its schema: text, number, truth value, one of several words.

use serde_json::{Map, Number, Value};

use super::interpolate::Filled;
use crate::stack::diagnostics::Complaint;
use crate::stack::messages::{pattern, wording};

/// A value, and whether it is free text, which may be sealed or pending.
#[derive(Debug, PartialEq)]
pub(crate) struct Typed {
    /// The value.
    pub(crate) value: Value,
    /// True if any text is allowed, perhaps within a pattern.
    pub(crate) free: bool,
}

/// Reads a text by a (resolved, unbranched) schema.
pub(crate) fn typed(filled: &Filled, schema: &Map<String, Value>) -> Result<Typed, Complaint> {
    if let Some(values) = words_of(schema) {
        return keyword(filled, schema, &values);
    }
    let types = wording::types(schema);
    let takes = |kind: &str| types.contains(&kind);
    if types.is_empty() {
        return Ok(core(filled));
    }
    let bare = filled.plain || filled.interpolated;
    if takes("boolean") && bare && matches!(filled.text.as_str(), "true" | "false") {
        return Ok(fixed(Value::Bool(filled.text == "true")));
    }
    let number = match () {
        () if takes("number") => decimal(&filled.text),
        () if takes("integer") => whole(&filled.text),
        () => None,
    };
    if let Some(number) = number.filter(|_| bare) {
        return in_range(number, schema, filled);
    }
    if takes("string") {
        return text(filled, schema);
    }
    if takes("null") && is_null(filled) {
        return Ok(fixed(Value::Null));
    }
    Err(wrong(filled, schema))
}

fn fixed(value: Value) -> Typed {
    Typed { value, free: false }
}

fn is_null(filled: &Filled) -> bool {
    filled.plain && !filled.interpolated && matches!(filled.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
}

fn words_of(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

fn keyword(filled: &Filled, schema: &Map<String, Value>, values: &[&Value]) -> Result<Typed, Complaint> {
    if filled.is_pending() {
        return Err(pending(schema));
    }
    let matches = |value: &&&Value| match value {
        Value::String(word) => *word == filled.text,
        Value::Null => is_null(filled),
        other => (filled.plain || filled.interpolated) && other.to_string() == filled.text,
    };
    if let Some(value) = values.iter().find(matches) {
        return Ok(fixed((*value).clone()));
    }
    let known: Vec<String> =
        values.iter().filter(|value| !value.is_null()).map(|value| wording::literal(value)).collect();
    let expected = format!("expected {}", wording::either(&known));
    let complaint = Complaint::new("unknown-word", format!("{} is not known here", shown(filled)));
    let complaint = complaint.label(&expected);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(match wording::unknown_word_hint(&filled.text, &known) {
        Some(word) if !filled.secret => complaint.hint(format!("did you mean `{word}`?")),
        _ => complaint,
    })
}

/// A text for a message, unless it is secret.
fn shown(filled: &Filled) -> String {
    if filled.secret { "the value".to_owned() } else { format!("`{}`", crate::base::pending::display(&filled.text)) }
}

fn pending(schema: &Map<String, Value>) -> Complaint {
    Complaint::new("known-too-late", "this value is known only after apply, but is needed before")
        .label(format!("expected {}", wording::expected(schema)))
        .hint("only properties that hold free text can refer to what is known after apply")
}

fn wrong(filled: &Filled, schema: &Map<String, Value>) -> Complaint {
    if filled.is_pending() {
        return pending(schema);
    }
    let expected = wording::expected(schema);
    let label = format!("expected {expected}");
    if is_null(filled) {
        return Complaint::new("missing-value", "a value is missing").label(label).hint(for_example(schema));
    }
    if filled.interpolated {
        let message = format!("{} is not {expected}, as this property needs", shown(filled));
        return Complaint::new("wrong-type", message).label(label);
    }
    let bare = Filled { plain: true, ..filled.clone() };
    if !filled.plain && typed(&bare, schema).is_ok() {
        return Complaint::new("wrong-type", format!("`{}` is a text here, because of its quotes", filled.text))
            .label(label)
            .hint(format!("remove the quotes: `{}`", filled.text));
    }
    let complaint = Complaint::new("wrong-type", format!("`{}` is not {expected}", filled.text)).label(label);
    let types = wording::types(schema);
    let lower = filled.text.to_lowercase();
    if types.contains(&"boolean") {
        return match lower.as_str() {
            "yes" | "on" | "true" | "y" | "1" => complaint.hint("write `true`"),
            "no" | "off" | "false" | "n" | "0" => complaint.hint("write `false`"),
            _ => complaint.hint("write `true` or `false`"),
        };
    }
    if types.contains(&"integer") && filled.text.parse::<f64>().is_ok() {
        return complaint.hint("write a whole number in decimal digits, without leading zeros");
    }
    complaint.hint(meant(filled, schema).unwrap_or_else(|| for_example(schema)))
}

/// The probable meaning of a text in place of a list.
pub(crate) fn meant(filled: &Filled, schema: &Map<String, Value>) -> Option<String> {
    let text = Some(&filled.text).filter(|text| !text.is_empty() && !filled.secret && !filled.interpolated)?;
    let list = |schema: &Map<String, Value>| {
        let items = schema.get("items").and_then(Value::as_object);
        wording::types(schema).contains(&"array")
            && items.is_some_and(|items| wording::types(items).contains(&"string"))
    };
    let branches = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    let takes_list = list(schema) || branches.filter_map(Value::as_object).any(list);
    takes_list.then(|| format!("write `[{text}]`"))
}

fn for_example(schema: &Map<String, Value>) -> String {
    match wording::example(schema) {
        Some(example) => format!("for example `{example}`"),
        None => "give a value, or remove the property".to_owned(),
    }
}

fn whole(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !decimal || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok()
}

fn decimal(text: &str) -> Option<Number> {
    let looks = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    whole(text).or_else(|| looks.then(|| text.parse::<f64>().ok().and_then(Number::from_f64)).flatten())
}

fn in_range(number: Number, schema: &Map<String, Value>, filled: &Filled) -> Result<Typed, Complaint> {
    let value = number.as_f64().unwrap_or_default();
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let low =
        bound("minimum").is_some_and(|low| value < low) || bound("exclusiveMinimum").is_some_and(|low| value <= low);
    let high = bound("maximum").is_some_and(|high| value > high)
        || bound("exclusiveMaximum").is_some_and(|high| value >= high);
    if low || high {
        let message = format!("{} is too {}", shown(filled), if low { "small" } else { "large" });
        return Err(Complaint::new("out-of-range", message).label(format!("expected {}", wording::expected(schema))));
    }
    Ok(fixed(Value::Number(number)))
}

fn text(filled: &Filled, schema: &Map<String, Value>) -> Result<Typed, Complaint> {
    if is_null(filled) && filled.text != "~" {
        let complaint = Complaint::new("missing-value", "a value is missing").label("expected a text");
        return Err(complaint.hint("put the text in quotes if `null` or nothing is meant as text"));
    }
    let typed = Typed { value: Value::String(filled.text.clone()), free: true };
    if filled.is_pending() {
        return Ok(typed);
    }
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let length = filled.text.chars().count();
    if let Some(least) = limit("minLength").filter(|least| length < *least) {
        let message = if length == 0 {
            "the text is empty".to_owned()
        } else {
            format!("the text is too short: {}", characters(length))
        };
        return Err(Complaint::new("wrong-length", message).label(format!("expected at least {}", characters(least))));
    }
    if let Some(most) = limit("maxLength").filter(|most| length > *most) {
        let message = format!("the text is too long: {}", characters(length));
        return Err(Complaint::new("wrong-length", message).label(format!("expected at most {}", characters(most))));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        // An invalid pattern is a mistake of a kind, which its own tests find.
        if regex_lite::Regex::new(pattern).is_ok_and(|regex| !regex.is_match(&filled.text)) {
            let fault = pattern::fault(pattern, &filled.text).filter(|_| !filled.secret);
            let fault = fault.map(|fault| fault.to_string()).unwrap_or_default();
            let message = format!("{} does not have the required form{fault}", shown(filled));
            let complaint = Complaint::new("wrong-form", message);
            let hint =
                Some(filled).filter(|filled| !filled.secret).and_then(|filled| formed(&filled.text, pattern, schema));
            let hint = hint.or_else(|| wording::example(schema).map(|example| format!("for example `{example}`")));
            let complaint = match pattern::expected(pattern, hint.is_some()) {
                Some(expected) => complaint.label(format!("expected {expected}")),
                None => complaint,
            };
            return Err(match hint {
                Some(hint) => complaint.hint(hint),
                None => complaint,
            });
        }
    }
    Ok(typed)
}

/// The probable meaning of a text without the expected form: one of the examples, if there are several, or the example
/// with this word in place of its first (`ec2.amazonaws.com` for `ec2`).
fn formed(text: &str, pattern: &str, schema: &Map<String, Value>) -> Option<String> {
    let examples = schema.get("examples").and_then(Value::as_array)?;
    let examples: Vec<&str> = examples.iter().filter_map(Value::as_str).collect();
    let [only] = examples.as_slice() else { return wording::did_you_mean(text, examples) };
    // A number alone, such as an account's, is no part of a name.
    let (_, rest) =
        only.split_once('.').filter(|(_, rest)| rest.contains('.') && text.contains(char::is_alphabetic))?;
    let whole = format!("{text}.{rest}");
    regex_lite::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&whole)).then(|| format!("write `{whole}`"))
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

/// Reads a scalar without a schema: by YAML's core schema.
fn core(filled: &Filled) -> Typed {
    let value = match filled.text.as_str() {
        _ if !filled.plain || filled.interpolated => Value::String(filled.text.clone()),
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => decimal(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    };
    let free = value.is_string();
    Typed { value, free }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str, plain: bool, schema: Value) -> Result<Value, String> {
        let Value::Object(schema) = schema else { panic!("a schema") };
        let filled = Filled { text: text.to_owned(), plain, ..Filled::default() };
        typed(&filled, &schema).map(|typed| typed.value).map_err(|complaint| complaint.message)
    }

    #[test]
    fn plain_scalars_are_text_for_string_properties() {
        for text in ["NO", "on", "off", "012345678901", "1e3", "~", "true", "0x1F", "2026-01-01"] {
            assert_eq!(read(text, true, json!({"type": "string"})), Ok(json!(text)));
        }
    }

    #[test]
    fn numbers_and_booleans_are_plain_scalars_only() {
        assert_eq!(read("5", true, json!({"type": "integer"})), Ok(json!(5)));
        assert_eq!(read("-5", true, json!({"type": "integer"})), Ok(json!(-5)));
        assert_eq!(read("1e3", true, json!({"type": "number"})), Ok(json!(1000.0)));
        assert_eq!(read("true", true, json!({"type": "boolean"})), Ok(json!(true)));
        for (text, plain) in [("5", false), ("05", true), ("5.0", true), ("0x5", true), ("99999999999999999999", true)]
        {
            assert!(read(text, plain, json!({"type": "integer"})).is_err(), "{text}");
        }
        for (text, plain) in [("true", false), ("True", true), ("yes", true), ("on", true)] {
            assert!(read(text, plain, json!({"type": "boolean"})).is_err(), "{text}");
        }
        for text in ["nan", ".inf", "inf", "infinity"] {
            assert!(read(text, true, json!({"type": "number"})).is_err(), "{text}");
        }
    }

    #[test]
    fn enum_words_may_look_like_booleans_or_numbers() {
        assert_eq!(read("off", true, json!({"enum": ["on", "off"]})), Ok(json!("off")));
        assert_eq!(read("1", true, json!({"enum": [1, 2]})), Ok(json!(1)));
        assert!(read("1", false, json!({"enum": [1, 2]})).is_err());
    }
}
