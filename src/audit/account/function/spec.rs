//! A function's answers in the words of `stack.yaml`, as its kind reads them.

use serde_json::{Map, Value, json};

use super::answers::FunctionAnswers;
use crate::audit::account::tags::Tags;
use crate::base::Vault;

/// The words for a function. Its permissions are not among them: every statement of its policy is written beside them.
pub(super) fn spec(answers: &FunctionAnswers, retention: Option<u64>, tags: &Tags, vault: &Vault) -> Value {
    let function = &answers.function;
    let text = |pointer: &str| {
        function.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let number = |pointer: &str, usual: u64| function.pointer(pointer).and_then(Value::as_u64).unwrap_or(usual);
    let mut spec = json!({
        "runtime": text("/Runtime").unwrap_or_default(),
        "handler": text("/Handler").unwrap_or_default(),
        "code": {"sha256": text("/CodeSha256").unwrap_or_default()},
        "role": text("/Role").unwrap_or_default(),
        "architecture": function.pointer("/Architectures/0").and_then(Value::as_str).unwrap_or("x86_64"),
        "memory": number("/MemorySize", 128),
        "timeout": number("/Timeout", 3),
        "ephemeral_storage": number("/EphemeralStorage/Size", 512),
        "environment": environment(function, vault),
        "tracing": if text("/TracingConfig/Mode").as_deref() == Some("Active") { "active" } else { "pass_through" },
        "layers": layers(function),
        "tags": tags,
    });
    if let Some(size) = function["CodeSize"].as_u64() {
        spec["code"]["size"] = json!(size);
    }
    let subnets = ids(function, "/VpcConfig/SubnetIds");
    if !subnets.is_empty() {
        spec["vpc"] = json!({"subnets": subnets, "security_groups": ids(function, "/VpcConfig/SecurityGroupIds")});
    }
    let concurrency = answers.concurrency.as_ref().ok().and_then(Option::as_ref);
    let reserved = concurrency.and_then(|answer| answer["ReservedConcurrentExecutions"].as_u64());
    for (word, value) in [
        ("dead_letter", text("/DeadLetterConfig/TargetArn").map(Value::from)),
        ("kms_key", text("/KMSKeyArn").map(Value::from)),
        ("description", text("/Description").map(Value::from)),
        ("reserved_concurrency", reserved.map(Value::from)),
        ("log_retention", retention.map(Value::from)),
    ] {
        if let Some(value) = value {
            spec[word] = value;
        }
    }
    spec
}

/// The variables: their values are sealed, as for the kind.
fn environment(function: &Value, vault: &Vault) -> Value {
    let variables = function.pointer("/Environment/Variables").and_then(Value::as_object).into_iter().flatten();
    let sealed = |(key, value): (&String, &Value)| (key.clone(), json!(vault.seal(value.as_str().unwrap_or_default())));
    Value::Object(variables.map(sealed).collect::<Map<_, _>>())
}

fn layers(function: &Value) -> Value {
    function["Layers"].as_array().into_iter().flatten().filter_map(|layer| layer.get("Arn")).cloned().collect()
}

/// Ids, sorted and each once.
pub(super) fn ids(function: &Value, pointer: &str) -> Vec<String> {
    let list = function.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<String> = list.filter_map(Value::as_str).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    ids
}
