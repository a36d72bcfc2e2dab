//! An address of `http://` in a function's environment is called without encryption. What is within the function's own
//! machine (`localhost`, extensions) or beside it (link-local) never leaves it, and is left out.
//!
//! Judged is what is live: in a plan the values of variables are hidden. The value itself is not shown: it may hold
//! credentials.

use std::net::IpAddr;

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const SCHEME: &str = "http://";

/// Fails for each variable with an address in plain text.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    let mut faults = Vec::new();
    for (name, value) in variables(subject)? {
        if let Some(host) = plain_host(value) {
            let message = format!("the environment variable {name} leads to {host} in plain text");
            let fault = Fault::new(format!("/configuration/environment/variables/{name}"), message);
            faults.push(fault.expected("https://").actual(SCHEME));
        }
    }
    Ok(Verdict::of(faults))
}

/// The host of the first address in plain text that leaves the machine.
fn plain_host(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    lower.match_indices(SCHEME).find_map(|(at, _)| {
        let rest = &lower[at + SCHEME.len()..];
        // Before the host there may be credentials.
        let authority = rest.split(['/', '?', '#', '"', '\'', ',', ' ', '\n']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let bare = if host.starts_with('[') {
            host.split_inclusive(']').next().unwrap_or_default()
        } else {
            host.split(':').next().unwrap_or_default()
        };
        let address: Option<IpAddr> = bare.trim_matches(['[', ']']).parse().ok();
        let local = address.map_or(bare == "localhost" || bare.ends_with(".localhost"), is_local);
        (!bare.is_empty() && !local).then(|| bare.to_owned())
    })
}

/// Returns whether an address is that of the machine itself, or of what is right beside it.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_link_local() || address.is_unspecified(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unicast_link_local() || address.is_unspecified(),
    }
}

/// The environment variables with their values.
fn variables<'a>(subject: &Subject<'a>) -> Result<Vec<(&'a str, &'a str)>, Unknown> {
    let variables = subject.get("/configuration/environment/variables")?.and_then(Value::as_object);
    Ok(variables.into_iter().flatten().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect())
}
