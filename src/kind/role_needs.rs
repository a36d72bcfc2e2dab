//! The permissions that resources need of the role that they run as, as far as a stack's file declares them.
//!
//! Each kind tells its part; together they are what a role's policies have to allow, and nothing besides.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::StepContext;
use super::erased::Registry;
use super::role_need::RoleNeed;
use crate::base::{Address, Environment, Outputs, pending};

/// The member of a role's document that holds what is declared of it.
pub const DECLARED_NEEDS: &str = "DeclaredNeeds";

/// What is declared of each role, by its ARN: `InlinePolicies` (names), `Functions` (those that run as it), `Statement`
/// (what these need), and `Grants` (statements) if the role has any.
///
/// # Errors
/// The reason, as a fragment, if what a resource needs is not known: then nobody knows what its role needs.
pub fn role_needs<'a>(
    registry: &Registry,
    resources: impl Iterator<Item = (&'a Address, &'a str, &'a Value)> + Clone,
    env: &Environment,
) -> Result<BTreeMap<String, Value>, String> {
    let mut outputs: BTreeMap<&Address, Outputs> = BTreeMap::new();
    let mut needs = Vec::new();
    for (address, name, spec) in resources {
        let Some(kind) = registry.kind(address.section()) else { continue };
        let cx = StepContext { address, name, env, token: "", facts: None };
        if let Ok(imagined) = kind.imagined(spec, &cx) {
            outputs.insert(address, imagined.outputs);
        }
        let told = kind.role_needs(spec, &cx);
        needs.extend(told.map_err(|problem| format!("the needs of {address} are not known: {}", problem.message))?);
    }
    let known = |text: &str| {
        pending::fill_text(text, &|reference| outputs.get(&reference.address)?.get(&reference.attribute).cloned())
    };
    let filled = |statements: Vec<Value>| {
        let mut statements = Value::Array(statements);
        pending::fill(&mut statements, &|reference| {
            outputs.get(&reference.address)?.get(&reference.attribute).cloned()
        });
        statements
    };
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    let mut roles: BTreeMap<String, String> = BTreeMap::new();
    for need in &needs {
        match need {
            RoleNeed::Role { role, inline_policies, grants } => {
                let mut declared = Map::new();
                declared.insert("InlinePolicies".to_owned(), json!(inline_policies));
                declared.insert("Functions".to_owned(), json!([]));
                declared.insert("Statement".to_owned(), json!([]));
                if let Some(grants) = grants {
                    declared.insert("Grants".to_owned(), filled(grants.clone()));
                }
                found.insert(role.clone(), Value::Object(declared));
            }
            RoleNeed::RunsAs { function, role, statements: _ } => {
                roles.insert(function.clone(), known(role));
            }
            RoleNeed::OfFunction { .. } => {}
        }
    }
    for need in needs {
        let (function, statements, runs) = match need {
            RoleNeed::Role { .. } => continue,
            RoleNeed::RunsAs { function, role: _, statements } => (function, statements, true),
            RoleNeed::OfFunction { function, statements } => (function, statements, false),
        };
        let Some(declared) = roles.get(&function).and_then(|role| found.get_mut(role)) else { continue };
        let add = |list: &mut Value, items: Value| {
            if let (Value::Array(list), Value::Array(items)) = (list, items) {
                list.extend(items);
            }
        };
        add(&mut declared["Statement"], filled(statements));
        if runs {
            add(&mut declared["Functions"], json!([function]));
        }
    }
    Ok(found)
}
