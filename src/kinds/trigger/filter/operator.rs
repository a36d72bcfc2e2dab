//! The comparisons of event patterns: the values and operators that a property's list may hold.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::base::{Problem, PropertyPath, pending};

/// The operators that AWS's implementation knows.
pub(super) const OPERATORS: [&str; 9] =
    ["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "wildcard", "cidr", "exactly"];

/// The operators to list when one is not known: those that AWS documents for Lambda.
const DOCUMENTED: &str = "`prefix`, `suffix`, `equals-ignore-case`, `anything-but`, `numeric` and `exists`";

/// Further names that AWS's implementation reserves within `$or`.
const RESERVED: [&str; 15] = [
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// Returns whether a name can't be that of a property within `$or`.
pub(super) fn is_reserved(name: &str) -> bool {
    OPERATORS.contains(&name) || RESERVED.contains(&name)
}

/// A comparison of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Comparison {
    /// The value is this one.
    Equals(Value),
    /// The value is a text with one of these properties.
    Text {
        /// The part of the text that is compared.
        part: Part,
        /// The text that it is compared with.
        with: String,
        /// True if upper and lower case are the same.
        ignore_case: bool,
    },
    /// The value is none of these, texts or numbers.
    AnythingBut(Vec<Value>),
    /// The value is not a text for which one of these holds.
    AnythingButText(Vec<Comparison>),
    /// The value is a number within bounds.
    Numeric(Bounds),
    /// The property exists, or does not.
    Exists(bool),
    /// The value is an IP address in a network.
    Cidr(String),
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole text.
    Whole,
    /// Its beginning.
    Prefix,
    /// Its end.
    Suffix,
    /// The whole, with `*` for any characters.
    Wildcard,
}

/// Bounds of a number, each with whether it is included.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Bounds {
    /// The lower bound.
    pub(super) low: Option<(f64, bool)>,
    /// The upper bound.
    pub(super) high: Option<(f64, bool)>,
}

/// Reads the mapping of an operator in a list.
pub(super) fn read(map: &Map<String, Value>, at: &PropertyPath) -> Result<Comparison, Problem> {
    let mut entries = map.iter();
    let Some((name, operand)) = entries.next() else {
        let message = "an empty mapping in place of an operator";
        return Err(Problem::new(at.clone(), message).hint(format!("Lambda's filters have {DOCUMENTED}")));
    };
    if !OPERATORS.contains(&name.as_str()) {
        return Err(unknown(name, operand, at.child(name)));
    }
    if let Some((second, _)) = entries.next() {
        let message = format!("`{name}` and `{second}` are in one mapping, where only one operator is allowed");
        return Err(Problem::new(at.child(second), message)
            .hint(format!("write a mapping for each: `[{{{name}: …}}, {{{second}: …}}]`: one that holds is enough")));
    }
    let here = at.child(name);
    match name.as_str() {
        "prefix" => affix(Part::Prefix, name, operand, here),
        "suffix" => affix(Part::Suffix, name, operand, here),
        "equals-ignore-case" => {
            text(name, operand, here).map(|with| Comparison::Text { part: Part::Whole, with, ignore_case: true })
        }
        "exactly" => {
            text(name, operand, here).map(|with| Comparison::Text { part: Part::Whole, with, ignore_case: false })
        }
        "wildcard" => wildcard(name, operand, here),
        "anything-but" => anything_but(operand, here),
        "numeric" => numeric(operand, here),
        "cidr" => cidr(operand, here),
        _ => match operand {
            Value::Bool(there) => Ok(Comparison::Exists(*there)),
            other => Err(Problem::new(here, format!("`exists` is true or false, and not `{}`", shown(other)))
                .hint("write `{exists: true}` or `{exists: false}`, without quotes")),
        },
    }
}

fn unknown(name: &str, operand: &Value, at: PropertyPath) -> Problem {
    let near = OPERATORS.iter().map(|known| (strsim::jaro_winkler(known, &name.to_lowercase()), known));
    let near = near.filter(|(score, _)| *score > 0.8).max_by(|one, other| one.0.total_cmp(&other.0));
    let hint = match (near, operand) {
        (Some((_, known)), _) => format!("did you mean `{known}`?"),
        // A property within a list, as in an event.
        (None, Value::Array(_) | Value::Object(_)) => format!(
            "properties belong in mappings, not in lists: `{{{name}: […]}}` without the brackets around it; the \
             operators are {DOCUMENTED}"
        ),
        (None, _) => format!("Lambda's filters have {DOCUMENTED}"),
    };
    Problem::new(at, format!("`{name}` is not an operator of filters")).hint(hint)
}

