//! A runtime that is not supported gets no security patches, and in time its functions can't be changed any more.
//!
//! Gives the verdict of Lambda.2 of Security Hub: by AWS's published days, or by the list of the parameter. A function that is
//! a container image has no runtime.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// The days, as this version of underpin knows them.
const RUNTIMES: &str = include_str!("../../../src/kinds/function/runtimes.csv");
const AT: &str = "/configuration/runtime";

/// Fails where the runtime's day of deprecation has come.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    if subject.text("/configuration/packageType")? == Some("Image") {
        return Ok(Verdict::NotApplicable);
    }
    let Some(runtime) = subject.text(AT)? else { return Ok(Verdict::NotApplicable) };
    let listed = world.parameter("runtime").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if !listed.is_empty() {
        let fault = || Fault::new(AT, "the runtime is not a supported one").actual(runtime);
        return Ok(if listed.iter().any(|one| one == runtime) { Verdict::Pass } else { Verdict::Fail(vec![fault()]) });
    }
    let line = RUNTIMES.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|fields| fields[0] == runtime);
    let Some([_, deprecated, create, update, instead]) = line.as_deref() else {
        return Err(Unknown(format!("the runtime `{runtime}` is newer than this version of underpin")));
    };
    // Days in ISO 8601 are in the order of their texts.
    let today = world.today().to_string();
    if deprecated.is_empty() || *deprecated > today.as_str() {
        return Ok(Verdict::Pass);
    }
    let blocked = match (*create, *update) {
        ("", _) | (_, "") => String::new(),
        (create, update) => format!(": no function with it can be created from {create}, or updated from {update}"),
    };
    let message = format!("AWS does not support the runtime {runtime} since {deprecated}{blocked}");
    Ok(Verdict::Fail(vec![Fault::new(AT, message).expected(*instead).actual(runtime)]))
}
