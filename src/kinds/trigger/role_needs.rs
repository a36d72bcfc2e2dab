//! What a trigger needs of its function's role.

use serde_json::Value;

use super::source::{pending_table, service};
use super::spec::TriggerSpec;
use crate::base::{Address, Reference, pending};
use crate::kind::{RoleNeed, allow};

/// The reads of the source, and the write to where failed records go.
///
/// Sources: Developer Guide, "Process DynamoDB records with Lambda", "Process Kinesis Data Streams records", "Using Lambda
/// with Amazon SQS", each with its "execution role permissions", and "Retain discarded records".
pub(super) fn role_needs(spec: &TriggerSpec) -> Vec<RoleNeed> {
    let mut statements: Vec<Value> = Vec::new();
    if let Some(stream) = &spec.stream {
        let everywhere = ["*".to_owned()];
        let kinesis = service(stream) == Some("kinesis");
        if kinesis {
            let reads = [
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:DescribeStreamConsumer",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:ListShards",
                "kinesis:SubscribeToShard",
            ];
            // A consumer's ARN begins with its stream's.
            let whole = stream.split("/consumer/").next().unwrap_or(stream).to_owned();
            statements.push(allow("Stream", &reads, &[whole.clone(), format!("{whole}/consumer/*")]));
            statements.push(allow("Streams", &["kinesis:ListStreams"], &everywhere));
        } else {
            let reads = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
            statements.push(allow("Stream", &reads, &[streams_of(stream)]));
            statements.push(allow("Streams", &["dynamodb:ListStreams"], &everywhere));
        }
    }
    if let Some(queue) = &spec.queue {
        let reads =
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"];
        statements.push(allow("Queue", &reads, std::slice::from_ref(queue)));
    }
    if let Some(target) = &spec.on_failure {
        match service(target) {
            Some("sqs") => statements.push(allow("Failures", &["sqs:SendMessage"], std::slice::from_ref(target))),
            Some("sns") => statements.push(allow("Failures", &["sns:Publish"], std::slice::from_ref(target))),
            Some("s3") => {
                let (bucket, objects) = (target.clone(), format!("{target}/*"));
                statements.push(allow("Failures", &["s3:PutObject", "s3:ListBucket"], &[bucket, objects]));
            }
            _ => {}
        }
    }
    vec![RoleNeed::OfFunction { function: spec.function.clone(), statements }]
}

/// All streams that a table has in its life: the label of its stream changes each time that it is turned on.
fn streams_of(stream: &str) -> String {
    if let Some(table) = pending_table(stream) {
        let table = Reference { address: Address::new("tables", table), attribute: "arn".to_owned() };
        return format!("{}/stream/*", pending::text(&table));
    }
    match stream.split_once("/stream/") {
        Some((table, _)) => format!("{table}/stream/*"),
        None => stream.to_owned(),
    }
}
