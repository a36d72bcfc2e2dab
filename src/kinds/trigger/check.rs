//! AWS's limits that the schema can't express.

use crate::base::{Problem, pending};
use crate::kind::UniqueKey;
use crate::path;

use super::filter;
use super::source::{pending_table, service};
use super::spec::TriggerSpec;

/// All problems of a trigger.
pub(super) fn check(spec: &TriggerSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    match (&spec.stream, &spec.queue) {
        (Some(stream), None) => of_stream(spec, stream, &mut problems),
        (None, Some(queue)) => of_queue(spec, queue, &mut problems),
        (Some(_), Some(_)) => problems.push(
            Problem::new(path!["queue"], "a trigger reads a stream or a queue, not both")
                .hint("make it two triggers")
                .given(path!["stream"]),
        ),
        (None, None) => problems.push(
            Problem::new(path!["stream"], "a trigger needs the `stream` or the `queue` that it reads")
                .hint("for instance `stream: ${tables.NAME.stream_arn}`")
                .given(path!["queue"]),
        ),
    }
    problems.extend(filter::problems(spec));
    problems
}

/// Checks a stream. Source: API reference, `CreateEventSourceMapping`; Developer Guide, "Using Lambda with Kinesis"
/// and "Using AWS Lambda with Amazon `DynamoDB`".
fn of_stream(spec: &TriggerSpec, stream: &str, problems: &mut Vec<Problem>) {
    if spec.maximum_concurrency.is_some() {
        problems.push(
            Problem::new(path!["maximum_concurrency"], "a maximum concurrency is for queues")
                .hint("for a stream there is `parallelization_factor`")
                .given(path!["stream"]),
        );
    }
    problems.extend(spec.on_failure.as_deref().and_then(destination));
    // Source: CloudFormation reference, `AWS::Lambda::EventSourceMapping`: no values between -1 and 60.
    if spec.maximum_record_age.is_some_and(|age| (0..60).contains(&age)) {
        problems.push(
            Problem::new(path!["maximum_record_age"], "a maximum record age is at least 60 seconds")
                .hint("-1 keeps records as long as the stream does"),
        );
    }
    if let Some(time) = spec.starting_position.as_ref().and_then(|position| position.timestamp()) {
        let at = path!["starting_position", "at_timestamp"];
        if !pending::is_pending(time) && time.parse::<jiff::Timestamp>().is_err() {
            let message = format!("`{time}` is not a time");
            problems.push(Problem::new(at.clone(), message).hint("write it as 2026-01-01T00:00:00Z"));
        }
        if service(stream) == Some("dynamodb") || pending_table(stream).is_some() {
            problems.push(
                Problem::new(at, "only Kinesis streams can be read from a timestamp")
                    .hint("a table's stream is read from `latest` or `trim_horizon`")
                    .given(path!["stream"]),
            );
        }
    }
}

/// Checks a queue. Source: API reference, `CreateEventSourceMapping`; Developer Guide, "Using Lambda with Amazon SQS".
fn of_queue(spec: &TriggerSpec, queue: &str, problems: &mut Vec<Problem>) {
    let order = "leave it out: a queue has no positions, and no order to keep";
    let failed = "leave it out: the queue's own redrive policy and dead-letter queue handle failures";
    let streams_only = [
        ("starting_position", spec.starting_position.is_some(), order),
        ("bisect_on_error", spec.bisect_on_error.is_some(), failed),
        ("maximum_retry_attempts", spec.maximum_retry_attempts.is_some(), failed),
        ("maximum_record_age", spec.maximum_record_age.is_some(), failed),
        ("parallelization_factor", spec.parallelization_factor.is_some(), "for a queue there is `maximum_concurrency`"),
        ("tumbling_window", spec.tumbling_window.is_some(), order),
        ("on_failure", spec.on_failure.is_some(), failed),
    ];
    for (key, given, hint) in streams_only {
        if given {
            problems.push(Problem::new(path![key], format!("`{key}` is for streams")).hint(hint).given(path!["queue"]));
        }
    }
    let size = spec.batch_size.unwrap_or(10);
    let is_fifo = queue.strip_suffix(".fifo").is_some();
    if size > 10 && is_fifo {
        let problem = Problem::new(path!["batch_size"], "a batch of a FIFO queue has at most 10 messages");
        problems.push(problem.hint("write 10 or less").given(path!["queue"]));
    } else if size > 10 && spec.maximum_batching_window == 0 {
        problems.push(
            Problem::new(path!["batch_size"], "a batch size of more than 10 needs a batching window")
                .hint("set `maximum_batching_window` to at least 1 second")
                .given(path!["maximum_batching_window"]),
        );
    }
    if is_fifo && spec.maximum_batching_window > 0 {
        let message = "a FIFO queue has no batching window";
        let problem = Problem::new(path!["maximum_batching_window"], message).hint("leave it out");
        problems.push(problem.given(path!["queue"]));
    }
}

/// The problem of a destination for the discarded records of a stream's trigger, if Lambda does not accept it.
/// Source: API reference, `OnFailure`: a standard queue, a standard topic, a bucket or a Kafka topic. Functions and
/// event buses are for asynchronous invocations.
fn destination(arn: &str) -> Option<Problem> {
    if pending::is_pending(arn) || arn.is_empty() {
        return None;
    }
    let at = path!["on_failure"];
    let hint = "give the ARN of a standard SQS queue, a standard SNS topic or an S3 bucket, or `kafka://TOPIC`";
    let service = if arn.starts_with("kafka://") { "kafka" } else { service(arn).unwrap_or_default() };
    let noun = match service {
        "sqs" | "sns" if arn.strip_suffix(".fifo").is_some() => {
            let noun = if service == "sqs" { "queue" } else { "topic" };
            let message = format!("a FIFO {noun} can't be an on-failure destination: Lambda keeps no order there");
            return Some(Problem::new(at, message).hint(hint));
        }
        "sqs" | "sns" | "s3" | "kafka" => return None,
        "lambda" => "a function can't".to_owned(),
        "events" => "an event bus can't".to_owned(),
        other => format!("the service `{other}` can't"),
    };
    Some(Problem::new(at, format!("{noun} be the on-failure destination of a stream's trigger")).hint(hint))
}

/// The keys by which Lambda tells mappings apart: function and source.
/// Source: API reference, `CreateEventSourceMapping`, `ResourceConflictException`.
pub(super) fn unique_keys(spec: &TriggerSpec) -> Vec<UniqueKey> {
    let source = spec.stream.as_ref().map(|text| ("stream", text));
    let source = source.or(spec.queue.as_ref().map(|text| ("queue", text)));
    let claim = |(property, source): (&str, &String)| UniqueKey {
        path: path![property],
        key: vec![spec.function.clone(), source.clone()],
        why: "Lambda takes one trigger for a function and a source",
        hint: "make them one trigger, whose `filters` are alternatives, or give one a function of its own",
    };
    source.map(claim).into_iter().collect()
}
