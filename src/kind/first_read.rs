//! The marks of a first read: it takes what one call tells of many resources, and leaves out what no file can set.
//!
//! A plan that finds a difference reads the resource again, whole and by itself, before anything is decided
//! (`live::read_changed`). So a first read only ever leads to "nothing to do". What a listing of AWS does not show yet is
//! seen by a later plan.

use super::Identity;

/// The detail of an identity with the names of the stack, joined with commas.
const STACKS: &str = "first read: stacks";

/// The terms of a first read of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstRead {
    /// The names of the stack, today's first: the tagging API is asked for resources with one of them.
    pub stacks: Vec<String>,
}

impl FirstRead {
    /// The terms for a resource of a stack with these names.
    pub fn new<'s>(stacks: impl Iterator<Item = &'s String>) -> Self {
        Self { stacks: stacks.cloned().collect() }
    }

    /// Marks an identity, so that its read is a first one.
    pub fn mark(&self, identity: &mut Identity) {
        identity.details.insert(STACKS.to_owned(), self.stacks.join(","));
    }

    /// The terms that an identity is marked with; `None` if it is to be read whole.
    pub fn of(identity: &Identity) -> Option<Self> {
        let stacks = identity.details.get(STACKS)?;
        Some(Self { stacks: stacks.split(',').map(str::to_owned).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Address, Outputs};

    #[test]
    fn marked_identity_tells_the_names_of_the_stack() {
        let stacks = ["shop".to_owned(), "old-shop".to_owned()];
        let mut identity =
            Identity { address: Address::new("tables", "t"), name: "t".to_owned(), details: Outputs::new() };
        assert_eq!(FirstRead::of(&identity), None, "an unmarked resource is read whole");
        let first = FirstRead::new(stacks.iter());
        first.mark(&mut identity);
        let read = FirstRead::of(&identity).expect("it is marked");
        assert_eq!((&read, read.stacks.as_slice()), (&first, &stacks[..]));
    }
}
