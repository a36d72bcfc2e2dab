//! From a change of a function to its calls.
//!
//! Order of an update: log group, configuration, code (which may need the configuration), concurrency,
//! permissions, tags. A deletion takes the log group first: a run that is ended between the two calls still
//! finds the function, and with it what remains to be done.

use std::collections::BTreeMap;

use crate::base::PropertyPath;
use crate::kind::{Change, Difference, Move, Observed, StepContext};
use crate::path;

use super::op::{
    AddPermission, CreateFunction, CreateLogGroup, DeadLetterConfig, DeleteFunction, DeleteLogGroup, Environment,
    EphemeralStorage, FunctionCode, Op, PutFunctionConcurrency, PutRetentionPolicy, RemovePermission, TracingConfig,
    UpdateFunctionCode, UpdateFunctionConfiguration, VpcConfig,
};
use super::spec::{FunctionSpec, Permission, Vpc};
use super::{LOG_GROUP, OWNED, log_group_name, renewal, tagging};

type Permissions = BTreeMap<String, Permission>;

/// What `CreateFunction` alone realises: where its answer was lost, this is what tells whether it was made.
const CREATED: [&str; 16] = [
    "runtime",
    "handler",
    "code",
    "role",
    "architecture",
    "memory",
    "timeout",
    "ephemeral_storage",
    "environment",
    "vpc",
    "dead_letter",
    "tracing",
    "layers",
    "kms_key",
    "description",
    "tags",
];

/// The moves of a change.
pub(super) fn steps(change: Change<'_, FunctionSpec>, cx: &StepContext<'_>) -> Vec<Move<Op>> {
    match change {
        Change::Create { after } => create(after, cx),
        Change::Update { before, after, differences } => update(before, after, differences, cx),
        Change::Delete { before, backup: _ } => delete(before, cx),
    }
}

fn create(after: &FunctionSpec, cx: &StepContext<'_>) -> Vec<Move<Op>> {
    let FunctionSpec {
        runtime,
        handler,
        code,
        role,
        architecture,
        memory,
        timeout,
        ephemeral_storage,
        environment,
        vpc,
        dead_letter,
        tracing,
        layers,
        kms_key,
        reserved_concurrency,
        log_retention,
        permissions,
        description,
        tags,
    } = after;
    let name = cx.name.to_owned();
    let mut moves = Vec::new();
    if let Some(days) = *log_retention {
        moves.push(create_log_group(cx.name, tags));
        moves.push(put_retention(cx.name, days));
    }
    let function = CreateFunction {
        function_name: name.clone(),
        runtime: runtime.clone(),
        role: role.clone(),
        handler: handler.clone(),
        code: FunctionCode { zip_file: code.sha256.clone() },
        description: description.clone(),
        timeout: *timeout,
        memory_size: *memory,
        vpc_config: vpc.as_ref().map(vpc_config),
        dead_letter_config: dead_letter.clone().map(|target_arn| DeadLetterConfig { target_arn }),
        environment: (!environment.is_empty()).then(|| Environment { variables: environment.clone() }),
        kms_key_arn: kms_key.clone(),
        tracing_config: TracingConfig { mode: tracing.as_str().to_owned() },
        tags: tags.clone(),
        layers: layers.clone(),
        architectures: vec![architecture.as_str().to_owned()],
        ephemeral_storage: EphemeralStorage { size: *ephemeral_storage },
    };
    moves.push(Move::new(Op::CreateFunction(Box::new(function)), CREATED.map(|key| path![key])));
    moves.extend(reserved_concurrency.map(|count| put_concurrency(&name, count)));
    if let Some(permissions) = permissions {
        moves.extend(change_permissions(&name, &Permissions::new(), permissions));
    }
    moves
}

fn update(
    before: &Observed<FunctionSpec>,
    after: &FunctionSpec,
    differences: &[Difference],
    cx: &StepContext<'_>,
) -> Vec<Move<Op>> {
    let changed =
        |key: &str| differences.iter().any(|difference| difference.path.keys().first().is_some_and(|k| k == key));
    let mut moves = Vec::new();
    // The three properties that are realised by calls of their own follow; all others are taken apart below.
    if let Some(days) = after.log_retention.filter(|_| changed("log_retention")) {
        if !before.outputs.contains_key(LOG_GROUP) {
            moves.push(create_log_group(cx.name, &after.tags));
        }
        moves.push(put_retention(cx.name, days));
    }
    moves.extend(update_configuration(after, differences, &changed, cx.name));
    moves.extend(update_code(after, &changed, cx.name));
    if let Some(count) = after.reserved_concurrency.filter(|_| changed("reserved_concurrency")) {
        moves.push(put_concurrency(cx.name, count));
    }
    if let Some(permissions) = after.permissions.as_ref().filter(|_| changed("permissions")) {
        let none = Permissions::new();
        moves.extend(change_permissions(cx.name, before.spec.permissions.as_ref().unwrap_or(&none), permissions));
    }
    if changed("tags") {
        moves.extend(tagging::change(before, after, cx));
    }
    moves
}