/// Reads a text as an operand.
fn text(name: &str, operand: &Value, at: PropertyPath) -> Result<String, Problem> {
    match operand {
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) => Err(Problem::new(at, format!("`{name}` takes one text, not a list"))
            .hint(format!("write one for each: `[{{{name}: a}}, {{{name}: b}}]`"))),
        Value::Object(_) => Err(Problem::new(at, format!("`{name}` takes a text, not a mapping"))),
        other => Err(Problem::new(at, format!("`{name}` takes a text, and `{}` is not one", shown(other)))
            .hint(format!("write it in quotes: `{{{name}: \"{}\"}}`", shown(other)))),
    }
}

/// Reads `prefix` or `suffix`, each of which may ignore the case.
fn affix(part: Part, name: &str, operand: &Value, at: PropertyPath) -> Result<Comparison, Problem> {
    let Value::Object(map) = operand else {
        return text(name, operand, at).map(|with| Comparison::Text { part, with, ignore_case: false });
    };
    let mut entries = map.iter();
    match (entries.next(), entries.next()) {
        (Some((inner, operand)), None) if inner == "equals-ignore-case" => {
            text(inner, operand, at.child(inner)).map(|with| Comparison::Text { part, with, ignore_case: true })
        }
        _ => Err(Problem::new(at, format!("`{name}` takes a text, or `{{equals-ignore-case: …}}` alone"))),
    }
}

/// Reads `wildcard`. Source: `EventBridge` User Guide, "Wildcard matching".
fn wildcard(name: &str, operand: &Value, at: PropertyPath) -> Result<Comparison, Problem> {
    let with = text(name, operand, at.clone())?;
    let mut characters = with.chars();
    let mut star = false;
    while let Some(character) = characters.next() {
        match character {
            '*' if star => return Err(Problem::new(at, "two `*` follow each other").hint("write one")),
            '\\' if !matches!(characters.next(), Some('*' | '\\')) => {
                return Err(Problem::new(at, "a backslash must be followed by `*` or a backslash")
                    .hint("write a backslash as two: `\\\\`"));
            }
            _ => {}
        }
        star = character == '*';
    }
    Ok(Comparison::Text { part: Part::Wildcard, with, ignore_case: false })
}

fn anything_but(operand: &Value, at: PropertyPath) -> Result<Comparison, Problem> {
    match operand {
        Value::String(_) | Value::Number(_) => Ok(Comparison::AnythingBut(vec![operand.clone()])),
        Value::Array(items) => {
            if items.is_empty() {
                return Err(Problem::new(at, "an empty list under `anything-but` is refused by Lambda")
                    .hint("list what the value must not be"));
            }
            if let Some(index) = items.iter().position(|item| !item.is_string() && !item.is_number()) {
                let message = "`anything-but` takes texts and numbers: no null, truth values, lists or operators";
                let hint = "write an operator in place of the list: `{anything-but: {prefix: a}}`";
                let problem = Problem::new(at.child(index.to_string()), message);
                return Err(if items[index].is_object() { problem.hint(hint) } else { problem });
            }
            let first = items[0].is_string();
            match items.iter().position(|item| item.is_string() != first) {
                Some(index) => Err(Problem::new(
                    at.child(index.to_string()),
                    "texts and numbers are mixed under one `anything-but`, which Lambda refuses",
                )
                .hint("write all as texts in quotes, or all as numbers")),
                None => Ok(Comparison::AnythingBut(items.clone())),
            }
        }
        Value::Object(map) => anything_but_text(map, at),
        other => Err(Problem::new(at, format!("`anything-but` takes texts and numbers, and not `{}`", shown(other)))),
    }
}

fn anything_but_text(map: &Map<String, Value>, at: PropertyPath) -> Result<Comparison, Problem> {
    let mut entries = map.iter();
    let (Some((name, operand)), None) = (entries.next(), entries.next()) else {
        return Err(Problem::new(at, "only one operator is allowed under `anything-but`"));
    };
    let here = at.child(name);
    let part = match name.as_str() {
        "prefix" => Part::Prefix,
        "suffix" => Part::Suffix,
        "equals-ignore-case" => Part::Whole,
        "wildcard" => Part::Wildcard,
        _ => {
            return Err(Problem::new(here, format!("`{name}` can't be used under `anything-but`"))
                .hint("`prefix`, `suffix`, `equals-ignore-case` and `wildcard` can"));
        }
    };
    let one = |operand: &Value, at: PropertyPath| {
        if part == Part::Wildcard {
            return wildcard(name, operand, at);
        }
        let with = text(name, operand, at.clone())?;
        if with.is_empty() && part != Part::Whole {
            return Err(Problem::new(at, format!("an empty `{name}` under `anything-but` is refused by Lambda")));
        }
        Ok(Comparison::Text { part, with, ignore_case: part == Part::Whole })
    };
    let all = match operand {
        Value::Array(items) if items.is_empty() => {
            return Err(Problem::new(here, "an empty list under `anything-but` is refused by Lambda"));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| one(item, here.child(index.to_string())))
            .collect::<Result<_, _>>()?,
        other => vec![one(other, here)?],
    };
    Ok(Comparison::AnythingButText(all))
}

