//! A stream that nothing reads is a step that somebody forgot. More than two readers of a shard at a time are throttled.
//! Counted are Lambda's triggers: pipes and applications that read streams are seen nowhere. A table with replicas needs its
//! stream for them.
//!
//! Source: DynamoDB developer guide, "Change data capture for DynamoDB Streams": no more than two processes should read from
//! the same shard at a time.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// The most readers of a stream.
const MOST: usize = 2;

/// Counts the triggers that read the table's stream.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    if !subject.is("/configuration/streamSpecification/streamEnabled")? {
        return Ok(Verdict::NotApplicable);
    }
    let at = "/configuration/latestStreamArn";
    let Some(stream) = subject.text(at)? else { return Ok(Verdict::NotApplicable) };
    let mut readers = 0;
    for trigger in world.of("AWS::Lambda::EventSourceMapping")? {
        if trigger.text("/configuration/EventSourceArn")? == Some(stream) {
            readers += 1;
        }
    }
    let fault = |message: &str| {
        let fault = Fault::new(at, message).expected(format!("1 to {MOST} triggers")).actual(format!("{readers}"));
        Ok(Verdict::Fail(vec![fault]))
    };
    if readers > MOST {
        return fault("more triggers read the stream than DynamoDB serves at a time");
    }
    if readers == 0 && subject.list("/configuration/replicas")?.is_empty() {
        return fault("no trigger reads the stream");
    }
    Ok(Verdict::Pass)
}
