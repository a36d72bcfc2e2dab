//! A need for permissions of the role that a resource runs as.

use serde_json::{Value, json};

/// A part of what roles are needed for. Roles are named by their ARN, functions by their name.
#[derive(Debug, Clone, PartialEq)]
pub enum RoleNeed {
    /// A role that the file declares.
    Role {
        /// The role.
        role: String,
        /// The names of its inline policies.
        inline_policies: Vec<String>,
        /// The statements that follow from its `grants`; `None` if it has none: then nobody has declared what it is for.
        grants: Option<Vec<Value>>,
    },
    /// A function that runs as a role.
    RunsAs {
        /// The function.
        function: String,
        /// The role.
        role: String,
        /// What the function needs for itself.
        statements: Vec<Value>,
    },
    /// What a function needs of its role for something else, such as a trigger.
    OfFunction {
        /// The function.
        function: String,
        /// What it needs.
        statements: Vec<Value>,
    },
}

/// A statement that allows actions on resources.
pub fn allow(why: &str, actions: &[&str], resources: &[String]) -> Value {
    json!({"Sid": why, "Effect": "Allow", "Action": actions, "Resource": resources})
}
