//! `AWS_ENDPOINT_URL` in a function's environment sends all of its calls to one address, for whatever service they are: it is
//! what is left of a try with an emulator. `AWS_ENDPOINT_URL_<SERVICE>` is right for an endpoint of AWS only, such as that of
//! a VPC endpoint.
//!
//! Source: AWS SDKs and Tools reference guide, "Service-specific endpoints".

use serde_json::Value;

use crate::base::pending;
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// The ends of the names of AWS's own hosts.
const OF_AWS: [&str; 5] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu", ".on.aws"];

/// Fails for each such variable.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let variables = variables(subject)?;
    let ignored = |(name, value): &(&str, &str)| {
        *name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" && value.eq_ignore_ascii_case("true")
    };
    if variables.iter().any(ignored) {
        return Ok(Verdict::Pass);
    }
    let (mut faults, mut hidden) = (Vec::new(), None);
    for (name, value) in variables {
        let Some(service) = name.strip_prefix("AWS_ENDPOINT_URL").filter(|_| !value.is_empty()) else { continue };
        let message = if service.is_empty() {
            format!("{name} is set: all calls of the function to AWS go to one address")
        } else if !service.starts_with('_') || of_aws(value) {
            continue;
        } else if value.chars().any(pending::is_reserved) {
            hidden = hidden.or(Some(name));
            continue;
        } else {
            format!("{name} leads to a host that is none of AWS's")
        };
        let fault = Fault::new(format!("/configuration/environment/variables/{name}"), message);
        faults.push(fault.expected("no such variable"));
    }
    match hidden {
        Some(name) if faults.is_empty() => Err(Unknown(format!("the value of the variable {name} is not known"))),
        _ => Ok(Verdict::of(faults)),
    }
}

/// Returns whether an address is one of AWS's.
fn of_aws(value: &str) -> bool {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    OF_AWS.iter().any(|end| host.ends_with(end)) && !host.chars().any(pending::is_reserved)
}

/// The environment variables: as they are live, else as the stack has them, where values are hidden.
fn variables<'a>(subject: &Subject<'a>) -> Result<Vec<(&'a str, &'a str)>, Unknown> {
    let mut variables = subject.get("/configuration/environment/variables")?;
    if variables.is_none() {
        let mut function = subject.template()?.filter(|(name, _)| *name == "AWS::Lambda::Function");
        variables = function.find_map(|(_, properties)| properties.pointer("/Environment/Variables"));
    }
    let pairs = variables.and_then(Value::as_object).into_iter().flatten();
    Ok(pairs.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect())
}
