//! The arguments of a pattern: the values of its parameters, given as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::check::meant;
use super::pattern::{AccessPattern, Format};
use super::served::served;
use super::table_keys::{ScalarType, TableKeys};
use super::uses::types;
use super::value::AttributeTemplate;

/// Arguments that fit a pattern.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    values: BTreeMap<String, String>,
    types: BTreeMap<String, ScalarType>,
}

/// Arguments that do not fit a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ArgumentError {
    /// The fact.
    pub message: String,
    /// A way to fix it.
    pub hint: String,
}

impl Arguments {
    /// Reads arguments (`name`, `value`) for a pattern: none may be unknown, missing, given twice or of a wrong type.
    pub fn read(pattern: &AccessPattern, keys: &TableKeys, given: &[(String, String)]) -> Result<Self, ArgumentError> {
        let served = served(pattern, keys);
        let types = types(pattern, keys, served.as_ref().and_then(|served| served.sort_on.as_deref()));
        let usage = || usage(&types);
        let mut values = BTreeMap::new();
        for (name, value) in given {
            let Some(kind) = types.get(name) else {
                let near = meant(name, types.keys().map(String::as_str)).filter(|hint| hint.starts_with("did"));
                let message = format!("the pattern has no parameter `{name}`");
                return Err(ArgumentError { message, hint: near.unwrap_or_else(usage) });
            };
            if values.insert(name.clone(), value.clone()).is_some() {
                let message = format!("the parameter `{name}` is given twice");
                return Err(ArgumentError { message, hint: "give it once".to_owned() });
            }
            let declared = pattern.parameters.get(name);
            if let Err(expected) = fits(value, *kind, declared.and_then(|declared| declared.format)) {
                let message = format!("`{value}` is not a value of the parameter `{name}`");
                return Err(ArgumentError { message, hint: format!("expected {expected}") });
            }
            let known = declared.map(|declared| declared.values.as_slice()).unwrap_or_default();
            if !known.is_empty() && !known.contains(value) {
                let message = format!("`{value}` is not a value of the parameter `{name}`");
                let hint = meant(value, known.iter().map(String::as_str)).unwrap_or_default();
                return Err(ArgumentError { message, hint });
            }
        }
        let missing: Vec<String> =
            types.keys().filter(|name| !values.contains_key(*name)).map(|name| format!("`{name}`")).collect();
        if !missing.is_empty() {
            let noun = if missing.len() == 1 { "the parameter" } else { "the parameters" };
            let message = format!("{noun} {} of the pattern must be given", missing.join(", "));
            return Err(ArgumentError { message, hint: usage() });
        }
        Ok(Self { values, types })
    }

    /// A value of an attribute in the API's form, `{"S": "…"}`; `kind` is the attribute's type, if it is of a key.
    pub(super) fn attribute(&self, value: &AttributeTemplate, kind: Option<ScalarType>) -> Value {
        match value {
            AttributeTemplate::Number(number) => json!({"N": number.to_string()}),
            AttributeTemplate::Flag(flag) => json!({"BOOL": flag}),
            AttributeTemplate::Text(template) => {
                let text = template.filled(&self.values).unwrap_or_default();
                let of_parameter = template.only_parameter().and_then(|name| self.types.get(&name).copied());
                match kind.or(of_parameter).unwrap_or(ScalarType::S) {
                    ScalarType::S => json!({"S": text}),
                    ScalarType::N => json!({"N": text}),
                    ScalarType::B => json!({"B": text}),
                    ScalarType::Bool => json!({"BOOL": text == "true"}),
                }
            }
        }
    }
}

/// The arguments of a pattern, as they are written: `message_group_uuid=… year=…`.
fn usage(types: &BTreeMap<String, ScalarType>) -> String {
    if types.is_empty() {
        return "it has no parameters".to_owned();
    }
    let mut text = "write".to_owned();
    for name in types.keys() {
        let _ = write!(text, " {name}=…");
    }
    text
}

