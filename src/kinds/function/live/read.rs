//! Reads a function: one round trip of at most four calls.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_lambda::operation::get_function::GetFunctionOutput;
use aws_sdk_lambda::types::{
    Architecture as LiveArchitecture, FunctionConfiguration, LastUpdateStatus, LogFormat, PackageType,
    SnapStartApplyOn, State, TracingMode,
};
use futures::future::OptionFuture;

use super::super::identity::{LOG_GROUP, LOGS, OTHER_GROUP, OWNED, TROUBLE, function_arn, group_arn, log_group_name};
use super::super::role_refresh::{self, MODIFIED};
use super::super::spec::{Architecture, Choice, Code, FunctionSpec, Tracing, Vpc};
use super::answers::ANSWERS;
use super::policy::{self, Permissions};
use crate::aws::{Aws, Body, CallError};
use crate::base::{Address, Outputs};
use crate::kind::tags::{ADDRESS_TAG, STACK_TAG, address_tag};
use crate::kind::{Identity, Observed, ReadOutcome, UnmanagedFeature, newer, or_unsupported};

/// A function's log group.
struct LogGroup {
    name: String,
    retention: Option<u32>,
    /// Its tags, if it is ours.
    tags: Option<BTreeMap<String, String>>,
    /// Its settings that the language can't express.
    unmanaged: Vec<String>,
}

/// Reads one function. The name of its log group is only known then: if it is another than the one that Lambda gives
/// it, that group is read afterwards.
pub(super) async fn read(id: &Identity, aws: &Aws) -> Result<ReadOutcome<FunctionSpec>, CallError> {
    let usual = log_group_name(&id.name);
    let reads_group = id.details.contains_key(LOGS);
    let group: OptionFuture<_> = reads_group.then(|| log_group(&usual, None, aws)).into();
    let (function, permissions, group) =
        tokio::join!(function_and_newer(&id.name, aws), permissions(&id.name, aws), group);
    let Some((function, newer)) = function? else { return Ok(ReadOutcome::absent()) };
    let logging = function.configuration().and_then(|config| config.logging_config());
    let other = logging.and_then(|logging| logging.log_group()).filter(|group| *group != usual && !group.is_empty());
    let other = other.map(str::to_owned);
    let group = match &other {
        Some(other) if reads_group => Some(log_group(other, Some(&id.address), aws).await),
        _ => group,
    };
    let mut unsupported = Vec::new();
    // If the endpoint can't return permissions, they count as unmanaged.
    let permissions = or_unsupported(permissions.map(Some), &["permissions"], &mut unsupported)?;
    let group = or_unsupported(group.transpose().map(Option::flatten), &["log_retention"], &mut unsupported)?;
    let mut live = observe(&id.name, function, permissions, group, aws)?;
    live.unmanaged.extend(newer);
    live.outputs.extend(other.map(|other| (OTHER_GROUP.to_owned(), other)));
    Ok(ReadOutcome { live: Some(live), unsupported })
}

/// Reads configuration, tags and concurrency; `None` if there is no such function.
pub(super) async fn get_function(name: &str, aws: &Aws) -> Result<Option<GetFunctionOutput>, CallError> {
    Ok(function_and_newer(name, aws).await?.map(|(function, _)| function))
}

/// The same, with the features of the function that only the answer's text shows.
async fn function_and_newer(
    name: &str,
    aws: &Aws,
) -> Result<Option<(GetFunctionOutput, Vec<UnmanagedFeature>)>, CallError> {
    let body = Body::default();
    match aws.lambda().get_function().function_name(name).customize().interceptor(body.clone()).send().await {
        Ok(answer) => Ok(Some((answer, newer("GetFunction", ANSWERS, &body, aws)))),
        Err(error) => {
            let error = CallError::of("lambda", "GetFunction", &error);
            if error.is(&["ResourceNotFoundException"]) { Ok(None) } else { Err(error) }
        }
    }
}