fn update_configuration(
    after: &FunctionSpec,
    differences: &[Difference],
    changed: &dyn Fn(&str) -> bool,
    name: &str,
) -> Option<Move<Op>> {
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
        permissions: _,
        description,
        tags: _,
    } = after;
    let mut covers = Vec::new();
    let mut touch = |key: &str| {
        let touched = changed(key);
        if touched {
            covers.push(path![key]);
        }
        touched
    };
    let none = || VpcConfig { subnet_ids: Vec::new(), security_group_ids: Vec::new() };
    let renewed = renewal::is_renewal(differences);
    let mut update = UpdateFunctionConfiguration {
        function_name: name.to_owned(),
        role: touch("role").then(|| role.clone()),
        handler: touch("handler").then(|| handler.clone()),
        description: touch("description").then(|| description.clone().unwrap_or_default()),
        timeout: touch("timeout").then_some(*timeout),
        memory_size: touch("memory").then_some(*memory),
        vpc_config: touch("vpc").then(|| vpc.as_ref().map_or_else(none, vpc_config)),
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
        // Said again, though it stays, so that the plan names the key that the call needs.
        update.kms_key_arn.clone_from(kms_key);
    }
    (!covers.is_empty()).then(|| Move::new(Op::UpdateFunctionConfiguration(Box::new(update)), covers))
}

fn update_code(after: &FunctionSpec, changed: &dyn Fn(&str) -> bool, name: &str) -> Option<Move<Op>> {
    let architecture = changed("architecture");
    (architecture || changed("code")).then(|| {
        let update = UpdateFunctionCode {
            function_name: name.to_owned(),
            zip_file: after.code.sha256.clone(),
            architectures: architecture.then(|| vec![after.architecture.as_str().to_owned()]),
        };
        Move::new(Op::UpdateFunctionCode(update), [path!["code"], path!["architecture"]])
    })
}

/// What is gone is removed first, and what changed is removed and added anew: there is no call that changes a
/// statement.
fn change_permissions(name: &str, before: &Permissions, after: &Permissions) -> Vec<Move<Op>> {
    let mut moves = Vec::new();
    for (sid, old) in before {
        if after.get(sid) != Some(old) {
            let remove = RemovePermission { function_name: name.to_owned(), statement_id: sid.clone() };
            moves.push(Move::new(Op::RemovePermission(remove), [path!["permissions", sid]]));
        }
    }
    for (sid, new) in after {
        if before.get(sid) == Some(new) {
            continue;
        }
        let Permission { principal, action, source_arn, source_account } = new;
        let add = AddPermission {
            function_name: name.to_owned(),
            statement_id: sid.clone(),
            action: action.clone(),
            principal: principal.clone(),
            source_arn: source_arn.clone(),
            source_account: source_account.clone(),
        };
        moves.push(Move::new(Op::AddPermission(add), [path!["permissions", sid]]));
    }
    moves
}

fn delete(before: &Observed<FunctionSpec>, cx: &StepContext<'_>) -> Vec<Move<Op>> {
    let mut moves = Vec::new();
    if before.outputs.get(LOG_GROUP).is_some_and(|whose| whose == OWNED) {
        let group = DeleteLogGroup { log_group_name: log_group_name(cx.name) };
        moves.push(Move::new(Op::DeleteLogGroup(group), [path!["log_retention"]]));
    }
    let function = DeleteFunction { function_name: cx.name.to_owned() };
    moves.push(Move::new(Op::DeleteFunction(function), [PropertyPath::root()]));
    moves
}

fn create_log_group(name: &str, tags: &BTreeMap<String, String>) -> Move<Op> {
    let group = CreateLogGroup { log_group_name: log_group_name(name), tags: tags.clone() };
    Move::new(Op::CreateLogGroup(group), [])
}

fn put_retention(name: &str, days: u32) -> Move<Op> {
    let put = PutRetentionPolicy { log_group_name: log_group_name(name), retention_in_days: days };
    Move::new(Op::PutRetentionPolicy(put), [path!["log_retention"]])
}

fn put_concurrency(name: &str, count: u32) -> Move<Op> {
    let put = PutFunctionConcurrency { function_name: name.to_owned(), reserved_concurrent_executions: count };
    Move::new(Op::PutFunctionConcurrency(put), [path!["reserved_concurrency"]])
}

fn vpc_config(vpc: &Vpc) -> VpcConfig {
    let Vpc { subnets, security_groups } = vpc;
    VpcConfig { subnet_ids: subnets.ids().to_vec(), security_group_ids: security_groups.ids().to_vec() }
}
