//! Comparisons of an attribute: `"{day}"`, or `{begins_with: "{year}"}`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::value::AttributeTemplate;

/// A comparison of an attribute with one or two values.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The operator.
    pub operator: Operator,
    /// Two values of `between`, one of any other operator.
    pub values: Vec<AttributeTemplate>,
}

/// An operator of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equality: the value alone is its short form.
    Equals,
    /// The beginning of a text.
    BeginsWith,
    /// From the first value to the second one, both included.
    Between,
    /// `<`
    LessThan,
    /// `<=`
    AtMost,
    /// `>`
    GreaterThan,
    /// `>=`
    AtLeast,
    /// `<>`; not of a key.
    NotEquals,
    /// A part of a text, or an element of a set; not of a key.
    Contains,
    /// The presence of the attribute, `true` or `false`; not of a key.
    Exists,
}

/// The operators with their words. Source: API reference, `Query`, `KeyConditionExpression`, has the first seven.
const WORDS: [(&str, Operator); 10] = [
    ("equals", Operator::Equals),
    ("begins_with", Operator::BeginsWith),
    ("between", Operator::Between),
    ("less_than", Operator::LessThan),
    ("at_most", Operator::AtMost),
    ("greater_than", Operator::GreaterThan),
    ("at_least", Operator::AtLeast),
    ("not_equals", Operator::NotEquals),
    ("contains", Operator::Contains),
    ("exists", Operator::Exists),
];

/// The number of operators that a sort key takes.
const OF_KEYS: usize = 7;

impl Operator {
    /// Its word in a file.
    pub(crate) fn word(self) -> &'static str {
        WORDS.iter().find(|(_, operator)| *operator == self).map_or("", |(word, _)| word)
    }

    /// The expression of `DynamoDB`; `#n` is the attribute, `:a` and `:b` are the values.
    pub(crate) fn expression(self, name: &str, values: &[String]) -> String {
        let first = values.first().map(String::as_str).unwrap_or_default();
        let second = values.get(1).map(String::as_str).unwrap_or_default();
        match self {
            Self::Equals => format!("{name} = {first}"),
            Self::BeginsWith => format!("begins_with({name}, {first})"),
            Self::Between => format!("{name} BETWEEN {first} AND {second}"),
            Self::LessThan => format!("{name} < {first}"),
            Self::AtMost => format!("{name} <= {first}"),
            Self::GreaterThan => format!("{name} > {first}"),
            Self::AtLeast => format!("{name} >= {first}"),
            Self::NotEquals => format!("{name} <> {first}"),
            Self::Contains => format!("contains({name}, {first})"),
            Self::Exists => format!("attribute_exists({name})"),
        }
    }
}

impl Comparison {
    /// The one value, of equality.
    pub(crate) fn equal_to(&self) -> Option<&AttributeTemplate> {
        self.values.first().filter(|_| self.operator == Operator::Equals)
    }

    /// True for `{exists: false}`.
    pub(crate) fn is_absence(&self) -> bool {
        self.operator == Operator::Exists && self.values.first() == Some(&AttributeTemplate::Flag(false))
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.operator, self.values.as_slice()) {
            (Operator::Equals, [one]) => one.serialize(serializer),
            (operator, values) => {
                let mut map = serializer.serialize_map(Some(1))?;
                match values {
                    [one] => map.serialize_entry(operator.word(), one)?,
                    several => map.serialize_entry(operator.word(), several)?,
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Comparison {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = match Value::deserialize(deserializer)? {
            Value::Object(map) => map,
            scalar => {
                let value = AttributeTemplate::read(scalar).map_err(D::Error::custom)?;
                return Ok(Self { operator: Operator::Equals, values: vec![value] });
            }
        };
        read(map).map_err(D::Error::custom)
    }
}

fn read(map: Map<String, Value>) -> Result<Comparison, String> {
    let known = || format!("a comparison is a value, or one of {}", WORDS.map(|(word, _)| word).join(", "));
    let mut entries = map.into_iter();
    let (Some((word, value)), None) = (entries.next(), entries.next()) else { return Err(known()) };
    let (_, operator) = WORDS.into_iter().find(|(known, _)| *known == word).ok_or_else(known)?;
    let values = match value {
        Value::Array(two) if operator == Operator::Between && two.len() == 2 => two,
        Value::Array(_) => return Err(known()),
        one if operator != Operator::Between => vec![one],
        _ => return Err("`between` takes two values".to_owned()),
    };
    let values = values.into_iter().map(AttributeTemplate::read).collect::<Result<_, _>>()?;
    Ok(Comparison { operator, values })
}

/// The schema of comparisons with some of the operators.
fn schema_of(operators: &[(&str, Operator)], description: &str) -> Schema {
    let scalar = json!({"type": ["string", "number", "boolean"]});
    let of = |operator: Operator| match operator {
        Operator::Between => json!({"type": "array", "items": scalar, "minItems": 2, "maxItems": 2}),
        Operator::Exists => json!({"type": "boolean"}),
        _ => scalar.clone(),
    };
    let properties: Map<String, Value> =
        operators.iter().map(|(word, operator)| ((*word).to_owned(), of(*operator))).collect();
    json_schema!({
        "description": description,
        "anyOf": [
            scalar,
            {
                "type": "object",
                "properties": properties,
                "additionalProperties": false,
                "minProperties": 1,
                "maxProperties": 1,
                "examples": ["{begins_with: \"{year}\"}"]
            }
        ]
    })
}

/// The schema of a comparison of the sort key.
pub(super) fn sort_schema(_: &mut SchemaGenerator) -> Schema {
    schema_of(
        &WORDS[..OF_KEYS],
        "The comparison of the sort key: a value, which it equals, or one of `begins_with`, `between` (two values), \
         `less_than`, `at_most`, `greater_than` and `at_least`.",
    )
}

impl JsonSchema for Comparison {
    fn schema_name() -> Cow<'static, str> {
        "Comparison".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema_of(&WORDS, "A value, which the attribute equals, or another comparison.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_read_and_written_in_one_form() {
        for value in [
            json!("a{b}"),
            json!(5),
            json!({"begins_with": "{year}"}),
            json!({"between": ["{a}", "{b}"]}),
            json!({"exists": false}),
        ] {
            let comparison: Comparison = serde_json::from_value(value.clone()).expect("a comparison");
            assert_eq!(serde_json::to_value(&comparison).expect("a tree"), value);
        }
        for value in
            [json!({}), json!({"like": "a"}), json!({"between": ["a"]}), json!({"at_least": ["a", "b"]}), json!([])]
        {
            assert!(serde_json::from_value::<Comparison>(value.clone()).is_err(), "{value}");
        }
    }
}
