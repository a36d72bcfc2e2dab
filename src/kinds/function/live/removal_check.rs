//! The check of a function that is to be adopted, replaced or deleted: its features that `stack.yaml` can't express,
//! and that the usual read does not return. Each answer costs a call, and only this needs it.
//! Source of each: API reference, the operation of that name.

use aws_sdk_lambda::types::{RecursiveLoop, UpdateRuntimeOn};

use crate::aws::{Aws, CallError};
use crate::kind::{UnmanagedFeature, unmanaged};

/// The features that were found, or could not be looked for.
pub(super) async fn look(name: &str, aws: &Aws) -> Result<Vec<UnmanagedFeature>, CallError> {
    let (aliases, versions, url, events, signing, runtime, provisioned, recursion) = tokio::join!(
        aliases(name, aws),
        versions(name, aws),
        url(name, aws),
        events(name, aws),
        signing(name, aws),
        runtime(name, aws),
        provisioned(name, aws),
        recursion(name, aws),
    );
    let answers = [
        ("aliases", aliases),
        ("versions", versions),
        ("function URL", url),
        ("event invoke configuration", events),
        ("code signing configuration", signing),
        ("runtime management", runtime),
        ("provisioned concurrency", provisioned),
        ("recursion configuration", recursion),
    ];
    let found: Result<Vec<_>, _> = answers.into_iter().map(|(feature, answer)| unmanaged(feature, answer)).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// The errors for a part that does not exist, or that a function of this type can't have (an image has no runtime).
const NOTHING: &[&str] = &[
    "ResourceNotFoundException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "CodeSigningConfigNotFoundException",
    "InvalidParameterValueException",
];

fn none(error: CallError) -> Result<Vec<String>, CallError> {
    if error.is(NOTHING) { Ok(Vec::new()) } else { Err(error) }
}

/// The aliases of the first page, which is enough: the number does not matter.
async fn aliases(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().list_aliases().function_name(name).send().await {
        Ok(answer) => Ok(answer.aliases().iter().filter_map(|alias| alias.name().map(str::to_owned)).collect()),
        Err(error) => none(CallError::of("lambda", "ListAliases", &error)),
    }
}

/// The published versions, which are deleted with the function.
async fn versions(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().list_versions_by_function().function_name(name).send().await {
        Ok(answer) => {
            let versions = answer.versions().iter().filter_map(|version| version.version());
            Ok(versions.filter(|version| *version != "$LATEST").map(str::to_owned).collect())
        }
        Err(error) => none(CallError::of("lambda", "ListVersionsByFunction", &error)),
    }
}

/// The URL of the function itself: that of an alias is deleted with the alias, which is reported.
async fn url(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().get_function_url_config().function_name(name).send().await {
        Ok(answer) => Ok(vec![format!("{} ({})", answer.function_url(), answer.auth_type().as_str())]),
        Err(error) => none(CallError::of("lambda", "GetFunctionUrlConfig", &error)),
    }
}

async fn events(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().list_function_event_invoke_configs().function_name(name).send().await {
        Ok(answer) => {
            let configs = answer.function_event_invoke_configs().iter();
            Ok(configs.map(|config| config.function_arn().unwrap_or("retries and destinations").to_owned()).collect())
        }
        Err(error) => none(CallError::of("lambda", "ListFunctionEventInvokeConfigs", &error)),
    }
}

async fn signing(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().get_function_code_signing_config().function_name(name).send().await {
        Ok(answer) => {
            Ok(Some(answer.code_signing_config_arn().to_owned()).filter(|arn| !arn.is_empty()).into_iter().collect())
        }
        Err(error) => none(CallError::of("lambda", "GetFunctionCodeSigningConfig", &error)),
    }
}

async fn runtime(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().get_runtime_management_config().function_name(name).send().await {
        Ok(answer) => {
            let when = answer.update_runtime_on().filter(|when| **when != UpdateRuntimeOn::Auto);
            Ok(when.map(|when| when.as_str().to_owned()).into_iter().collect())
        }
        Err(error) => none(CallError::of("lambda", "GetRuntimeManagementConfig", &error)),
    }
}

async fn provisioned(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().list_provisioned_concurrency_configs().function_name(name).send().await {
        Ok(answer) => {
            let configs = answer.provisioned_concurrency_configs().iter();
            Ok(configs.filter_map(|config| config.function_arn().map(str::to_owned)).collect())
        }
        Err(error) => none(CallError::of("lambda", "ListProvisionedConcurrencyConfigs", &error)),
    }
}

/// The setting that allows recursive loops: by default Lambda ends them.
async fn recursion(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    match aws.lambda().get_function_recursion_config().function_name(name).send().await {
        Ok(answer) => {
            let allowed = answer.recursive_loop().filter(|kind| **kind == RecursiveLoop::Allow);
            Ok(allowed.map(|kind| kind.as_str().to_owned()).into_iter().collect())
        }
        Err(error) => none(CallError::of("lambda", "GetFunctionRecursionConfig", &error)),
    }
}
