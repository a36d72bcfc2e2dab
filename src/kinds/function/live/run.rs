//! The calls of a function, each with a wait until it has taken effect.

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Architecture, DeadLetterConfig, Environment, EphemeralStorage, FunctionCode, FunctionConfiguration,
    LastUpdateStatus, Runtime, State, TracingConfig, TracingMode, VpcConfig,
};

use super::super::identity::function_arn;
use super::super::op::{self, Op};
use super::super::tag_call::Either;
use super::read::get_function;
use super::refusal::{BUSY, GONE, NEW_PRINCIPAL, RETRYABLE};
use crate::aws::{Aws, CallError, WaitLimits, int, or_gone, retry_while, until};
use crate::base::Outputs;

/// The time limit for a role, its policies and grants to become visible: mostly seconds, at times over a minute.
const PROPAGATION: WaitLimits = WaitLimits::seconds(180);
/// The time limit for an update that is in progress; in a VPC, network interfaces are created first.
const TAKES_EFFECT: WaitLimits = WaitLimits::seconds(600);

/// Makes a call.
pub(super) async fn run(op: Op, aws: &Aws) -> Result<Outputs, CallError> {
    match op {
        Op::CreateFunction(op) => return create(&op, aws).await,
        Op::UpdateFunctionConfiguration(op) => update_configuration(&op, aws).await?,
        Op::UpdateFunctionCode(op) => update_code(&op, aws).await?,
        Op::DeleteFunction(op) => delete(&op, aws).await?,
        Op::PutFunctionConcurrency(op) => {
            let count = int(op.reserved_concurrent_executions);
            when_free(|| async {
                let call = aws.lambda().put_function_concurrency().function_name(&op.function_name);
                let answer = call.reserved_concurrent_executions(count).send().await;
                answer.map_err(|error| CallError::of("lambda", "PutFunctionConcurrency", &error))
            })
            .await?;
        }
        Op::AddPermission(op) => add_permission(&op, aws).await?,
        Op::RemovePermission(op) => remove_permission(&op, aws).await?,
        Op::TagResource(Either::Logs(op)) => {
            let call = aws.logs().tag_resource().resource_arn(op.resource_arn);
            let answer = call.set_tags(Some(op.tags.into_iter().collect())).send().await;
            answer.map_err(|error| CallError::of("logs", "TagResource", &error))?;
        }
        Op::UntagResource(Either::Logs(op)) => {
            let call = aws.logs().untag_resource().resource_arn(op.resource_arn);
            let answer = call.set_tag_keys(Some(op.tag_keys)).send().await;
            answer.map_err(|error| CallError::of("logs", "UntagResource", &error))?;
        }
        Op::TagResource(Either::Lambda(op)) => {
            let tags = op.tags.into_iter().collect();
            when_free(|| async {
                let call = aws.lambda().tag_resource().resource(&op.resource).set_tags(Some(Clone::clone(&tags)));
                call.send().await.map_err(|error| CallError::of("lambda", "TagResource", &error))
            })
            .await?;
        }
        Op::UntagResource(Either::Lambda(op)) => {
            when_free(|| async {
                let call = aws.lambda().untag_resource().resource(&op.resource);
                let answer = call.set_tag_keys(Some(op.tag_keys.clone())).send().await;
                answer.map_err(|error| CallError::of("lambda", "UntagResource", &error))
            })
            .await?;
        }
        Op::CreateLogGroup(op) => create_log_group(op, aws).await?,
        Op::PutRetentionPolicy(op) => {
            let call = aws.logs().put_retention_policy().log_group_name(op.log_group_name);
            let answer = call.retention_in_days(int(op.retention_in_days)).send().await;
            answer.map_err(|error| CallError::of("logs", "PutRetentionPolicy", &error))?;
        }
        Op::DeleteLogGroup(op) => {
            let answer = aws.logs().delete_log_group().log_group_name(op.log_group_name).send().await;
            or_gone(answer.map_err(|error| CallError::of("logs", "DeleteLogGroup", &error)), GONE)?;
        }
    }
    Ok(Outputs::new())
}

async fn when_free<T, F, Fut>(call: F) -> Result<T, CallError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, CallError>>,
{
    retry_while(TAKES_EFFECT, BUSY, call).await
}

