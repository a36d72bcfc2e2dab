//! The order in which a function's configuration and its code change, so that every state in between can run.
//!
//! AWS changes them by two calls, each of which takes effect at once; nothing but a published version behind an alias
//! changes both in one moment. So, if the code changes too: values that the new code may need come before it (layers
//! and variables that are added, the role, more memory, a VPC), and the removal of values that only the old code may
//! need comes after it (layers and variables, less memory, the VPC). The handler comes after the code: new code
//! mostly still has the old handler, while old code cannot have a new handler. The runtime is set with the
//! handler if both change, and else first. All else is set with whichever call there is: three calls are made
//! only if something is added and something is removed.
//!
//! Sources: API reference, `UpdateFunctionConfiguration` and `UpdateFunctionCode` (no call changes both); Developer
//! Guide, "Manage Lambda function versions".

use std::collections::BTreeMap;

use crate::kind::{Difference, Observed, PlannedOperation};
use crate::path;

use super::check::LARGEST_ENVIRONMENT;
use super::op::{
    DeadLetterConfig, Environment, EphemeralStorage, Op, TracingConfig, UpdateFunctionCode,
    UpdateFunctionConfiguration, VpcConfig,
};
use super::role_refresh;
use super::spec::{FunctionSpec, MOST_LAYERS, Vpc};

/// The call that sets a changed property, if the code changes as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Before the code: the new code may need it.
    Before,
    /// After the code: the old code may need the removed value, or only the new code can have the new one.
    After,
    /// Additions before, with the old values kept; removals after.
    Both,
    /// Together with any call that is made.
    Either,
}

/// The time to set a collection, by what is added to it and what is removed.
fn when(added: bool, removed: bool) -> When {
    match (added, removed) {
        (true, true) => When::Both,
        (false, true) => When::After,
        _ => When::Before,
    }
}

/// The time to set a property that differs; `None` for those that other calls set.
fn when_set(key: &str, before: &FunctionSpec, after: &FunctionSpec, changed: &dyn Fn(&str) -> bool) -> Option<When> {
    let grows = |old: u32, new: u32| if new < old { When::After } else { When::Before };
    Some(match key {
        "handler" => When::After,
        "runtime" if changed("handler") => When::Either,
        "role" | "runtime" => When::Before,
        "memory" => grows(before.memory, after.memory),
        "timeout" => grows(before.timeout, after.timeout),
        "ephemeral_storage" => grows(before.ephemeral_storage, after.ephemeral_storage),
        "vpc" => match (&before.vpc, &after.vpc) {
            (Some(_), None) => When::After,
            (None, _) => When::Before,
            _ => When::Either,
        },
        "environment" => {
            let added = after.environment.iter().any(|(name, value)| before.environment.get(name) != Some(value));
            let removed = before.environment.keys().any(|name| !after.environment.contains_key(name));
            match when(added, removed) {
                When::Both if joined_environment(before, after).is_none() => When::Before,
                when => when,
            }
        }
        "layers" => {
            let added = after.layers.iter().any(|layer| !before.layers.contains(layer));
            let removed = before.layers.iter().any(|layer| !after.layers.contains(layer));
            match when(added, removed) {
                When::Both if joined_layers(before, after).is_none() => When::Before,
                when => when,
            }
        }
        "description" | "dead_letter" | "tracing" | "kms_key" => When::Either,
        _ => return None,
    })
}

/// The variables of the new code with the removed ones of the old code; `None` if both together are too many.
fn joined_environment(before: &FunctionSpec, after: &FunctionSpec) -> Option<BTreeMap<String, String>> {
    let mut joined = before.environment.clone();
    joined.extend(after.environment.clone());
    let size = serde_json::to_string(&joined).map_or(usize::MAX, |text| text.len());
    (size <= LARGEST_ENVIRONMENT).then_some(joined)
}

/// The removed layers, below those of the new code, which take precedence; `None` if Lambda does not accept both:
/// more than five, or two versions of one layer.
/// Source: Developer Guide, "Adding layers to functions"; the refusal "Two different versions of the same layer are
/// not allowed to be referenced in the same function".
fn joined_layers(before: &FunctionSpec, after: &FunctionSpec) -> Option<Vec<String>> {
    let going = before.layers.iter().filter(|layer| !after.layers.contains(layer));
    let joined: Vec<String> = going.chain(&after.layers).cloned().collect();
    let mut names: Vec<&str> = joined.iter().map(|layer| unversioned(layer)).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() == joined.len() && joined.len() <= MOST_LAYERS).then_some(joined)
}

