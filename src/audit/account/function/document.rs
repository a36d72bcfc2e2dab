//! The document of a function.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answers::FunctionAnswers;
use super::permissions::permissions;
use super::shared::Shared;
use super::spec::{ids, spec};
use crate::audit::Live;
use crate::audit::account::document::Place;
use crate::audit::account::spelling::lower_camel;
use crate::audit::account::tags::Tags;
use crate::audit::account::types::FUNCTION;
use crate::audit::account::{Document, Reader, Unread};
use crate::aws::CallError;
use crate::base::Outputs;

/// Writes a function as its kind does, and what only the account shows beside it.
pub(super) fn document(
    reader: &Reader,
    answers: FunctionAnswers,
    shared: &Shared,
    group: Result<Option<Value>, Unread>,
    tags: &Result<Tags, Unread>,
) -> Live {
    let name = answers.function["FunctionName"].as_str().unwrap_or_default().to_owned();
    let arn = answers.function["FunctionArn"].as_str().map(str::to_owned);
    let arn = arn.unwrap_or_else(|| reader.env().arn("lambda", &format!("function:{name}")));
    let retention = group.as_ref().ok().and_then(Option::as_ref).and_then(|group| group["retentionInDays"].as_u64());
    let words = spec(&answers, retention, tags.as_ref().unwrap_or(&Tags::new()), reader.aws().vault());
    let place = Place { type_name: FUNCTION, id: &name, name: &name, arn: &arn, region: &reader.env().region };
    let mut document = Document::of_kind("functions", reader, &place, &words, &Outputs::new(), "lambda:ListFunctions");
    let FunctionAnswers { function, policy, concurrency, urls, code_signing, event_invoke } = answers;
    write_zones(&mut document, &function, shared);
    write_configuration(&mut document, reader, function);
    write_policy(&mut document, policy, &name);
    if let Err(unread) = &concurrency {
        document.unknown_in_both("/supplementaryConfiguration/Concurrency", "/ReservedConcurrentExecutions", unread);
    }
    document.supplement("GetFunctionConcurrency", concurrency);
    document.supplement("ListFunctionUrlConfigs", urls);
    document.supplement("GetFunctionCodeSigningConfig", code_signing);
    document.supplement("ListFunctionEventInvokeConfigs", event_invoke);
    if let Err(unread) = &group {
        document.unknown_part("AWS::Logs::LogGroup", &["LogGroupName", "RetentionInDays", "KmsKeyId"], unread);
    }
    document.supplement("LogGroup", group);
    document.tags(tags.as_ref());
    document.seen(reader.evidence("lambda:ListFunctions"));
    document.finish()
}

/// Adds the answer of the list. It does not say whether the function can run: the kind takes that it can, and here
/// nothing is taken for granted.
fn write_configuration(document: &mut Document, reader: &Reader, function: Value) {
    for (member, key) in [("State", "state"), ("LastUpdateStatus", "lastUpdateStatus")] {
        match function.get(member) {
            Some(value) if member == "State" => document.put("/configuration/state", json!({"value": value})),
            Some(value) => document.put("/configuration/lastUpdateStatus", value.clone()),
            None => {
                document
                    .unknown(&format!("/configuration/{key}"), &Unread::not_asked("lambda:GetFunctionConfiguration"));
            }
        }
    }
    let undecrypted = function.pointer("/Environment/Error").cloned();
    document.merge_configuration(lower_camel(function));
    if let Some(error) = undecrypted {
        let code = error["ErrorCode"].as_str();
        let message = "the environment variables could not be decrypted";
        let unread = Unread::of("kms:Decrypt", CallError::within("kms", "Decrypt", code, message));
        reader.note(&unread);
        document.unknown_in_both("/configuration/environment/variables", "/Environment/Variables", &unread);
    }
}

/// The zones of the subnets, each once.
fn write_zones(document: &mut Document, function: &Value, shared: &Shared) {
    const AT: &str = "/supplementaryConfiguration/AvailabilityZones";
    let subnets = ids(function, "/VpcConfig/SubnetIds");
    if subnets.is_empty() {
        return;
    }
    match &shared.zones {
        Ok(zones) if subnets.iter().all(|subnet| zones.contains_key(subnet)) => {
            let zones: BTreeSet<&String> = subnets.iter().filter_map(|subnet| zones.get(subnet)).collect();
            document.put(AT, json!(zones));
        }
        Ok(_) => {
            let error = CallError::unexpected("DescribeSubnets", "a subnet of the function was not found");
            document.unknown(AT, &Unread::of("ec2:DescribeSubnets", error));
        }
        Err(unread) => document.unknown(AT, unread),
    }
}

fn write_policy(document: &mut Document, policy: Result<Option<(String, Value)>, Unread>, name: &str) {
    match policy {
        Ok(None) => {}
        Ok(Some((text, parsed))) => {
            document.template_mut().extend(permissions(&parsed, name));
            document.put("/supplementaryConfiguration/Policy", text);
            document.put("/supplementaryConfiguration/GetPolicy", parsed);
        }
        Err(unread) => {
            document.unknown("/supplementaryConfiguration/Policy", &unread);
            document.unknown("/supplementaryConfiguration/GetPolicy", &unread);
            document.unknown_part(
                "AWS::Lambda::Permission",
                &["FunctionName", "Principal", "Action", "SourceArn", "SourceAccount"],
                &unread,
            );
        }
    }
}
