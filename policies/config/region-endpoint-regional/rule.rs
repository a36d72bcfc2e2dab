//! A host of AWS in a function's environment says in which region its data is: `dynamodb.us-east-1.amazonaws.com`, or
//! `dynamodb.amazonaws.com`, which stands for us-east-1. Judged is what is live: in a plan the values of variables are hidden.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const DOMAIN: &str = "amazonaws.com";

/// Fails for each variable with a host of another region.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let given = world.parameter("regions").and_then(Value::as_array).into_iter().flatten();
    let others: Vec<&str> = given.filter_map(Value::as_str).collect();
    let mut faults = Vec::new();
    for (name, value) in variables(subject)? {
        let outside =
            regions(value).into_iter().find(|region| region != subject.region() && !others.contains(&region.as_str()));
        if let Some(region) = outside {
            let message = format!("the environment variable {name} leads to AWS in {region}");
            let fault = Fault::new(format!("/configuration/environment/variables/{name}"), message);
            faults.push(fault.expected(subject.region()).actual(region));
        }
    }
    Ok(Verdict::of(faults))
}

/// The regions of the hosts of AWS in a text.
fn regions(value: &str) -> Vec<String> {
    let lower = value.to_ascii_lowercase();
    let in_host = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let hosts = lower.split(|c: char| !in_host(c)).filter(|word| word.contains(DOMAIN));
    hosts
        .filter_map(|host| {
            let labels: Vec<&str> = host.split('.').collect();
            let region = labels.iter().find(|label| is_region(label)).map(|label| (*label).to_owned());
            let global = labels.ends_with(&["dynamodb", "amazonaws", "com"]).then(|| "us-east-1".to_owned());
            region.or(global)
        })
        .collect()
}

/// Returns whether a word has the form of a region: `eu-central-1`, `us-gov-west-1`.
fn is_region(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let [area, places @ .., number] = parts.as_slice() else { return false };
    let letters = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let count = (1..=2).contains(&places.len());
    let digit = number.len() <= 2 && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (2..=4).contains(&area.len()) && letters(area) && count && places.iter().all(letters) && digit
}

/// The environment variables with their values.
fn variables<'a>(subject: &Subject<'a>) -> Result<Vec<(&'a str, &'a str)>, Unknown> {
    let variables = subject.get("/configuration/environment/variables")?.and_then(Value::as_object);
    Ok(variables.into_iter().flatten().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect())
}
