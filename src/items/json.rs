//! One level of a JSON text: what is below stays text, so that numbers keep their digits.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON value whose parts are not read yet.
#[derive(Debug)]
pub(super) enum Json<'t> {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A number as it is written.
    Number(&'t str),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<&'t RawValue>),
    /// An object, in the order of its text; no name is there twice.
    Map(Vec<(String, &'t RawValue)>),
}

/// Reads one level.
pub(super) fn open(raw: &RawValue) -> Result<Json<'_>, serde_json::Error> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => Json::Map(serde_json::from_str::<Pairs<'_>>(text)?.0),
        Some(b'[') => Json::List(serde_json::from_str(text)?),
        Some(b'"') => Json::Text(serde_json::from_str(text)?),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(text),
    })
}

/// The pairs of an object.
struct Pairs<'t>(Vec<(String, &'t RawValue)>);

impl<'t> Deserialize<'t> for Pairs<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'t> Visitor<'t> for Reader {
            type Value = Pairs<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Pairs<'t>, A::Error> {
                let mut pairs: Vec<(String, &'t RawValue)> = Vec::new();
                let mut seen = std::collections::HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, &'t RawValue>()? {
                    if !seen.insert(name.clone()) {
                        return Err(serde::de::Error::custom(format_args!("`{name}` is there twice")));
                    }
                    pairs.push((name, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