async fn create(op: &op::CreateFunction, aws: &Aws) -> Result<Outputs, CallError> {
    let op::CreateFunction {
        function_name,
        runtime,
        role,
        handler,
        code,
        description,
        timeout,
        memory_size,
        vpc_config,
        dead_letter_config,
        environment,
        kms_key_arn,
        tracing_config,
        tags,
        layers,
        architectures,
        ephemeral_storage,
    } = op;
    let archive = archive(&code.zip_file, "CreateFunction", aws)?;
    let storage = storage(ephemeral_storage, "CreateFunction")?;
    let answer = retry_while(PROPAGATION, RETRYABLE, || async {
        let call = aws
            .lambda()
            .create_function()
            .function_name(function_name)
            .runtime(Runtime::from(runtime.as_str()))
            .role(role)
            .handler(handler)
            .code(FunctionCode::builder().zip_file(archive.clone()).build())
            .set_description(description.clone())
            .timeout(int(*timeout))
            .memory_size(int(*memory_size))
            .set_vpc_config(vpc_config.as_ref().map(vpc))
            .set_dead_letter_config(dead_letter_config.as_ref().map(dead_letter))
            .set_environment(environment.as_ref().map(variables))
            .set_kms_key_arn(kms_key_arn.clone())
            .tracing_config(tracing(tracing_config))
            .set_tags(Some(tags.clone().into_iter().collect()))
            .set_layers(Some(layers.clone()))
            .set_architectures(Some(architectures.iter().map(|a| Architecture::from(a.as_str())).collect()))
            .ephemeral_storage(storage.clone());
        call.send().await.map_err(|error| CallError::of("lambda", "CreateFunction", &error))
    });
    let answer = match answer.await {
        // Another run creates it: it is of use once that is done.
        Err(error) if error.is(&["ResourceConflictException"]) => {
            settled("CreateFunction", function_name, aws).await?;
            return Err(error);
        }
        answer => answer?,
    };
    settled("CreateFunction", function_name, aws).await?;
    let arn = answer.function_arn().map_or_else(|| function_arn(function_name, aws.env()), str::to_owned);
    Ok(Outputs::from([("name".to_owned(), function_name.clone()), ("arn".to_owned(), arn)]))
}

async fn update_configuration(op: &op::UpdateFunctionConfiguration, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "UpdateFunctionConfiguration";
    let op::UpdateFunctionConfiguration {
        function_name,
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
    } = op;
    let storage = ephemeral_storage.as_ref().map(|wanted| storage(wanted, OPERATION)).transpose()?;
    let call = || async {
        let call = aws
            .lambda()
            .update_function_configuration()
            .function_name(function_name)
            .set_role(role.clone())
            .set_handler(handler.clone())
            .set_description(description.clone())
            .set_timeout(timeout.map(int))
            .set_memory_size(memory_size.map(int))
            .set_vpc_config(vpc_config.as_ref().map(vpc))
            .set_environment(environment.as_ref().map(variables))
            .set_runtime(runtime.as_deref().map(Runtime::from))
            .set_dead_letter_config(dead_letter_config.as_ref().map(dead_letter))
            .set_kms_key_arn(kms_key_arn.clone())
            .set_tracing_config(tracing_config.as_ref().map(tracing))
            .set_layers(layers.clone())
            .set_ephemeral_storage(storage.clone());
        call.send().await.map_err(|error| CallError::of("lambda", OPERATION, &error))
    };
    when_free(|| retry_while(PROPAGATION, RETRYABLE, call)).await?;
    settled(OPERATION, function_name, aws).await
}

async fn update_code(op: &op::UpdateFunctionCode, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "UpdateFunctionCode";
    let op::UpdateFunctionCode { function_name, zip_file, architectures } = op;
    let archive = archive(zip_file, OPERATION, aws)?;
    let architectures: Option<Vec<_>> =
        architectures.as_ref().map(|list| list.iter().map(|a| Architecture::from(a.as_str())).collect());
    when_free(|| async {
        let call = aws.lambda().update_function_code().function_name(function_name).zip_file(archive.clone());
        let answer = call.set_architectures(architectures.clone()).send().await;
        answer.map_err(|error| CallError::of("lambda", OPERATION, &error))
    })
    .await?;
    settled(OPERATION, function_name, aws).await
}

/// Waits until the function exists and nothing is in progress.
/// Source: Developer Guide, "Lambda function states".
async fn settled(operation: &str, name: &str, aws: &Aws) -> Result<(), CallError> {
    let what = format!("function `{name}` to be ready");
    until(operation, &what, TAKES_EFFECT, || async move {
        // Just after creation another server may not know it yet.
        let Some(function) = get_function(name, aws).await? else { return Ok(None) };
        let config = function.configuration().ok_or_else(|| CallError::unexpected(operation, "no configuration"))?;
        is_settled(config).map_err(|reason| CallError::unexpected(operation, reason))
    })
    .await
}

/// Returns `None` while something is in progress; a failure is an error.
fn is_settled(config: &FunctionConfiguration) -> Result<Option<()>, String> {
    let because = |code: Option<&str>, reason: Option<&str>| {
        format!("{}: {}", code.unwrap_or("no code"), reason.unwrap_or("no reason given"))
    };
    match config.state() {
        Some(State::Pending) => return Ok(None),
        Some(State::Failed) => {
            let code = config.state_reason_code().map(aws_sdk_lambda::types::StateReasonCode::as_str);
            return Err(format!("the function has failed: {}", because(code, config.state_reason())));
        }
        _ => {}
    }
    match config.last_update_status() {
        Some(LastUpdateStatus::InProgress) => Ok(None),
        Some(LastUpdateStatus::Failed) => {
            let code =
                config.last_update_status_reason_code().map(aws_sdk_lambda::types::LastUpdateStatusReasonCode::as_str);
            let because = because(code, config.last_update_status_reason());
            Err(format!("the update has failed, and the function is as it was before: {because}"))
        }
        _ => Ok(Some(())),
    }
}

