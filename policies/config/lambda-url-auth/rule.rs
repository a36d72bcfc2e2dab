//! A function URL without authorization is open to the Internet, whatever the function itself checks.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/ListFunctionUrlConfigs";

/// Fails for each URL whose authorization is not IAM's.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let (at, urls) = urls(subject)?;
    if urls.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let mut faults = Vec::new();
    for (n, url) in urls.iter().enumerate() {
        let auth = url["AuthType"].as_str().unwrap_or("NONE");
        if auth != "AWS_IAM" {
            let fault = Fault::new(
                format!("{at}/{n}/AuthType"),
                "everybody on the Internet may invoke the function by its URL",
            );
            faults.push(fault.expected("AWS_IAM").actual(auth));
        }
    }
    Ok(Verdict::of(faults))
}

/// The URLs of the function and its aliases, and their place.
fn urls<'a>(subject: &Subject<'a>) -> Result<(String, &'a [Value]), Unknown> {
    let inside = format!("{AT}/FunctionUrlConfigs");
    let listed = subject.list(&inside)?;
    if listed.is_empty() { Ok((AT.to_owned(), subject.list(AT)?)) } else { Ok((inside, listed)) }
}