fn numeric(operand: &Value, at: PropertyPath) -> Result<Comparison, Problem> {
    let example = "for instance `{numeric: [\">\", 10, \"<=\", 20]}` or `{numeric: [\"=\", 5]}`";
    let Value::Array(items) = operand else {
        return Err(Problem::new(at, "`numeric` takes a list of operators and numbers").hint(example));
    };
    if items.is_empty() || items.len() % 2 == 1 {
        let message = "`numeric` takes an operator and a number, or a lower and an upper bound";
        return Err(Problem::new(at, message).hint(example));
    }
    if items.len() > 4 {
        let message = "`numeric` takes at most a lower and an upper bound";
        return Err(Problem::new(at.child("4"), message).hint(example));
    }
    let single = items.len() == 2;
    let mut bounds = Bounds::default();
    for (pair, items) in items.chunks(2).enumerate() {
        let [sign, number] = items else { continue };
        let at_sign = at.child((2 * pair).to_string());
        let Some(sign) = sign.as_str() else {
            let message = format!("`numeric` needs an operator in place of `{}`", shown(sign));
            return Err(Problem::new(at_sign, message).hint(example));
        };
        let Some(number) = number.as_number().and_then(serde_json::Number::as_f64).filter(|n| n.is_finite()) else {
            let quoted = number.as_str().is_some_and(|text| text.parse::<f64>().is_ok());
            let message = format!("`{}` is not a number, as `numeric` needs after `{sign}`", shown(number));
            let hint = if quoted { "write it without quotes" } else { example };
            return Err(Problem::new(at.child((2 * pair + 1).to_string()), message).hint(hint));
        };
        match sign {
            "=" if single => {
                bounds = Bounds { low: Some((number, true)), high: Some((number, true)) };
            }
            ">" | ">=" if pair == 0 => bounds.low = Some((number, sign == ">=")),
            "<" | "<=" if pair == 1 || single => bounds.high = Some((number, sign == "<=")),
            "=" | "<" | "<=" if pair == 0 => {
                let message = format!("nothing can follow `{sign}` and its number in `numeric`");
                return Err(Problem::new(at.child("2"), message)
                    .hint("a range begins with `>` or `>=` and ends with `<` or `<=`"));
            }
            "=" | ">" | ">=" => {
                let message = format!("`{sign}` can't be the upper bound of `numeric`");
                return Err(Problem::new(at_sign, message).hint("a range ends with `<` or `<=`"));
            }
            _ => {
                let message = format!("`{sign}` is not an operator of `numeric`");
                return Err(Problem::new(at_sign, message).hint("they are `=`, `<`, `<=`, `>` and `>=`"));
            }
        }
    }
    if let (Some((low, _)), Some((high, _)), 4) = (bounds.low, bounds.high, items.len())
        && low >= high
    {
        let message = format!("the lower bound {low} of `numeric` is not below the upper one, {high}");
        return Err(Problem::new(at.child("3"), message).hint("a range goes from the smaller to the larger number"));
    }
    Ok(Comparison::Numeric(bounds))
}

fn cidr(operand: &Value, at: PropertyPath) -> Result<Comparison, Problem> {
    let with = text("cidr", operand, at.clone())?;
    let is_network = || {
        let (address, bits) = with.split_once('/')?;
        let (address, bits) = (address.parse::<IpAddr>().ok()?, bits.parse::<u8>().ok()?);
        (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(())
    };
    if !pending::is_pending(&with) && is_network().is_none() {
        return Err(Problem::new(at, format!("`{with}` is not a network")).hint("for instance `10.0.0.0/24`"));
    }
    Ok(Comparison::Cidr(with))
}

/// A value as an author writes it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => crate::base::pending::display(text),
        other => other.to_string(),
    }
}
