//! CORS says from which web sites a browser may call: `*`, also within a scheme (`https://*`), is every one.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/ListFunctionUrlConfigs";

/// Fails for each URL that every web site may call.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let (at, urls) = urls(subject)?;
    if urls.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let mut faults = Vec::new();
    for (n, url) in urls.iter().enumerate() {
        let origins = url.pointer("/Cors/AllowOrigins").and_then(Value::as_array).into_iter().flatten();
        if let Some(all) = origins.filter_map(Value::as_str).find(|one| ["*", "http://*", "https://*"].contains(one)) {
            let fault =
                Fault::new(format!("{at}/{n}/Cors/AllowOrigins"), "every web site may call the function by its URL");
            faults.push(fault.expected("the origins of your web sites").actual(all));
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
