//! The API calls of a function, spelled as AWS's API reference spells them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::count;
use crate::kind::{Call, setting, tags};
use crate::kinds::lambda_tags;

use super::tag_call::{Either, TagLogGroup, UntagLogGroup};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Creates the log group before the function's first invocation would.
    CreateLogGroup(CreateLogGroup),
    /// Sets the time for which the log group keeps events.
    PutRetentionPolicy(PutRetentionPolicy),
    /// Deletes the log group.
    DeleteLogGroup(DeleteLogGroup),
    /// Creates the function.
    CreateFunction(Box<CreateFunction>),
    /// Changes everything but the code.
    UpdateFunctionConfiguration(Box<UpdateFunctionConfiguration>),
    /// Changes the code.
    UpdateFunctionCode(UpdateFunctionCode),
    /// Reserves concurrency.
    PutFunctionConcurrency(PutFunctionConcurrency),
    /// Adds a statement to the resource policy.
    AddPermission(AddPermission),
    /// Removes a statement from the resource policy.
    RemovePermission(RemovePermission),
    /// Sets tags.
    TagResource(Either<lambda_tags::TagResource, TagLogGroup>),
    /// Removes tags.
    UntagResource(Either<lambda_tags::UntagResource, UntagLogGroup>),
    /// Deletes the function with all its versions.
    DeleteFunction(DeleteFunction),
}

/// The input of `CreateLogGroup`. Source: `CloudWatch` Logs API reference, `CreateLogGroup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateLogGroup {
    /// The group's name, `/aws/lambda/NAME`.
    pub log_group_name: String,
    /// The function's tags: they make the group ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// The input of `PutRetentionPolicy`. Source: `CloudWatch` Logs API reference, `PutRetentionPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutRetentionPolicy {
    /// The group's name, `/aws/lambda/NAME`.
    pub log_group_name: String,
    /// The number of days.
    pub retention_in_days: u32,
}

/// The input of `DeleteLogGroup`. Source: `CloudWatch` Logs API reference, `DeleteLogGroup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteLogGroup {
    /// The group's name, `/aws/lambda/NAME`.
    pub log_group_name: String,
}

/// The input of `CreateFunction`. Source: Lambda API reference, `CreateFunction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateFunction {
    /// The name.
    pub function_name: String,
    /// The runtime.
    pub runtime: String,
    /// The execution role's ARN.
    pub role: String,
    /// The handler.
    pub handler: String,
    /// The code.
    pub code: FunctionCode,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The timeout in seconds.
    pub timeout: u32,
    /// The memory in MB.
    pub memory_size: u32,
    /// The VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<VpcConfig>,
    /// The dead-letter target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
    /// Environment variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// The key's ARN.
    #[serde(default, rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// Tracing.
    pub tracing_config: TracingConfig,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Layer versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<String>,
    /// The instruction set.
    pub architectures: Vec<String>,
    /// The size of `/tmp`.
    pub ephemeral_storage: EphemeralStorage,
}

/// The input of `UpdateFunctionConfiguration`. Source: Lambda API reference. An absent member stays as it is; an
/// empty text or list removes the value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionConfiguration {
    /// The name.
    pub function_name: String,
    /// The execution role's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The handler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The timeout in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// The memory in MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_size: Option<u32>,
    /// The VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<VpcConfig>,
    /// Environment variables, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// The runtime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The dead-letter target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
    /// The key's ARN.
    #[serde(default, rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// Tracing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracing_config: Option<TracingConfig>,
    /// Layer versions, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    /// The size of `/tmp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<EphemeralStorage>,
}

/// The input of `UpdateFunctionCode`. Source: Lambda API reference, `UpdateFunctionCode`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateFunctionCode {
    /// The name.
    pub function_name: String,
    /// The digest of the archive, which replaces the archive in a plan (see [`FunctionCode`]).
    pub zip_file: String,
    /// The instruction set, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architectures: Option<Vec<String>>,
}

/// The member `FunctionCode`. Source: Lambda API reference, `FunctionCode`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionCode {
    /// The digest of the archive (as `CodeSha256`): an archive of megabytes does not belong in a plan. The call sends
    /// the archive with this digest.
    pub zip_file: String,
}

/// The member `VpcConfig`. Source: Lambda API reference, `VpcConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcConfig {
    /// Subnets; none: outside any VPC.
    pub subnet_ids: Vec<String>,
    /// Security groups.
    pub security_group_ids: Vec<String>,
    /// True if traffic to IPv6 addresses may leave; absent: as it is. Outside any VPC only `false` is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
}

/// The member `DeadLetterConfig`. Source: Lambda API reference, `DeadLetterConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeadLetterConfig {
    /// The queue's or topic's ARN; empty: none.
    pub target_arn: String,
}

/// The member `Environment`. Source: Lambda API reference, `Environment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// Name → value.
    pub variables: BTreeMap<String, String>,
}

/// The member `TracingConfig`. Source: Lambda API reference, `TracingConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TracingConfig {
    /// The mode, `Active` or `PassThrough`.
    pub mode: String,
}

