//! AWS's limits that the schema can't express.

use serde_json::Value;

use crate::base::{Address, Problem, Vault, pending};
use crate::kind::Context;
use crate::{path, policy};

use super::spec::FunctionSpec;
use super::{layers, permissions, runtime};

/// Names that Lambda sets itself.
/// Source: Developer Guide, "Using Lambda environment variables", defined runtime environment variables.
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// The largest environment. Source: Developer Guide, "Lambda quotas": 4 KB for all variables; the error message of
/// `UpdateFunctionConfiguration` quotes the measured text, which is their JSON.
pub(super) const LARGEST_ENVIRONMENT: usize = 4096;

/// The largest archive that a call can carry.
/// Source: Developer Guide, "Lambda quotas": 50 MB zipped for direct upload.
const LARGEST_ARCHIVE: u64 = 50 * 1024 * 1024;

/// All problems of a function.
pub(super) fn check(spec: &FunctionSpec, cx: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    name(cx.name, &mut problems);
    for key in spec.environment.keys() {
        variable(key, &mut problems);
    }
    let size = serde_json::to_string(&spec.environment).map_or(0, |text| text.len());
    if size > LARGEST_ENVIRONMENT && !spec.environment.values().any(|value| pending::is_pending(value)) {
        problems.push(
            Problem::new(path!["environment"], format!("the environment variables have {size} bytes as JSON"))
                .hint("Lambda takes 4 KB (4,096 bytes), names and quotes included: keep the rest in a parameter store"),
        );
    }
    if spec.code.size.is_some_and(|size| size > LARGEST_ARCHIVE) {
        problems.push(
            Problem::new(path!["code"], "the archive is larger than 50 MB, the most that Lambda takes with a call")
                .hint("move dependencies into layers"),
        );
    }
    problems.extend(
        runtime::refused(&spec.runtime).map(|(message, hint)| Problem::new(path!["runtime"], message).hint(hint)),
    );
    problems.extend(spec.dead_letter.as_deref().and_then(dead_letter));
    problems.extend(layers::problems(&spec.layers));
    problems.extend(permissions::problems(spec.permissions.as_ref()));
    for sid in spec.permissions.iter().flat_map(|permissions| permissions.keys()) {
        if !is_word(sid, 100) {
            problems.push(
                Problem::new(path!["permissions", sid], format!("`{sid}` can't be the id of a statement"))
                    .hint("1 to 100 letters, digits, `-` and `_`"),
            );
        }
    }
    if let Some(alias) = spec.role.strip_prefix('/').filter(|_| !pending::is_pending(&spec.role)) {
        problems.push(
            Problem::new(path!["role"], "the name of a role does not begin with `/`")
                .hint(format!("write `{alias}`, or the role's ARN")),
        );
    }
    problems
}

/// The service that runs functions.
const LAMBDA: &str = "lambda.amazonaws.com";

/// The problem that Lambda may not assume the function's role, if the role's trust policy clearly says so: AWS refuses
/// the function then, and its error looks like that of a role which is not visible everywhere yet.
/// Source: Developer Guide, "Defining Lambda function permissions with an execution role".
pub(super) fn trust(spec: &FunctionSpec, address: &Address, name: &str, desired: &Value) -> Option<Problem> {
    let is_its_role = address.section() == "roles" && spec.role.rsplit('/').next() == Some(name);
    let trust = desired.get("assume_role_policy").filter(|_| is_its_role)?;
    if Vault::holds_sealed(trust) || policy::trusts_service(trust, LAMBDA) != Some(false) {
        return None;
    }
    let message = format!("the trust policy of `{address}` does not let `{LAMBDA}` assume the role");
    Some(Problem::new(path!["role"], message).hint(format!("give the role `assumed_by: {LAMBDA}`, or choose another")))
}

/// Checks a dead-letter target. Source: Developer Guide, "Adding a dead-letter queue": standard queues and topics only.
fn dead_letter(arn: &str) -> Option<Problem> {
    (!pending::is_pending(arn) && arn.strip_suffix(".fifo").is_some()).then(|| {
        let noun = if arn.split(':').nth(2) == Some("sns") { "topic" } else { "queue" };
        let message = format!("a FIFO {noun} can't be the dead-letter target of a function");
        Problem::new(path!["dead_letter"], message).hint(format!("give a standard {noun}, whose name has no `.fifo`"))
    })
}

/// Checks a name. Source: API reference, `CreateFunction`: 64 characters for a name alone.
fn name(name: &str, problems: &mut Vec<Problem>) {
    if !pending::is_pending(name) && !is_word(name, 64) {
        problems.push(
            Problem::new(path!["name"], format!("`{name}` can't be the name of a function"))
                .hint("1 to 64 letters, digits, `-` and `_`"),
        );
    }
}

/// Checks a variable's name. Source: API reference, `Environment`: `[a-zA-Z]([a-zA-Z0-9_])+`.
fn variable(key: &str, problems: &mut Vec<Problem>) {
    let at = path!["environment", key];
    let mut chars = key.chars();
    let well_formed = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && key.len() >= 2
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if RESERVED.contains(&key) {
        problems
            .push(Problem::new(at, format!("`{key}` is set by Lambda itself")).hint("choose another name").of_key());
    } else if !well_formed {
        problems.push(
            Problem::new(at, format!("`{key}` can't be the name of an environment variable of a function"))
                .hint("a letter, then at least one letter, digit or `_`")
                .of_key(),
        );
    }
}

fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}
