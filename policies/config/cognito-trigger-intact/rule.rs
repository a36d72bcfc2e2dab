//! A pool that calls a function which is gone, or refuses it, fails at each sign-in. Calls that set a pool's triggers
//! replace all its settings, so that triggers get lost unnoticed. Source: Cognito developer guide, "Customizing user
//! pool workflows with Lambda triggers".

use crate::policy::{Decision, Document, Policy, Request, evaluate};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const CONFIG: &str = "/configuration/LambdaConfig";
const FUNCTION: &str = "AWS::Lambda::Function";

/// Fails for pools with a function that does not exist, or does not let the pool call it.
pub(crate) fn judge(pool: &Subject<'_>, world: &World<'_>) -> Answer {
    let called = functions(pool.get(CONFIG)?);
    if called.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let (mut faults, mut unknown) = (Vec::new(), None);
    for (trigger, arn) in called {
        let pointer = format!("{CONFIG}/{trigger}");
        match intact(pool, world, arn) {
            Ok(None) => {}
            Ok(Some(message)) => faults.push(Fault::new(pointer, message).actual(arn)),
            Err(why) => unknown = Some(why),
        }
    }
    match (faults.is_empty(), unknown) {
        (false, _) => Ok(Verdict::Fail(faults)),
        (true, Some(why)) => Err(why),
        (true, None) => Ok(Verdict::Pass),
    }
}

/// The triggers with the ARNs of their functions; some have the ARN within an object.
fn functions(config: Option<&Value>) -> Vec<(&String, &str)> {
    let config = config.and_then(Value::as_object).into_iter().flatten();
    let arn = |value: &'_ Value| -> Option<String> {
        let text = value.as_str().or_else(|| value.get("LambdaArn")?.as_str())?;
        text.contains(":lambda:").then(|| text.to_owned())
    };
    config
        .filter(|(_, value)| arn(value).is_some())
        .filter_map(|(key, value)| Some((key, value.as_str().or_else(|| value.get("LambdaArn")?.as_str())?)))
        .collect()
}

/// What is wrong with one function.
fn intact(pool: &Subject<'_>, world: &World<'_>, arn: &str) -> Result<Option<String>, Unknown> {
    // Behind the name there may be an alias or a version.
    let plain = arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
    let owner = arn.split(':').nth(4).unwrap_or_default();
    let Some(function) = world.by_arn(&plain)? else {
        // An error if not all functions could be read.
        let _ = world.of(FUNCTION)?;
        if owner != pool.account() {
            return Err(Unknown(format!("the function {plain} of account {owner} was not looked at")));
        }
        return Ok(Some("the pool calls a function that does not exist".to_owned()));
    };
    let policy = "/supplementaryConfiguration/GetPolicy";
    let answer = function.get(policy)?;
    let document = answer.map(|answer| answer.get("Policy").unwrap_or(answer));
    let refused = || Some("the function does not let the pool call it".to_owned());
    let Some(document) = document else { return Ok(refused()) };
    let parsed = match document {
        Value::String(text) => serde_json::from_str(text).ok().and_then(|value| Document::from_aws(&value)),
        value => Document::from_aws(value),
    };
    let parsed = parsed.ok_or_else(|| Unknown("the function's policy holds what is not understood here".to_owned()))?;
    let request = Request::new("lambda:InvokeFunction", arn)
        .by("cognito-idp.amazonaws.com")
        .with_value("aws:SourceArn", pool.arn())
        .with_value("aws:SourceAccount", pool.account());
    match evaluate([&Policy::new("the function's policy", &parsed)], &request).decision {
        Decision::Allowed => Ok(None),
        Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => Ok(refused()),
        Decision::Unknown => Err(Unknown("conditions of the function's policy decide".to_owned())),
    }
}
