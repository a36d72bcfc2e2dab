//! Event source mappings: all of a region in one list.

use serde_json::{Map, Value, json};

use super::document::Place;
use super::tags::{self, Tags};
use super::types::MAPPING;
use super::{Collector, Document, Reader, Unread, Wanted};
use crate::audit::Live;
use crate::base::Outputs;

/// Reads all mappings of the reader's region.
pub(super) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    const OPERATION: &str = "lambda:ListEventSourceMappings";
    if !wanted.has(MAPPING) {
        return;
    }
    let mappings = match reader.all(OPERATION, json!({})).await {
        Ok(mappings) => mappings,
        Err(unread) => return into.list_unread(&[MAPPING], reader, &unread),
    };
    into.expect(mappings.len());
    for mapping in mappings.into_iter().filter(|mapping| mapping["State"] != "Deleting") {
        let id = mapping["UUID"].as_str().unwrap_or_default().to_owned();
        let arn = reader.env().arn("lambda", &format!("event-source-mapping:{id}"));
        let directly = || async {
            let answer = reader.ask("lambda:ListTags", json!({"Resource": arn})).await?;
            Ok(tags::of_map(&answer["Tags"]))
        };
        let tags = tags::of(reader, &arn, directly).await;
        into.push(document(reader, mapping, &id, &arn, &tags));
    }
}

fn document(reader: &Reader, mapping: Value, id: &str, arn: &str, tags: &Result<Tags, Unread>) -> Live {
    let words = spec(&mapping, tags.as_ref().unwrap_or(&Tags::new()));
    let place = Place { type_name: MAPPING, id, name: id, arn, region: &reader.env().region };
    let operation = "lambda:ListEventSourceMappings";
    let mut document = Document::of_kind("triggers", reader, &place, &words, &Outputs::new(), operation);
    document.configuration(mapping);
    document.tags(tags.as_ref());
    document.seen(reader.evidence(operation));
    document.finish()
}

/// The words of `stack.yaml` for a mapping. Of other sources than streams and queues, only what all have in common.
fn spec(mapping: &Value, tags: &Tags) -> Value {
    let text = |pointer: &str| mapping.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let source = text("/EventSourceArn");
    let queue = source.is_some_and(|arn| arn.split(':').nth(2) == Some("sqs"));
    let function = text("/FunctionArn").map(|arn| arn.split_once(":function:").map_or(arn, |(_, name)| name));
    let reports = mapping["FunctionResponseTypes"]
        .as_array()
        .is_some_and(|all| all.iter().any(|response| response == "ReportBatchItemFailures"));
    let mut spec = json!({
        "function": function.unwrap_or_default(),
        "enabled": !["Disabled", "Disabling"].iter().any(|state| mapping["State"] == *state),
        "maximum_batching_window": mapping["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or_default(),
        "filters": filters(mapping),
        "report_batch_item_failures": reports,
        "tags": tags,
    });
    let mut put = |word: &str, value: Option<Value>| {
        if let (Some(value), Value::Object(words)) = (value, &mut spec) {
            words.insert(word.to_owned(), value);
        }
    };
    let given = |pointer: &str| mapping.pointer(pointer).filter(|value| !value.is_null()).cloned();
    put(if queue { "queue" } else { "stream" }, source.map(Value::from));
    put("batch_size", Some(given("/BatchSize").unwrap_or_else(|| json!(if queue { 10 } else { 100 }))));
    put("on_failure", text("/DestinationConfig/OnFailure/Destination").map(Value::from));
    put("maximum_concurrency", given("/ScalingConfig/MaximumConcurrency"));
    if !queue {
        put("starting_position", position(mapping));
        // AWS's defaults, as the kind fills them in.
        for (word, member, usual) in [
            ("bisect_on_error", "/BisectBatchOnFunctionError", json!(false)),
            ("maximum_retry_attempts", "/MaximumRetryAttempts", json!(-1)),
            ("maximum_record_age", "/MaximumRecordAgeInSeconds", json!(-1)),
            ("parallelization_factor", "/ParallelizationFactor", json!(1)),
            ("tumbling_window", "/TumblingWindowInSeconds", json!(0)),
        ] {
            put(word, Some(given(member).unwrap_or(usual)));
        }
    }
    spec
}

fn position(mapping: &Value) -> Option<Value> {
    match mapping["StartingPosition"].as_str()? {
        "AT_TIMESTAMP" => {
            let seconds = mapping["StartingPositionTimestamp"].as_f64()?;
            let time = jiff::Timestamp::UNIX_EPOCH.checked_add(jiff::SignedDuration::try_from_secs_f64(seconds).ok()?);
            Some(json!({"at_timestamp": time.ok()?.to_string()}))
        }
        other => Some(json!(other.to_ascii_lowercase())),
    }
}

fn filters(mapping: &Value) -> Value {
    let filters = mapping.pointer("/FilterCriteria/Filters").and_then(Value::as_array).into_iter().flatten();
    let pattern = |filter: &Value| {
        let text = filter["Pattern"].as_str()?;
        let tree = serde_json::from_str::<Map<String, Value>>(text).map(Value::Object);
        Some(tree.unwrap_or_else(|_| json!(text)))
    };
    filters.filter_map(pattern).collect()
}