async fn permissions(name: &str, aws: &Aws) -> Result<Permissions, CallError> {
    match aws.lambda().get_policy().function_name(name).send().await {
        Ok(answer) => policy::read(answer.policy().unwrap_or_default(), &function_arn(name, aws.env()))
            .ok_or_else(|| CallError::unexpected("GetPolicy", "the answer is not a policy document")),
        Err(error) => {
            let error = CallError::of("lambda", "GetPolicy", &error);
            // There is no policy, or no function. Source: API reference, `GetPolicy`.
            if error.is(&["ResourceNotFoundException"]) { Ok(Permissions::default()) } else { Err(error) }
        }
    }
}

/// A log group; `None` if there is none. One that the function shares with others is ours if its tags have this
/// very address; the one that Lambda gives it belongs to nobody else.
/// Source: `CloudWatch` Logs API reference, `DescribeLogGroups` (a prefix, and sorted by name: the group itself
/// comes first), `ListTagsForResource`.
async fn log_group(name: &str, shared: Option<&Address>, aws: &Aws) -> Result<Option<LogGroup>, CallError> {
    let describe = aws.logs().describe_log_groups().log_group_name_prefix(name).send();
    let tags = aws.logs().list_tags_for_resource().resource_arn(group_arn(name, aws.env())).send();
    let (groups, tags) = tokio::join!(describe, tags);
    let groups = groups.map_err(|error| CallError::of("logs", "DescribeLogGroups", &error))?;
    let Some(group) = groups.log_groups().iter().find(|group| group.log_group_name() == Some(name)) else {
        return Ok(None);
    };
    let tags = match tags.map_err(|error| CallError::of("logs", "ListTagsForResource", &error)) {
        Ok(answer) => answer.tags.unwrap_or_default(),
        Err(error) if error.is(&["ResourceNotFoundException"]) => HashMap::new(),
        // A caller who manages the function may lack the right to read somebody else's group.
        Err(error) if shared.is_some() && error.is_denied() => HashMap::new(),
        // The owner decides if it is deleted with the function: a group without a tag of ours stays.
        Err(error) if error.is_unsupported() => HashMap::new(),
        Err(error) => return Err(error),
    };
    let ours = match shared {
        None => tags.contains_key(STACK_TAG),
        Some(address) => {
            tags.contains_key(STACK_TAG) && tags.get(ADDRESS_TAG).is_some_and(|tag| *tag == address_tag(address))
        }
    };
    let tags = tags.into_iter().filter(|(key, _)| !key.starts_with("aws:"));
    Ok(Some(LogGroup {
        name: name.to_owned(),
        retention: group.retention_in_days().and_then(|days| u32::try_from(days).ok()),
        tags: ours.then(|| tags.collect()),
        unmanaged: group_features(group),
    }))
}

/// The settings of a log group that the language can't express.
fn group_features(group: &aws_sdk_cloudwatchlogs::types::LogGroup) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(key) = group.kms_key_id() {
        found.push(format!("encrypted with {key}"));
    }
    if let Some(status) = group.data_protection_status().filter(|status| status.as_str() == "ACTIVATED") {
        found.push(format!("data protection {}", status.as_str()));
    }
    if let Some(class) = group.log_group_class().filter(|class| class.as_str() != "STANDARD") {
        found.push(format!("class {}", class.as_str()));
    }
    if group.deletion_protection_enabled() == Some(true) {
        found.push("protected from deletion".to_owned());
    }
    if group.bearer_token_authentication_enabled() == Some(true) {
        found.push("takes bearer tokens".to_owned());
    }
    if let Some(count) = group.metric_filter_count().filter(|count| *count > 0) {
        found.push(format!("metric filters: {count}"));
    }
    if let Some(policy) = group.retention_policy_name() {
        found.push(format!("kept as the account's retention policy `{policy}` says"));
    }
    found
}

