//! A resource as AWS itself writes it: as a configuration item of AWS Config, or as CloudFormation's properties.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::{Environment, Outputs, PropertyPath};

/// What the writing of a resource in AWS's spelling may know.
#[derive(Debug, Clone, Copy)]
pub struct RenderContext<'a> {
    /// Its physical name.
    pub name: &'a str,
    /// Partition, account, region.
    pub env: &'a Environment,
    /// Its attributes, as far as they are known.
    pub outputs: &'a Outputs,
}

/// One resource in AWS's spelling. What one entry of `stack.yaml` makes may be several (a function and its log
/// group), and each remembers which property of the entry its values come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    /// Which part of the entry it is, in the author's word (`log_retention`); empty for the resource itself.
    pub part: String,
    /// AWS's type, such as `AWS::DynamoDB::Table`.
    pub type_name: &'static str,
    /// The configuration item, or CloudFormation's `Properties`. Strings may be pending or sealed.
    pub body: Value,
    /// JSON pointer into the body → the property that it comes from; what lies below a pointer comes from there
    /// too.
    pub origins: BTreeMap<String, PropertyPath>,
}

impl Rendering {
    /// The property of the author's that stands behind a place in the body: that of the nearest pointer above.
    /// `None` where nothing nearer than the resource itself is known.
    pub fn origin(&self, pointer: &str) -> Option<&PropertyPath> {
        let mut pointer = pointer;
        loop {
            if let Some(path) = self.origins.get(pointer) {
                return Some(path);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_pointer_above_tells_the_property() {
        let path = |text: &str| text.parse::<PropertyPath>().expect("a path");
        let origins = [("/configuration/billing", "billing"), ("/configuration/billing/mode", "billing.mode")];
        let rendering = Rendering {
            part: String::new(),
            type_name: "AWS::DynamoDB::Table",
            body: Value::Null,
            origins: origins.map(|(pointer, property)| (pointer.to_owned(), path(property))).into(),
        };
        assert_eq!(rendering.origin("/configuration/billing/mode/x"), Some(&path("billing.mode")));
        assert_eq!(rendering.origin("/configuration/billing/modes"), Some(&path("billing")));
        assert_eq!(rendering.origin("/configuration"), None);
        assert_eq!(rendering.origin(""), None);
    }
}
