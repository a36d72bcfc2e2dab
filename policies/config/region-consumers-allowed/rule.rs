//! A table's changes leave it by its stream: to functions, to where their triggers put records that failed, and to Kinesis.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const KINESIS: &str = "/supplementaryConfiguration/KinesisDestinations";

/// Fails for each receiver in a region that is not allowed.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let given = world.parameter("regions").and_then(Value::as_array).into_iter().flatten();
    let allowed: Vec<&str> = given.filter_map(Value::as_str).collect();
    if allowed.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let mut receivers: Vec<(String, &str)> = Vec::new();
    for (n, destination) in subject.list(KINESIS)?.iter().enumerate() {
        // One that was taken away stays in the list, as DISABLED.
        if destination["DestinationStatus"] != "DISABLED" {
            receivers.extend(destination["StreamArn"].as_str().map(|arn| (format!("{KINESIS}/{n}"), arn)));
        }
    }
    let stream = subject.text("/configuration/latestStreamArn")?;
    for trigger in world.of("AWS::Lambda::EventSourceMapping")? {
        if stream.is_none() || trigger.text("/configuration/EventSourceArn")? != stream {
            continue;
        }
        for at in ["/configuration/FunctionArn", "/configuration/DestinationConfig/OnFailure/Destination"] {
            receivers.extend(trigger.text(at)?.map(|arn| ("/configuration/latestStreamArn".to_owned(), arn)));
        }
    }
    if receivers.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    // A bucket's ARN has no region.
    let region = |arn: &str| arn.split(':').nth(3).filter(|region| !region.is_empty()).map(str::to_owned);
    let outside = receivers.into_iter().filter_map(|(at, arn)| {
        let region = region(arn).filter(|region| !allowed.contains(&region.as_str()))?;
        let fault = Fault::new(at, format!("changes of the table go to {region}: {arn}"));
        Some(fault.expected(allowed.join(", ")).actual(region))
    });
    Ok(Verdict::of(outside.collect()))
}
