//! What the stack's file declares of its resources, for rules that compare it with what is planned or live: the needs of
//! roles, and the code of functions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::{Archives, Environment, PropertyPath};
use crate::kind::{DECLARED_NEEDS, StepContext, role_needs};
use crate::kinds::REGISTRY;
use crate::kinds::function::{Function, code_secrets};
use crate::kinds::role::Role;
use crate::path;
use crate::rules::{Declarations, Enforcement, Rule};
use crate::stack::{Declared, Stack};

/// The member of a function's document that holds what is declared of its code.
const DECLARED_CODE: &str = "DeclaredCode";

/// What a stack declares, in an account and region, as far as rules look at it: code is only searched if one does.
pub(crate) fn declarations(stack: &Stack, env: &Environment, archives: &Archives, rules: &[Rule]) -> Declarations {
    let all = || stack.resources.iter().chain(&stack.per_workspace);
    let mut declared = Declarations::default();
    let resources = all().map(|one| (&one.address, one.name.as_str(), &one.body));
    let (mut needs, unknown) = match role_needs(&REGISTRY, resources, env) {
        Ok(needs) => (needs, None),
        Err(reason) => (BTreeMap::new(), Some(reason)),
    };
    for role in all().filter(|one| one.address.section() == <Role as crate::kind::Kind>::SECTION) {
        // Whoever ignores the inline policies has left them to somebody else.
        if ignores(role, &path!["inline_policies"])
            && let Some(needs) = arn(role, env).and_then(|arn| needs.get_mut(&arn)).and_then(Value::as_object_mut)
        {
            needs.remove("InlinePolicies");
        }
        if let (Some(reason), Some(arn)) = (&unknown, arn(role, env)) {
            declared.unknown(arn, DECLARED_NEEDS, reason.clone());
        }
    }
    for (role, needs) in needs {
        declared.insert(role, DECLARED_NEEDS, needs);
    }
    // What is declared is compared by rules in Rust alone: Guard's language knows no two values.
    let in_rust = |rule: &Rule| rule.rust.is_some() && rule.enforcement != Enforcement::Off;
    let compared = rules.iter().any(|rule| in_rust(rule) && rule.judges(<Function as crate::kind::Kind>::TYPE));
    for function in
        all().filter(|_| compared).filter(|one| one.address.section() == <Function as crate::kind::Kind>::SECTION)
    {
        if let (Some(arn), Some(digest)) = (arn(function, env), function.body["code"]["sha256"].as_str()) {
            add_code(&mut declared, arn, digest, ignores(function, &path!["code"]), archives);
        }
    }
    declared
}

/// Adds digest and secrets of a function's code.
fn add_code(declared: &mut Declarations, arn: String, digest: &str, ignored: bool, archives: &Archives) {
    let Some(archive) = archives.get(digest) else { return };
    let secrets = match code_secrets(&archive) {
        Ok(secrets) => secrets,
        Err(reason) => return declared.unknown(arn, DECLARED_CODE, reason),
    };
    let secrets: Vec<Value> =
        secrets.iter().map(|one| json!({"File": one.file, "Line": one.line, "Form": one.form})).collect();
    let mut code = json!({"Secrets": secrets});
    if !ignored {
        code["CodeSha256"] = json!(digest);
    }
    declared.insert(arn, DECLARED_CODE, code);
}

fn arn(one: &Declared, env: &Environment) -> Option<String> {
    let cx = StepContext { address: &one.address, name: &one.name, env, token: "", facts: None };
    let imagined = REGISTRY.kind(one.address.section())?.imagined(&one.body, &cx).ok()?;
    imagined.outputs.get("arn").cloned()
}

/// Returns whether a resource ignores a property, or a part of it.
fn ignores(one: &Declared, path: &PropertyPath) -> bool {
    one.ignored.iter().any(|ignored| path.covers(&ignored.path) || ignored.path.covers(path))
}