/// Returns what is expected of a value that does not fit.
pub(super) fn fits(text: &str, kind: ScalarType, format: Option<Format>) -> Result<(), &'static str> {
    let fits = match kind {
        ScalarType::S if text.is_empty() => return Err("a text that is not empty"),
        ScalarType::S => return format.map_or(Ok(()), |format| has_format(text, format)),
        ScalarType::N => is_number(text),
        ScalarType::B => !text.is_empty() && STANDARD.decode(text).is_ok(),
        ScalarType::Bool => matches!(text, "true" | "false"),
    };
    if fits { Ok(()) } else { Err(kind.noun()) }
}

/// Returns whether a text is a number of `DynamoDB`: decimal, of up to 38 digits, between 1E-130 and 9.99…E+125.
/// Source: Developer Guide, "Supported data types", "Number".
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let Ok(exponent) = exponent.parse::<i32>() else { return false };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) || all.len() > 400 {
        return false;
    }
    let significant = all.trim_matches('0');
    if significant.is_empty() {
        return true;
    }
    let leading = all.len() - all.trim_start_matches('0').len();
    let length = |text: &str| i32::try_from(text.len()).unwrap_or(i32::MAX);
    let magnitude = exponent.saturating_add(length(whole)) - 1 - i32::try_from(leading).unwrap_or(0);
    significant.len() <= 38 && (-130..=125).contains(&magnitude)
}

fn has_format(text: &str, format: Format) -> Result<(), &'static str> {
    let date = |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    let (fits, expected) = match format {
        Format::Uuid => (uuid::Uuid::try_parse(text).is_ok(), "a UUID such as `5ae290ed-55d1-47a0-bc6d-fe2bc2700399`"),
        Format::Time => {
            (text.parse::<jiff::Timestamp>().is_ok(), "a time with its offset, such as `2026-11-30T16:53:01Z`")
        }
        Format::Date => (date(text), "a day such as `2026-11-30`"),
        Format::Month => (text.len() == 7 && date(&format!("{text}-01")), "a month such as `2026-11`"),
        Format::Year => (text.len() == 4 && date(&format!("{text}-01-01")), "a year such as `2026`"),
    };
    if fits { Ok(()) } else { Err(expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_dynamodb() {
        for text in
            ["0", "-5", "1.5", "1e3", "+7", ".5", "5.", "0.000", "99999999999999999999999999999999999999", "1E125"]
        {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "",
            "x",
            "1x",
            "0x5",
            "NaN",
            "inf",
            "1e",
            "1e126",
            "1e-131",
            "--1",
            ".",
            "1 ",
            "1_000",
            "1,5",
            "123456789012345678901234567890123456789",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn values_are_held_against_type_and_format() {
        let ok = |text: &str, kind, format| fits(text, kind, format).is_ok();
        assert!(ok("2026-11-30", ScalarType::S, Some(Format::Date)));
        assert!(!ok("2026-11-31", ScalarType::S, Some(Format::Date)));
        assert!(!ok("2026-11-30T00:00:00Z", ScalarType::S, Some(Format::Date)));
        assert!(
            ok("2026-11", ScalarType::S, Some(Format::Month)) && !ok("2026-13", ScalarType::S, Some(Format::Month))
        );
        assert!(ok("2026", ScalarType::S, Some(Format::Year)) && !ok("26", ScalarType::S, Some(Format::Year)));
        assert!(ok("2026-11-30T16:53:01+00:00", ScalarType::S, Some(Format::Time)));
        assert!(!ok("2026-11-30T16:53:01", ScalarType::S, Some(Format::Time)));
        assert!(!ok("5ae290ed", ScalarType::S, Some(Format::Uuid)));
        assert!(ok("aGk=", ScalarType::B, None) && !ok("hi!", ScalarType::B, None));
        assert!(ok("true", ScalarType::Bool, None) && !ok("yes", ScalarType::Bool, None));
        assert!(!ok("", ScalarType::S, None));
    }
}
