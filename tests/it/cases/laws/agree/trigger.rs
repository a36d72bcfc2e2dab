//! Triggers. A function of the laws has one, so that it is found without its tags.

use serde_json::{Value, json};
use underpin::base::Address;

use crate::cases::laws::compare::{Body, Differences, set};
use crate::support::Observer;

/// The mapping of the trigger's function; null if there is none.
pub(super) fn of(observer: &Observer, address: &Address) -> Value {
    let function = address.name().split('/').next().expect("a trigger is named after its function");
    let mappings = observer.mappings(function);
    match mappings.as_array().expect("a list").as_slice() {
        [] => Value::Null,
        [one] => one.clone(),
        several => panic!("{function} has {} mappings", several.len()),
    }
}

pub(super) fn compare(seen: &Value, body: &Value, address: &Address, found: &mut Differences) {
    let body = Body(body);
    let stream = body.get("queue").is_null();
    let source = if stream { body.get("stream") } else { body.get("queue") };
    found.same("source", &seen["EventSourceArn"], source);
    let state = if body.get("enabled") == false { "Disabled" } else { "Enabled" };
    found.same("state", &seen["State"], &json!(state));
    found.same("batch size", &seen["BatchSize"], &body.or("batch_size", json!(if stream { 100 } else { 10 })));
    let window = &Body(seen).or("MaximumBatchingWindowInSeconds", json!(0));
    found.same("window", window, &body.or("maximum_batching_window", json!(0)));
    let patterns: Vec<Value> = seen["FilterCriteria"]["Filters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|filter| serde_json::from_str(filter["Pattern"].as_str().expect("a pattern")).expect("it is JSON"))
        .collect();
    found.same("filters", &set(&json!(patterns)), &set(&body.or("filters", json!([]))));
    let reports =
        if body.get("report_batch_item_failures") == true { json!(["ReportBatchItemFailures"]) } else { json!([]) };
    found.same("reports", &Body(seen).or("FunctionResponseTypes", json!([])), &reports);
    found.same("tags", &seen["Tags"], &body.tags(address));
    if stream {
        of_stream(seen, body, found);
    } else {
        found.same("concurrency", &seen["ScalingConfig"]["MaximumConcurrency"], body.get("maximum_concurrency"));
    }
}

/// A point in time, whatever its time zone.
fn moment(text: &Value) -> Option<jiff::Timestamp> {
    text.as_str().map(|text| text.parse().unwrap_or_else(|error| panic!("`{text}` is no time: {error}")))
}

fn of_stream(seen: &Value, body: Body<'_>, found: &mut Differences) {
    let (position, time) = match body.or("starting_position", json!("latest")) {
        Value::String(word) => (word.to_uppercase(), Value::Null),
        long => ("AT_TIMESTAMP".to_owned(), long["at_timestamp"].clone()),
    };
    found.same("position", &seen["StartingPosition"], &json!(position));
    found.same("time", &moment(&seen["StartingPositionTimestamp"]), &moment(&time));
    let rows = [
        ("bisect_on_error", "BisectBatchOnFunctionError", json!(false)),
        ("maximum_retry_attempts", "MaximumRetryAttempts", json!(-1)),
        ("maximum_record_age", "MaximumRecordAgeInSeconds", json!(-1)),
        ("parallelization_factor", "ParallelizationFactor", json!(1)),
        ("tumbling_window", "TumblingWindowInSeconds", json!(0)),
    ];
    for (key, live, default) in rows {
        found.same(key, &Body(seen).or(live, default.clone()), &body.or(key, default));
    }
    // An empty text removes a destination; the emulator keeps it as it came.
    let destination = Body(&seen["DestinationConfig"]["OnFailure"]).or("Destination", json!(""));
    found.same("on failure", &destination, &body.or("on_failure", json!("")));
}
