//! The members of an answer, each read as its type.

use serde_json::{Map, Value};

/// An element of an answer. A member that is missing is `None`, or an empty list; one of another type is an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a>(Option<&'a Map<String, Value>>);

impl<'a> Element<'a> {
    /// Takes a value for an element.
    ///
    /// # Errors
    /// It is a text or a list.
    pub(super) fn of(value: &'a Value) -> Result<Self, String> {
        match value {
            Value::Object(members) => Ok(Self(Some(members))),
            value if is_empty(value) => Ok(Self(None)),
            value => Err(format!("an element was expected, and not {value}")),
        }
    }

    fn member(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    /// A text.
    pub(super) fn text(self, name: &str) -> Result<Option<String>, String> {
        self.member(name).map(|value| text(name, value)).transpose()
    }

    /// A truth value.
    pub(super) fn truth(self, name: &str) -> Result<Option<bool>, String> {
        self.read(name, "`true` or `false`")
    }

    /// A whole number.
    pub(super) fn number(self, name: &str) -> Result<Option<i32>, String> {
        self.read(name, "a whole number")
    }

    fn read<T: std::str::FromStr>(self, name: &str, expected: &str) -> Result<Option<T>, String> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("`{name}` is `{text}`, and {expected} was expected"))
    }

    /// An element within this one.
    pub(super) fn part(self, name: &str) -> Result<Option<Self>, String> {
        self.member(name).map(|value| Self::of(value).map_err(|why| format!("`{name}`: {why}"))).transpose()
    }

    /// The elements of a list.
    pub(super) fn items<T>(
        self,
        name: &str,
        read: impl Fn(Element<'a>) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        self.list(name)?.iter().map(|item| Self::of(item).and_then(&read)).collect()
    }

    /// The texts of a list.
    pub(super) fn texts(self, name: &str) -> Result<Vec<String>, String> {
        self.list(name)?.iter().map(|item| text(name, item)).collect()
    }

    fn list(self, name: &str) -> Result<&'a [Value], String> {
        match self.member(name) {
            Some(Value::Array(items)) => Ok(items),
            Some(value) if !is_empty(value) => Err(format!("`{name}` is no list")),
            _ => Ok(&[]),
        }
    }
}

fn text(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(format!("`{name}` is no text")),
    }
}

/// An element without members is an empty text in XML.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn member_is_read_as_its_type_or_absent() {
        let value =
            json!({"a": "x", "b": true, "c": -1, "d": "65535", "e": "", "f": {"g": "y"}, "h": ["p", "q"], "i": [{}]});
        let element = Element::of(&value).expect("an element");
        assert_eq!(element.text("a"), Ok(Some("x".to_owned())));
        assert_eq!((element.truth("b"), element.number("c")), (Ok(Some(true)), Ok(Some(-1))));
        assert_eq!(element.number("d"), Ok(Some(65535)));
        assert_eq!((element.text("z"), element.truth("z"), element.number("z")), (Ok(None), Ok(None), Ok(None)));
        assert_eq!((element.texts("e"), element.texts("z")), (Ok(Vec::new()), Ok(Vec::new())));
        assert_eq!(element.texts("h"), Ok(vec!["p".to_owned(), "q".to_owned()]));
        let inner = element.part("f").expect("an element").expect("it is there");
        assert_eq!(inner.text("g"), Ok(Some("y".to_owned())));
        assert!(element.part("e").expect("an element").is_some_and(|empty| empty.text("g") == Ok(None)));
        assert_eq!(element.items("i", |item| item.text("k")), Ok(vec![None]));
    }

    #[test]
    fn member_of_another_type_is_an_error() {
        let value =
            json!({"a": "yes", "b": "1.5", "c": {"d": "x"}, "e": "x", "f": ["x"], "g": 2_147_483_648_u64, "h": ""});
        let element = Element::of(&value).expect("an element");
        let message = element.truth("a").expect_err("no truth value");
        assert_eq!(message, "`a` is `yes`, and `true` or `false` was expected");
        assert!(element.number("b").is_err() && element.number("g").is_err() && element.truth("h").is_err());
        assert!(element.text("c").is_err() && element.text("f").is_err());
        assert!(element.part("e").is_err() && element.texts("e").is_err() && element.texts("c").is_err());
        assert!(element.items("f", |item| item.text("x")).is_err());
        assert!(Element::of(&json!("x")).is_err() && Element::of(&json!(["x"])).is_err());
    }
}
