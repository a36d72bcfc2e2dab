//! Paths to properties within a resource's canonical value tree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path such as `billing.read_capacity` or `tags["cost.center"]`: the keys from the resource's body down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PropertyPath(Vec<String>);

impl PropertyPath {
    /// The path to the resource itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path, one key further down.
    #[must_use]
    pub fn child(&self, key: impl Into<String>) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.into());
        Self(keys)
    }

    /// The keys from the root down.
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// Returns whether this path is `other` or is above it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Returns whether this is the path to the resource itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at this path, if there is one.
    pub fn get<'v>(&self, value: &'v serde_json::Value) -> Option<&'v serde_json::Value> {
        self.0.iter().try_fold(value, |value, key| match value {
            serde_json::Value::Object(map) => map.get(key),
            serde_json::Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

impl<K: Into<String>> FromIterator<K> for PropertyPath {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }
}

/// Makes a path from keys: `path!["billing", "mode"]`.
#[macro_export]
macro_rules! path {
    ($($key:expr),* $(,)?) => {
        [$(::std::string::String::from($key)),*].into_iter().collect::<$crate::base::PropertyPath>()
    };
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-/:$".contains(c));
            match (plain, index) {
                (true, 0) => f.write_str(key)?,
                (true, _) => write!(f, ".{key}")?,
                (false, _) => write!(f, "[{}]", serde_json::Value::from(key.as_str()))?,
            }
        }
        Ok(())
    }
}

/// A text that is not a property path.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a property path")]
pub struct NotAPath(String);

impl FromStr for PropertyPath {
    type Err = NotAPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || NotAPath(text.to_owned());
        let mut keys = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(quoted) = rest.strip_prefix('[') {
                let mut stream = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
                let key = stream.next().and_then(Result::ok).ok_or_else(bad)?;
                let after = quoted.get(stream.byte_offset()..).ok_or_else(bad)?;
                rest = after.strip_prefix(']').ok_or_else(bad)?;
                keys.push(key);
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                if end == 0 {
                    return Err(bad());
                }
                keys.push(rest[..end].to_owned());
                rest = &rest[end..];
            }
            if let Some(after) = rest.strip_prefix('.') {
                if after.is_empty() {
                    return Err(bad());
                }
                rest = after;
            }
        }
        Ok(Self(keys))
    }
}

impl Serialize for PropertyPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for PropertyPath {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PropertyPath".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}

impl<'de> Deserialize<'de> for PropertyPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A pattern over property paths: keys joined by dots, `*` for any one key
/// (`global_secondary_indexes.*.projection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathPattern(pub &'static str);

impl PathPattern {
    /// Returns whether the whole path matches.
    pub fn matches(self, path: &PropertyPath) -> bool {
        let keys = path.keys();
        self.0.split('.').count() == keys.len() && self.zip_matches(keys)
    }

    /// Returns whether the path, or one above it, matches.
    pub fn matches_at_or_above(self, path: &PropertyPath) -> bool {
        let count = self.0.split('.').count();
        path.keys().get(..count).is_some_and(|keys| self.zip_matches(keys))
    }

    /// Returns whether the pattern is about entries below the path.
    pub fn has_entries_at(self, path: &PropertyPath) -> bool {
        let keys = path.keys();
        self.0.split('.').count() > keys.len() && self.zip_matches(keys)
    }

    fn zip_matches(self, keys: &[String]) -> bool {
        self.0.split('.').zip(keys).all(|(pattern, key)| pattern == "*" || pattern == key)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn property_path_round_trips_through_text(keys in prop::collection::vec(".*", 0..5)) {
            let path: PropertyPath = keys.into_iter().collect();
            prop_assert_eq!(path.to_string().parse::<PropertyPath>().expect("a path"), path);
        }
    }

    #[test]
    fn path_pattern_star_matches_exactly_one_key() {
        let path = path!["global_secondary_indexes", "a.b", "projection"];
        assert!(PathPattern("global_secondary_indexes.*.projection").matches(&path));
        assert!(!PathPattern("global_secondary_indexes.*").matches(&path));
        assert!(PathPattern("global_secondary_indexes.*").matches_at_or_above(&path));
        assert_eq!(path.to_string(), r#"global_secondary_indexes["a.b"].projection"#);
    }
}