async fn delete(op: &op::DeleteFunction, aws: &Aws) -> Result<(), CallError> {
    let op::DeleteFunction { function_name } = op;
    let answer = when_free(|| async {
        let answer = aws.lambda().delete_function().function_name(function_name).send().await;
        answer.map_err(|error| CallError::of("lambda", "DeleteFunction", &error))
    })
    .await;
    or_gone(answer, GONE)?;
    let what = format!("function `{function_name}` to be gone");
    until("DeleteFunction", &what, TAKES_EFFECT, || async {
        Ok(get_function(function_name, aws).await?.is_none().then_some(()))
    })
    .await
}

async fn add_permission(op: &op::AddPermission, aws: &Aws) -> Result<(), CallError> {
    let op::AddPermission { function_name, statement_id, action, principal, source_arn, source_account } = op;
    retry_while(WaitLimits::seconds(60), NEW_PRINCIPAL, || async {
        let call = aws
            .lambda()
            .add_permission()
            .function_name(function_name)
            .statement_id(statement_id)
            .action(action)
            .principal(principal)
            .set_source_arn(source_arn.clone())
            .set_source_account(source_account.clone());
        call.send().await.map_err(|error| CallError::of("lambda", "AddPermission", &error))
    })
    .await
    .map(|_| ())
}

async fn remove_permission(op: &op::RemovePermission, aws: &Aws) -> Result<(), CallError> {
    let op::RemovePermission { function_name, statement_id } = op;
    let answer = when_free(|| async {
        let call = aws.lambda().remove_permission().function_name(function_name).statement_id(statement_id);
        call.send().await.map_err(|error| CallError::of("lambda", "RemovePermission", &error))
    })
    .await;
    or_gone(answer, GONE)
}

/// Creates the log group. It is named after the function: an existing one, from an earlier invocation or an earlier
/// function, is used. It stays untagged, and so is not deleted with the function.
async fn create_log_group(op: op::CreateLogGroup, aws: &Aws) -> Result<(), CallError> {
    let op::CreateLogGroup { log_group_name, tags } = op;
    let tags = (!tags.is_empty()).then(|| tags.into_iter().collect());
    let answer = aws.logs().create_log_group().log_group_name(log_group_name).set_tags(tags).send().await;
    match answer.map_err(|error| CallError::of("logs", "CreateLogGroup", &error)) {
        Err(error) if error.is(&["ResourceAlreadyExistsException"]) => Ok(()),
        answer => answer.map(|_| ()),
    }
}

fn archive(sha256: &str, operation: &str, aws: &Aws) -> Result<Blob, CallError> {
    let bytes = aws.archives().get(sha256).ok_or_else(|| {
        CallError::unexpected(operation, format!("the code with digest `{sha256}` is not in its source any more"))
    })?;
    Ok(Blob::new(bytes.as_slice()))
}

fn vpc(config: &op::VpcConfig) -> VpcConfig {
    let op::VpcConfig { subnet_ids, security_group_ids, ipv6_allowed_for_dual_stack } = config.clone();
    VpcConfig::builder()
        .set_subnet_ids(Some(subnet_ids))
        .set_security_group_ids(Some(security_group_ids))
        .set_ipv6_allowed_for_dual_stack(ipv6_allowed_for_dual_stack)
        .build()
}

fn dead_letter(config: &op::DeadLetterConfig) -> DeadLetterConfig {
    DeadLetterConfig::builder().target_arn(&config.target_arn).build()
}

fn variables(environment: &op::Environment) -> Environment {
    Environment::builder().set_variables(Some(environment.variables.clone().into_iter().collect())).build()
}

fn tracing(config: &op::TracingConfig) -> TracingConfig {
    TracingConfig::builder().mode(TracingMode::from(config.mode.as_str())).build()
}

fn storage(wanted: &op::EphemeralStorage, operation: &str) -> Result<EphemeralStorage, CallError> {
    let built = EphemeralStorage::builder().size(int(wanted.size)).build();
    built.map_err(|error| CallError::unexpected(operation, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_update_is_an_error_with_its_reason() {
        let config = FunctionConfiguration::builder()
            .state(State::Active)
            .last_update_status(LastUpdateStatus::Failed)
            .last_update_status_reason("no addresses left")
            .build();
        assert!(is_settled(&config).is_err_and(|reason| reason.contains("no addresses left")));
        let config = FunctionConfiguration::builder().state(State::Pending).build();
        assert_eq!(is_settled(&config), Ok(None));
        let config = FunctionConfiguration::builder().state(State::Active).build();
        assert_eq!(is_settled(&config), Ok(Some(())));
    }
}
