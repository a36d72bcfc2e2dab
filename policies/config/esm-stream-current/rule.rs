//! A stream that is switched off and on again is another stream, with another ARN. A trigger that reads the old one gets
//! nothing, and stays enabled.

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/configuration/EventSourceArn";

/// Compares the trigger's stream with that of the table.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let Some(stream) = subject.text(AT)? else { return Ok(Verdict::NotApplicable) };
    let Some((arn, _)) = stream.split_once("/stream/").filter(|_| stream.split(':').nth(2) == Some("dynamodb")) else {
        return Ok(Verdict::NotApplicable);
    };
    let fault = |message: &str, current: Option<&str>| {
        let fault = Fault::new(AT, message).actual(stream);
        let fault = if let Some(current) = current { fault.expected(current) } else { fault };
        Ok(Verdict::Fail(vec![fault]))
    };
    let Some(table) = world.by_arn(arn)? else {
        // All tables of this account and region are known, or it is not known which there are.
        world.of("AWS::DynamoDB::Table").map(|_| ())?;
        let mut parts = arn.split(':').skip(3);
        if (parts.next(), parts.next()) == (Some(subject.region()), Some(subject.account())) {
            return fault("the table of the stream is not there any more", None);
        }
        return Err(Unknown(format!("the table `{arn}` is not among those that were read")));
    };
    if !table.is("/configuration/streamSpecification/streamEnabled")? {
        return fault("the stream of the table is switched off", None);
    }
    match table.text("/configuration/latestStreamArn")? {
        Some(current) if current == stream => Ok(Verdict::Pass),
        current => fault("the table has another stream by now", current),
    }
}