fn observe(
    name: &str,
    function: GetFunctionOutput,
    permissions: Option<Permissions>,
    group: Option<LogGroup>,
    aws: &Aws,
) -> Result<Observed<FunctionSpec>, CallError> {
    let unexpected = |message: &str| CallError::unexpected("GetFunction", message);
    if let Some(error) = function.tags_error() {
        // Without `lambda:ListTags` the answer has no tags: that does not mean "untagged".
        return Err(CallError::within("lambda", "ListTags", Some(error.error_code()), error.message()));
    }
    let GetFunctionOutput { configuration, code: location, tags, concurrency, .. } = function;
    let config = configuration.ok_or_else(|| unexpected("the answer has no configuration"))?;
    let mut unmanaged = unmanaged(name, &config);
    if location.is_some_and(|location| location.source_kms_key_arn.is_some()) {
        unmanaged.push(feature("source_kms_key", "the archive is encrypted with a customer key"));
    }
    let variables = variables(&config, aws)?;
    let vpc = config.vpc_config().filter(|vpc| !vpc.subnet_ids().is_empty()).map(|vpc| Vpc {
        subnets: Choice::Ids(sorted(vpc.subnet_ids())),
        security_groups: Choice::Ids(sorted(vpc.security_group_ids())),
    });
    let permissions = permissions.map(|(permissions, others)| {
        unmanaged.extend(others);
        permissions
    });
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let number = |number: Option<i32>, default: u32| number.and_then(|n| u32::try_from(n).ok()).unwrap_or(default);
    let spec = FunctionSpec {
        runtime: config.runtime().map(|runtime| runtime.as_str().to_owned()).unwrap_or_default(),
        handler: config.handler().unwrap_or_default().to_owned(),
        code: Code {
            path: None,
            sha256: config.code_sha256().unwrap_or_default().to_owned(),
            size: u64::try_from(config.code_size()).ok(),
        },
        role: config.role().unwrap_or_default().to_owned(),
        architecture: match config.architectures().first() {
            Some(LiveArchitecture::Arm64) => Architecture::Arm,
            _ => Architecture::X86,
        },
        memory: number(config.memory_size(), 128),
        timeout: number(config.timeout(), 3),
        ephemeral_storage: number(config.ephemeral_storage().map(aws_sdk_lambda::types::EphemeralStorage::size), 512),
        environment: variables,
        vpc,
        dead_letter: text(config.dead_letter_config().and_then(|dead_letter| dead_letter.target_arn())),
        tracing: match config.tracing_config().and_then(|tracing| tracing.mode()) {
            Some(TracingMode::Active) => Tracing::Active,
            _ => Tracing::PassThrough,
        },
        layers: config.layers().iter().filter_map(|layer| text(layer.arn())).collect(),
        kms_key: text(config.kms_key_arn()),
        reserved_concurrency: concurrency
            .and_then(|concurrency| concurrency.reserved_concurrent_executions())
            .and_then(|count| u32::try_from(count).ok()),
        log_retention: group.as_ref().and_then(|group| group.retention),
        log_group_tags: group.as_ref().and_then(|group| group.tags.clone()),
        permissions,
        description: text(config.description()),
        tags: tags.unwrap_or_default().into_iter().collect(),
    };
    let arn = function_arn(name, aws.env());
    let mut outputs = Outputs::from([("name".to_owned(), name.to_owned()), ("arn".to_owned(), arn.clone())]);
    outputs
        .extend(config.last_modified().and_then(role_refresh::seconds).map(|at| (MODIFIED.to_owned(), at.to_string())));
    outputs.extend(trouble(&config).map(|trouble| (TROUBLE.to_owned(), trouble)));
    if let Some(group) = group {
        outputs.insert(LOG_GROUP.to_owned(), if group.tags.is_some() { OWNED } else { "found" }.to_owned());
        if group.tags.is_some() && !group.unmanaged.is_empty() {
            unmanaged.push(feature("log group", format!("`{}`: {}", group.name, group.unmanaged.join(", "))));
        }
    }
    Ok(Observed { spec, outputs, unique_id: arn, unmanaged })
}

/// The failure of a function, which may still be as in the file.
/// Source: Developer Guide, "Lambda function states".
fn trouble(config: &FunctionConfiguration) -> Option<String> {
    let because = |reason: Option<&str>| reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    match (config.state(), config.last_update_status()) {
        (Some(State::Failed), _) => {
            Some(format!("it has failed, and can't be invoked{}", because(config.state_reason())))
        }
        (_, Some(LastUpdateStatus::Failed)) => {
            let reason = because(config.last_update_status_reason());
            Some(format!("its last update has failed, and it runs as it did before{reason}"))
        }
        _ => None,
    }
}

