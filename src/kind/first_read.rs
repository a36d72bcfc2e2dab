//! The marks of a first read: it takes what one call tells of many resources, and leaves out what no file sets.
//!
//! A plan that finds a difference reads the resource again, whole and by itself, before anything is decided
//! (`live::read_changed`). So a first read only ever leads to "nothing to do".

use std::collections::BTreeSet;

use serde_json::Value;

use super::Identity;

/// The detail of an identity with the names of the stack, joined with commas.
const STACKS: &str = "first read: stacks";

/// The detail of an identity with the names of all properties that the file gives, joined with commas.
const GIVEN: &str = "first read: given";

/// The terms of a first read of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstRead {
    /// The names of the stack, today's first: the tagging API is asked for resources with one of them.
    pub stacks: Vec<String>,
    /// The names of the properties that the file gives, those inside others included.
    given: BTreeSet<String>,
}

impl FirstRead {
    /// The terms for a resource of the file.
    pub fn new<'s>(stacks: impl Iterator<Item = &'s String>, body: &Value) -> Self {
        let mut given = BTreeSet::new();
        properties(body, &mut given);
        Self { stacks: stacks.cloned().collect(), given }
    }

    /// Marks an identity, so that its read is a first one.
    pub fn mark(&self, identity: &mut Identity) {
        let given: Vec<&str> = self.given.iter().map(String::as_str).collect();
        identity.details.insert(STACKS.to_owned(), self.stacks.join(","));
        identity.details.insert(GIVEN.to_owned(), given.join(","));
    }

    /// The terms that an identity is marked with; `None` if it is to be read whole.
    pub fn of(identity: &Identity) -> Option<Self> {
        let list = |text: &String| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let stacks = list(identity.details.get(STACKS)?);
        Some(Self { stacks, given: identity.details.get(GIVEN).into_iter().flat_map(list).collect() })
    }

    /// Returns whether the file gives a property of this name, wherever it is.
    pub fn gives(&self, property: &str) -> bool {
        self.given.contains(property)
    }
}

/// The names of all properties in a value. Names with a comma are keys that the user chose, and no property's.
fn properties(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if !key.contains(',') {
                    into.insert(key.clone());
                }
                properties(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::{Address, Outputs};

    #[test]
    fn marked_identity_tells_stacks_and_given_properties_wherever_they_are() {
        let body = json!({"global_secondary_indexes": {"by_a,b": {"contributor_insights": false}}, "stream": "off"});
        let stacks = ["shop".to_owned(), "old-shop".to_owned()];
        let mut identity =
            Identity { address: Address::new("tables", "t"), name: "t".to_owned(), details: Outputs::new() };
        assert_eq!(FirstRead::of(&identity), None, "an unmarked resource is read whole");
        let first = FirstRead::new(stacks.iter(), &body);
        first.mark(&mut identity);
        let read = FirstRead::of(&identity).expect("it is marked");
        assert_eq!(read, first);
        assert_eq!(read.stacks, stacks);
        assert!(read.gives("contributor_insights") && read.gives("stream"));
        assert!(!read.gives("by_a") && !read.gives("tags"));
    }
}
