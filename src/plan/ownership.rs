//! The owner of a live resource, by its tags.

use serde_json::Value;

use super::input::PlanOptions;
use super::tags::{SCOPE_TAG, STACK_TAG};

/// The owner of a live resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ownership {
    /// This stack's.
    Ours,
    /// No stack's: it has no stack's tags.
    Nobodys,
    /// Another stack's, or another scope's: a description of the owner.
    Others(String),
}

/// Finds the owner of a resource by its tags.
pub(super) fn ownership(tags: Option<&Value>, tags_unsupported: bool, options: &PlanOptions<'_>) -> Ownership {
    if tags_unsupported {
        return Ownership::Ours;
    }
    let tag = |key: &str| tags.and_then(|tags| tags.get(key)).and_then(Value::as_str);
    match (tag(STACK_TAG), tag(SCOPE_TAG)) {
        (None, _) => Ownership::Nobodys,
        (Some(stack), scope) => {
            let owner = options.owner;
            let ours = owner.names().any(|name| name == stack);
            match (ours, scope) {
                (false, _) => Ownership::Others(format!("the stack `{stack}`")),
                (true, Some(scope)) if scope != owner.scope.as_str() => {
                    Ownership::Others(format!("this stack's scope `{scope}`; here it is `{}`", owner.scope))
                }
                _ => Ownership::Ours,
            }
        }
    }
}
