//! Names of resources within a stack, and references to their attributes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The address of a resource: `section.name`, for instance `tables.cruddur-messages` or
/// `triggers.cruddur-messaging-stream/messages`. The section ends at the first dot; the name may hold dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    section: String,
    name: String,
}

/// A text that is not an address.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an address; expected `section.name`, such as `tables.cruddur-messages`")]
pub struct NotAnAddress(String);

impl Address {
    /// Makes the address of `name` in `section`.
    pub fn new(section: impl Into<String>, name: impl Into<String>) -> Self {
        Self { section: section.into(), name: name.into() }
    }

    /// The section of `stack.yaml`, which names the kind.
    pub fn section(&self) -> &str {
        &self.section
    }

    /// The key under the section.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.name)
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('.') {
            Some((section, name)) if !section.is_empty() && !name.is_empty() => Ok(Self::new(section, name)),
            _ => Err(NotAnAddress(text.to_owned())),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for Address {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[^.]+\\..+$"})
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A reference to an attribute of a resource, written `${section.name.attribute}` in `stack.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The resource that is referred to.
    pub address: Address,
    /// The attribute's name.
    pub attribute: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.address, self.attribute)
    }
}

impl FromStr for Reference {
    type Err = NotAnAddress;

    /// The section ends at the first dot and the attribute begins at the last, so names may hold dots.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || NotAnAddress(text.to_owned());
        let (address, attribute) = text.rsplit_once('.').ok_or_else(bad)?;
        if attribute.is_empty() {
            return Err(bad());
        }
        Ok(Self { address: address.parse().map_err(|_| bad())?, attribute: attribute.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_name_may_contain_dots() {
        let reference: Reference = "tables.my.table.arn".parse().expect("a reference");
        assert_eq!(reference.address, Address::new("tables", "my.table"));
        assert_eq!(reference.attribute, "arn");
        assert_eq!(reference.to_string(), "tables.my.table.arn");
    }

    #[test]
    fn bare_word_is_not_an_address() {
        assert!("tables".parse::<Address>().is_err());
        assert!("tables.x".parse::<Reference>().is_err());
    }
}