fn unversioned(layer: &str) -> &str {
    layer.rsplit_once(':').map_or(layer, |(name, _)| name)
}

/// The calls that change configuration and code, in their order.
pub(super) fn moves(
    before: &Observed<FunctionSpec>,
    after: &FunctionSpec,
    differences: &[Difference],
    name: &str,
) -> Vec<PlannedOperation<Op>> {
    let changed = |key: &str| differences.iter().any(|difference| difference.is_in(key));
    let Some(code) = update_code(after, &changed, name) else {
        return configuration(after, differences, &changed, name).into_iter().collect();
    };
    let before = &before.spec;
    let timing = |key: &str| when_set(key, before, after, &changed).filter(|_| changed(key));
    let any = |wanted: &[When]| KEYS.iter().any(|key| timing(key).is_some_and(|when| wanted.contains(&when)));
    // If nothing must come after the code, one call before it is enough.
    let all_first = !any(&[When::After, When::Both]);
    let first = |key: &str| match timing(key) {
        Some(When::Before | When::Both) => true,
        Some(When::Either) if key == "runtime" => all_first,
        Some(When::Either) => all_first || any(&[When::Before, When::Both]),
        _ => false,
    };
    let last = |key: &str| match timing(key) {
        Some(When::After | When::Both) => true,
        Some(When::Either) => !first(key),
        _ => false,
    };
    // Values in the first call that are set for the time in between only.
    let mut between = after.clone();
    if timing("environment") == Some(When::Both) {
        between.environment = joined_environment(before, after).unwrap_or_default();
    }
    if timing("layers") == Some(When::Both) {
        between.layers = joined_layers(before, after).unwrap_or_default();
    }
    let mut moves: Vec<_> = configuration(&between, differences, &first, name).into_iter().collect();
    moves.push(code);
    moves.extend(configuration(after, differences, &last, name));
    moves
}

/// The properties that `UpdateFunctionConfiguration` sets.
const KEYS: [&str; 13] = [
    "role",
    "handler",
    "runtime",
    "memory",
    "timeout",
    "ephemeral_storage",
    "vpc",
    "environment",
    "layers",
    "description",
    "dead_letter",
    "tracing",
    "kms_key",
];

/// The call that sets the properties for which `sets` holds; `None` if there are none.
fn configuration(
    after: &FunctionSpec,
    differences: &[Difference],
    sets: &dyn Fn(&str) -> bool,
    name: &str,
) -> Option<PlannedOperation<Op>> {
    let FunctionSpec {
        runtime,
        handler,
        code: _,
        role,
        architecture: _,
        memory,
        timeout,
        ephemeral_storage,
        environment,
        vpc,
        dead_letter,
        tracing,
        layers,
        kms_key,
        reserved_concurrency: _,
        log_retention: _,
        log_group_tags: _,
        permissions: _,
        description,
        tags: _,
    } = after;
    let mut covers = Vec::new();
    let mut touch = |key: &str| {
        let touched = sets(key);
        if touched {
            covers.push(path![key]);
        }
        touched
    };
    let sets_role = touch("role");
    let renewed = sets_role && role_refresh::is_renewal(differences);
    let mut update = UpdateFunctionConfiguration {
        function_name: name.to_owned(),
        role: sets_role.then(|| role.clone()),
        handler: touch("handler").then(|| handler.clone()),
        description: touch("description").then(|| description.clone().unwrap_or_default()),
        timeout: touch("timeout").then_some(*timeout),
        memory_size: touch("memory").then_some(*memory),
        vpc_config: touch("vpc").then(|| vpc.as_ref().map_or_else(outside, vpc_config)),
        environment: (touch("environment") || renewed && !environment.is_empty())
            .then(|| Environment { variables: environment.clone() }),
        runtime: touch("runtime").then(|| runtime.clone()),
        dead_letter_config: touch("dead_letter")
            .then(|| DeadLetterConfig { target_arn: dead_letter.clone().unwrap_or_default() }),
        kms_key_arn: touch("kms_key").then(|| kms_key.clone().unwrap_or_default()),
        tracing_config: touch("tracing").then(|| TracingConfig { mode: tracing.as_str().to_owned() }),
        layers: touch("layers").then(|| layers.clone()),
        ephemeral_storage: touch("ephemeral_storage").then_some(EphemeralStorage { size: *ephemeral_storage }),
    };
    if update.environment.is_some() && update.kms_key_arn.is_none() {
        // Sent again, though unchanged, so that the plan names the key that the call needs.
        update.kms_key_arn.clone_from(kms_key);
    }
    (!covers.is_empty()).then(|| PlannedOperation::new(Op::UpdateFunctionConfiguration(Box::new(update)), covers))
}