/// The environment, sealed. An environment that could not be decrypted is an error, not an empty one.
fn variables(config: &FunctionConfiguration, aws: &Aws) -> Result<BTreeMap<String, String>, CallError> {
    let Some(environment) = config.environment() else { return Ok(BTreeMap::new()) };
    if let Some(error) = environment.error() {
        let message = "the environment variables could not be decrypted";
        return Err(CallError::within("lambda", "GetFunction", error.error_code(), message));
    }
    let variables = environment.variables().into_iter().flatten();
    Ok(variables.map(|(key, value)| (key.clone(), aws.vault().seal(value))).collect())
}

fn feature(feature: &str, detail: impl Into<String>) -> UnmanagedFeature {
    UnmanagedFeature { feature: feature.to_owned(), detail: detail.into() }
}

/// The features that `stack.yaml` can't express.
fn unmanaged(name: &str, config: &FunctionConfiguration) -> Vec<UnmanagedFeature> {
    let mut found = Vec::new();
    if let Some(package) = config.package_type().filter(|package| **package != PackageType::Zip) {
        found.push(feature("package_type", package.as_str()));
    }
    if config.image_config_response().is_some_and(|answer| answer.image_config().is_some()) {
        found.push(feature("image_config", "an image's entry point, command or working directory"));
    }
    for system in config.file_system_configs() {
        found.push(feature("file_systems", format!("{} at {}", system.arn(), system.local_mount_path())));
    }
    let snap_start = config.snap_start().and_then(|snap_start| snap_start.apply_on());
    if let Some(apply_on) = snap_start.filter(|apply_on| **apply_on != SnapStartApplyOn::None) {
        found.push(feature("snap_start", apply_on.as_str()));
    }
    if let Some(job) = config.signing_job_arn().or(config.signing_profile_version_arn()) {
        found.push(feature("code_signing", job));
    }
    found.extend(logging(name, config));
    if config.vpc_config().and_then(aws_sdk_lambda::types::VpcConfigResponse::ipv6_allowed_for_dual_stack) == Some(true)
    {
        found.push(feature("vpc.ipv6_allowed_for_dual_stack", "true"));
    }
    if let Some(master) = config.master_arn() {
        found.push(feature("lambda_at_edge", master));
    }
    if config.capacity_provider_config().is_some() {
        found.push(feature("capacity_provider", "runs on managed instances"));
    }
    if config.durable_config().is_some() {
        found.push(feature("durable_config", "a durable function"));
    }
    if config.tenancy_config().is_some() {
        found.push(feature("tenancy", "isolated by tenant"));
    }
    for architecture in config.architectures() {
        if !matches!(architecture, LiveArchitecture::Arm64 | LiveArchitecture::X8664) {
            found.push(feature("architecture", architecture.as_str()));
        }
    }
    if let Some(mode) = config.tracing_config().and_then(|tracing| tracing.mode())
        && !matches!(mode, TracingMode::Active | TracingMode::PassThrough)
    {
        found.push(feature("tracing", mode.as_str()));
    }
    found
}

/// The logging settings, if they are not the defaults: text, to `/aws/lambda/NAME`, without levels.
fn logging(name: &str, config: &FunctionConfiguration) -> Option<UnmanagedFeature> {
    let logging = config.logging_config()?;
    let mut parts = Vec::new();
    if let Some(format) = logging.log_format().filter(|format| **format != LogFormat::Text) {
        parts.push(format!("format {}", format.as_str()));
    }
    if let Some(level) = logging.application_log_level() {
        parts.push(format!("application level {}", level.as_str()));
    }
    if let Some(level) = logging.system_log_level() {
        parts.push(format!("system level {}", level.as_str()));
    }
    if let Some(group) = logging.log_group().filter(|group| *group != log_group_name(name)) {
        parts.push(format!("log group {group}"));
    }
    (!parts.is_empty()).then(|| feature("logging_config", parts.join(", ")))
}

fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    ids
}
