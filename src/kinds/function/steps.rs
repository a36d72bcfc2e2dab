//! The API calls of a change of a function.
//!
//! Order of an update: log group, configuration and code (see `rollout`), concurrency, permissions, tags. A deletion
//! removes the log group first: if a run is interrupted between the two calls, the next one still
//! finds the function, and with it the rest of the work.

use std::collections::BTreeMap;

use crate::base::PropertyPath;
use crate::kind::tags::{TagCalls, TagOrder};
use crate::kind::{Change, Difference, Observed, PlannedOperation, StepContext};
use crate::kinds::lambda_tags::{TagResource, UntagResource};
use crate::path;

use super::identity::{LOG_GROUP, OWNED, function_arn, group_arn, log_group_name, log_group_of};
use super::op::{
    AddPermission, CreateFunction, CreateLogGroup, DeadLetterConfig, DeleteFunction, DeleteLogGroup, Environment,
    EphemeralStorage, FunctionCode, Op, PutFunctionConcurrency, PutRetentionPolicy, RemovePermission, TracingConfig,
};
use super::rollout;
use super::spec::{FunctionSpec, Permission};
use super::tag_call::{Either, TagLogGroup, UntagLogGroup};

type Permissions = BTreeMap<String, Permission>;

/// The properties that only `CreateFunction` sets: if its answer was lost, these show if the function was created.
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

/// The operations of a change.
pub(super) fn steps(change: Change<'_, FunctionSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
    match change {
        Change::Create { after } => create(after, cx),
        Change::Update { before, after, differences } => update(before, after, differences, cx),
        Change::Delete { before, backup: _ } => delete(before, cx),
    }
}

fn create(after: &FunctionSpec, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
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
        log_group_tags: _,
        permissions,
        description,
        tags,
    } = after;
    let name = cx.name.to_owned();
    let mut moves = Vec::new();
    if let Some(days) = *log_retention {
        let group = log_group_name(cx.name);
        moves.push(create_log_group(&group, tags));
        moves.push(put_retention(&group, days));
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
        vpc_config: vpc.as_ref().map(rollout::vpc_config),
        dead_letter_config: dead_letter.clone().map(|target_arn| DeadLetterConfig { target_arn }),
        environment: (!environment.is_empty()).then(|| Environment { variables: environment.clone() }),
        kms_key_arn: kms_key.clone(),
        tracing_config: TracingConfig { mode: tracing.as_str().to_owned() },
        tags: tags.clone(),
        layers: layers.clone(),
        architectures: vec![architecture.as_str().to_owned()],
        ephemeral_storage: EphemeralStorage { size: *ephemeral_storage },
    };
    moves.push(PlannedOperation::new(Op::CreateFunction(Box::new(function)), CREATED.map(|key| path![key])));
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
) -> Vec<PlannedOperation<Op>> {
    let changed = |key: &str| differences.iter().any(|difference| difference.is_in(key));
    let mut moves = Vec::new();
    // The three properties that are set by calls of their own follow; all others are destructured below.
    if let Some(days) = after.log_retention.filter(|_| changed("log_retention")) {
        let group = log_group_of(cx.name, &before.outputs);
        if !before.outputs.contains_key(LOG_GROUP) {
            moves.push(create_log_group(&group, &after.tags));
        }
        moves.push(put_retention(&group, days));
    }
    moves.extend(rollout::moves(before, after, differences, cx.name));
    if let Some(count) = after.reserved_concurrency.filter(|_| changed("reserved_concurrency")) {
        moves.push(put_concurrency(cx.name, count));
    }
    if let Some(permissions) = after.permissions.as_ref().filter(|_| changed("permissions")) {
        let none = Permissions::new();
        moves.extend(change_permissions(cx.name, before.spec.permissions.as_ref().unwrap_or(&none), permissions));
    }
    if changed("tags") || changed("log_group_tags") {
        moves.extend(retag(before, after, cx));
    }
    moves
}

/// Removes statements that are gone first, and removes and adds changed ones: there is no call that changes a
/// statement.
fn change_permissions(name: &str, before: &Permissions, after: &Permissions) -> Vec<PlannedOperation<Op>> {
    let mut moves = Vec::new();
    for (sid, old) in before {
        if after.get(sid) != Some(old) {
            let remove = RemovePermission { function_name: name.to_owned(), statement_id: sid.clone() };
            moves.push(PlannedOperation::new(Op::RemovePermission(remove), [path!["permissions", sid]]));
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
        moves.push(PlannedOperation::new(Op::AddPermission(add), [path!["permissions", sid]]));
    }
    moves
}

/// A log group of ours has the function's tags: it comes first, so that the function still shows the rest of the work if
/// a run is interrupted in between.
fn retag(before: &Observed<FunctionSpec>, after: &FunctionSpec, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
    let mut moves = Vec::new();
    if before.outputs.get(LOG_GROUP).is_some_and(|whose| whose == OWNED) {
        let arn = || group_arn(&log_group_of(cx.name, &before.outputs), cx.env);
        let calls = TagCalls {
            property: "log_group_tags",
            order: TagOrder::SetFirst,
            set: |tags| Op::TagResource(Either::Logs(TagLogGroup { resource_arn: arn(), tags })),
            remove: |tag_keys| Op::UntagResource(Either::Logs(UntagLogGroup { resource_arn: arn(), tag_keys })),
        };
        let tags = before.spec.log_group_tags.as_ref().unwrap_or(&before.spec.tags);
        moves.extend(calls.between(tags, after.log_group_tags.as_ref().unwrap_or(&after.tags)));
    }
    let resource = || function_arn(cx.name, cx.env);
    let calls = TagCalls {
        property: "tags",
        order: TagOrder::SetFirst,
        set: |tags| Op::TagResource(Either::Lambda(TagResource { resource: resource(), tags })),
        remove: |tag_keys| Op::UntagResource(Either::Lambda(UntagResource { resource: resource(), tag_keys })),
    };
    moves.extend(calls.between(&before.spec.tags, &after.tags));
    moves
}

fn delete(before: &Observed<FunctionSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
    let mut moves = Vec::new();
    if before.outputs.get(LOG_GROUP).is_some_and(|whose| whose == OWNED) {
        let group = DeleteLogGroup { log_group_name: log_group_of(cx.name, &before.outputs) };
        moves.push(PlannedOperation::new(Op::DeleteLogGroup(group), [path!["log_retention"]]));
    }
    let function = DeleteFunction { function_name: cx.name.to_owned() };
    moves.push(PlannedOperation::new(Op::DeleteFunction(function), [PropertyPath::root()]));
    moves
}

fn create_log_group(group: &str, tags: &BTreeMap<String, String>) -> PlannedOperation<Op> {
    let group = CreateLogGroup { log_group_name: group.to_owned(), tags: tags.clone() };
    PlannedOperation::new(Op::CreateLogGroup(group), [])
}

fn put_retention(group: &str, days: u32) -> PlannedOperation<Op> {
    let put = PutRetentionPolicy { log_group_name: group.to_owned(), retention_in_days: days };
    PlannedOperation::new(Op::PutRetentionPolicy(put), [path!["log_retention"]])
}

fn put_concurrency(name: &str, count: u32) -> PlannedOperation<Op> {
    let put = PutFunctionConcurrency { function_name: name.to_owned(), reserved_concurrent_executions: count };
    PlannedOperation::new(Op::PutFunctionConcurrency(put), [path!["reserved_concurrency"]])
}