fn update_code(after: &FunctionSpec, changed: &dyn Fn(&str) -> bool, name: &str) -> Option<PlannedOperation<Op>> {
    let architecture = changed("architecture");
    (architecture || changed("code")).then(|| {
        let update = UpdateFunctionCode {
            function_name: name.to_owned(),
            zip_file: after.code.sha256.clone(),
            architectures: architecture.then(|| vec![after.architecture.as_str().to_owned()]),
        };
        PlannedOperation::new(Op::UpdateFunctionCode(update), [path!["code"], path!["architecture"]])
    })
}

/// The configuration of a function in a VPC. Its setting for IPv6 addresses stays as it is.
pub(super) fn vpc_config(vpc: &Vpc) -> VpcConfig {
    let Vpc { subnets, security_groups } = vpc;
    VpcConfig {
        subnet_ids: subnets.ids().to_vec(),
        security_group_ids: security_groups.ids().to_vec(),
        ipv6_allowed_for_dual_stack: None,
    }
}

/// The configuration outside any VPC. A function that may reach IPv6 addresses in its VPC keeps that setting unless it
/// is reset, and Lambda refuses the setting without subnets.
/// Source: API reference, `VpcConfig`; Terraform's `aws_lambda_function` sends the same when `vpc_config` is removed.
fn outside() -> VpcConfig {
    VpcConfig { subnet_ids: Vec::new(), security_group_ids: Vec::new(), ipv6_allowed_for_dual_stack: Some(false) }
}

/// Warnings about the time between the calls: the old and new values that run together then.
pub(super) fn between(before: &FunctionSpec, after: &FunctionSpec, differences: &[Difference]) -> Vec<String> {
    let changed = |path: &str| differences.iter().any(|difference| difference.is_in(path));
    if !changed("code") && !changed("architecture") {
        return Vec::new();
    }
    let mut mixed: Vec<String> = Vec::new();
    if changed("handler") {
        mixed.push(format!("the new code with the handler `{}`", before.handler));
    }
    if changed("runtime") {
        let sort = if changed("handler") { "the new code" } else { "the old code" };
        let runtime = if changed("handler") { &before.runtime } else { &after.runtime };
        mixed.push(format!("{sort} on the runtime `{runtime}`"));
    }
    if changed("role") && before.role != after.role {
        mixed.push(format!("the old code with the role `{}`", after.role));
    }
    let other = |(name, value): (&String, &String)| {
        before.environment.get(name).is_some_and(|old| old != value).then(|| format!("`{name}`"))
    };
    let others: Vec<String> = after.environment.iter().filter_map(other).collect();
    if changed("environment") && !others.is_empty() {
        mixed.push(format!("the old code with the new value of {}", others.join(", ")));
    }
    let timing = |key| when_set(key, before, after, &changed).filter(|_| changed(key));
    let removes = before.environment.keys().any(|name| !after.environment.contains_key(name));
    if timing("environment") == Some(When::Before) && removes {
        mixed.push("the old code without the removed variables".to_owned());
    }
    if timing("layers") == Some(When::Before) && before.layers.iter().any(|layer| !after.layers.contains(layer)) {
        mixed.push("the old code with only the new layers".to_owned());
    }
    if mixed.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "code and configuration are changed by separate calls: in between the function runs {}; to avoid that, invoke \
         it by an alias of a published version, and move the alias afterwards",
        mixed.join(", ")
    )]
}

#[cfg(test)]
#[path = "rollout_tests.rs"]
mod tests;
