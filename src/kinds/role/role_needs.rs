//! What is declared of a role: its policies, and what follows from its `grants`.

use serde_json::Value;

use super::identity::role_arn;
use super::spec::RoleSpec;
use crate::access_patterns::POLICY_NAME;
use crate::kind::{RoleNeed, StepContext, with_listed_statements};

/// A role as it is declared. The policy that is derived from `grants` stands among its inline policies, under its own name.
pub(super) fn role_needs(spec: &RoleSpec, cx: &StepContext<'_>) -> Vec<RoleNeed> {
    let statements = |document: &Value| {
        let listed = with_listed_statements(document);
        listed.get("Statement").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    vec![RoleNeed::Role {
        role: role_arn(&spec.path, cx.name, cx.env),
        inline_policies: spec.inline_policies.keys().cloned().collect(),
        grants: spec.inline_policies.get(POLICY_NAME).map(statements),
    }]
}