/// The member `EphemeralStorage`. Source: Lambda API reference, `EphemeralStorage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EphemeralStorage {
    /// The size in MB.
    pub size: u32,
}

/// The input of `PutFunctionConcurrency`. Source: Lambda API reference, `PutFunctionConcurrency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutFunctionConcurrency {
    /// The name.
    pub function_name: String,
    /// The number of invocations at once.
    pub reserved_concurrent_executions: u32,
}

/// The input of `AddPermission`. Source: Lambda API reference, `AddPermission`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddPermission {
    /// The name.
    pub function_name: String,
    /// The statement's id.
    pub statement_id: String,
    /// The allowed action.
    pub action: String,
    /// The principal that is allowed.
    pub principal: String,
    /// The resource for which a service calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    /// The account of that resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_account: Option<String>,
}

/// The input of `RemovePermission`. Source: Lambda API reference, `RemovePermission`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemovePermission {
    /// The name.
    pub function_name: String,
    /// The statement's id.
    pub statement_id: String,
}

/// The input of `DeleteFunction`. Source: Lambda API reference, `DeleteFunction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteFunction {
    /// The name.
    pub function_name: String,
}

/// The name of a call, and the errors that it may end with.
pub(super) fn call(op: &Op) -> Call {
    let named = |service, operation, title: &str| Call { service, operation, title: title.to_owned(), expects: &[] };
    match op {
        Op::CreateLogGroup(_) => named("logs", "CreateLogGroup", "create log group"),
        Op::PutRetentionPolicy(put) => {
            let title = format!("keep logs for {}", count(put.retention_in_days, "day"));
            named("logs", "PutRetentionPolicy", &title)
        }
        Op::DeleteLogGroup(_) => named("logs", "DeleteLogGroup", "delete log group"),
        // Source: API reference, `CreateFunction`: 409, the name is taken.
        Op::CreateFunction(_) => {
            Call { expects: &["ResourceConflictException"], ..named("lambda", "CreateFunction", "create function") }
        }
        Op::UpdateFunctionConfiguration(update) => {
            named("lambda", "UpdateFunctionConfiguration", &configuration(update))
        }
        Op::UpdateFunctionCode(_) => named("lambda", "UpdateFunctionCode", "update function code"),
        Op::PutFunctionConcurrency(_) => named("lambda", "PutFunctionConcurrency", "reserve concurrency"),
        // Source: API reference, `AddPermission`: 409, the statement id is taken.
        Op::AddPermission(add) => Call {
            expects: &["ResourceConflictException"],
            ..named("lambda", "AddPermission", &format!("add permission `{}`", add.statement_id))
        },
        Op::RemovePermission(remove) => {
            named("lambda", "RemovePermission", &format!("remove permission `{}`", remove.statement_id))
        }
        Op::TagResource(Either::Lambda(tag)) => {
            named("lambda", "TagResource", &format!("set {}", tags::named(tag.tags.keys())))
        }
        Op::TagResource(Either::Logs(tag)) => {
            named("logs", "TagResource", &format!("set {} of the log group", tags::named(tag.tags.keys())))
        }
        Op::UntagResource(Either::Lambda(untag)) => {
            named("lambda", "UntagResource", &format!("remove {}", tags::named(&untag.tag_keys)))
        }
        Op::UntagResource(Either::Logs(untag)) => {
            named("logs", "UntagResource", &format!("remove {} of the log group", tags::named(&untag.tag_keys)))
        }
        Op::DeleteFunction(_) => named("lambda", "DeleteFunction", "delete function"),
    }
}

/// The title of a change: the parts of the configuration that it sets. It never has values of environment variables.
fn configuration(update: &UpdateFunctionConfiguration) -> String {
    let UpdateFunctionConfiguration {
        function_name: _,
        role,
        handler,
        description,
        timeout,
        memory_size,
        vpc_config,
        environment,
        runtime,
        dead_letter_config,
        kms_key_arn,
        tracing_config,
        layers,
        ephemeral_storage,
    } = update;
    let said = |given: bool, what: &str| given.then(|| what.to_owned());
    let parts = [
        runtime.as_ref().map(|runtime| format!("runtime to `{runtime}`")),
        handler.as_ref().map(|handler| format!("handler to `{handler}`")),
        memory_size.map(|size| format!("memory to {size} MB")),
        timeout.map(|seconds| format!("timeout to {seconds} s")),
        ephemeral_storage.as_ref().map(|storage| format!("`/tmp` to {} MB", storage.size)),
        tracing_config.as_ref().map(|tracing| format!("tracing to {}", tracing.mode)),
        said(role.is_some(), "the role"),
        said(environment.is_some(), "the environment variables"),
        // With the variables it may be an unchanged value.
        said(kms_key_arn.is_some() && environment.is_none(), "the key of the environment variables"),
        said(vpc_config.is_some(), "the VPC"),
        said(layers.is_some(), "the layers"),
        said(dead_letter_config.is_some(), "the dead-letter target"),
        said(description.is_some(), "the description"),
    ];
    setting(parts)
}
