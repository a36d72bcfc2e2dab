//! The statements of a function's resource policy as `AWS::Lambda::Permission`, for rules on templates.
//!
//! Every statement that allows something is there, also those that `AddPermission` could not have made: one for each
//! principal, as wide as the statement may be read. What is not known to narrow it does not.

use serde_json::{Map, Value};

use crate::kind::Rendering;
use crate::path;

/// The permissions that a policy gives for a function.
pub(super) fn permissions(policy: &Value, function: &str) -> Vec<Rendering> {
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let allowed = statements.iter().enumerate().filter(|(_, statement)| statement["Effect"] == "Allow");
    allowed.flat_map(|(at, statement)| of_statement(at, statement, function)).collect()
}

fn of_statement(at: usize, statement: &Value, function: &str) -> Vec<Rendering> {
    let sid = statement["Sid"].as_str().map_or_else(|| at.to_string(), str::to_owned);
    let source = |key: &str| condition(statement, key);
    let mut found = Vec::new();
    for principal in principals(statement) {
        for action in actions(statement) {
            let from = path!["permissions", &sid];
            let mut one = Rendering::new("AWS::Lambda::Permission").part(from.to_string());
            one.trace("", from.clone());
            one.own("/FunctionName", function);
            one.put("/Principal", principal.as_str(), from.child("principal"));
            one.put("/Action", action.as_str(), from.child("action"));
            one.put_some("/SourceArn", source("aws:SourceArn"), from.child("source_arn"));
            one.put_some("/SourceAccount", source("aws:SourceAccount"), from.child("source_account"));
            one.own_some("/PrincipalOrgID", source("aws:PrincipalOrgID"));
            one.own_some("/FunctionUrlAuthType", source("lambda:FunctionUrlAuthType"));
            found.push(one);
        }
    }
    found
}

/// The principals: anybody, if those are named who are not meant.
fn principals(statement: &Value) -> Vec<String> {
    match statement.get("Principal") {
        None => vec!["*".to_owned()],
        Some(Value::Object(by_type)) => by_type.values().flat_map(texts).map(|text| short(&text)).collect(),
        Some(other) => texts(other),
    }
}

fn actions(statement: &Value) -> Vec<String> {
    statement.get("Action").map_or_else(|| vec!["*".to_owned()], texts)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// An account in place of the ARN of its root, as `AddPermission` takes it.
fn short(principal: &str) -> String {
    let account = principal.strip_prefix("arn:").and_then(|_| principal.strip_suffix(":root")?.rsplit(':').next());
    account.unwrap_or(principal).to_owned()
}

/// The value of a key that a condition asks to equal it, if it asks for one value only.
fn condition(statement: &Value, key: &str) -> Option<String> {
    const OPERATORS: [&str; 4] = ["ArnLike", "ArnEquals", "StringEquals", "StringLike"];
    let conditions: &Map<String, Value> = statement.get("Condition")?.as_object()?;
    let tests = OPERATORS.iter().filter_map(|operator| conditions.get(*operator)?.as_object());
    let value = tests.flatten().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.len() == 1 => items[0].as_str().map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(statement: &Value) -> Vec<Value> {
        permissions(&json!({"Statement": [statement]}), "f").into_iter().map(|one| one.body).collect()
    }

    #[test]
    fn every_allowing_statement_is_a_permission_as_wide_as_it_may_be() {
        let usual = json!({"Sid": "s", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction", "Resource": "f",
            "Condition": {"StringEquals": {"AWS:SourceAccount": "1"}, "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}}});
        assert_eq!(
            of(&usual),
            [json!({"FunctionName": "f", "Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction",
                    "SourceArn": "arn:aws:s3:::b", "SourceAccount": "1"})]
        );
        let several =
            json!({"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}, "Action": "lambda:*"});
        let found = of(&several);
        assert_eq!((&found[0]["Principal"], &found[1]["Principal"]), (&json!("1"), &json!("*")));
        let negative = json!({"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "NotAction": "lambda:GetFunction"});
        assert_eq!(of(&negative), [json!({"FunctionName": "f", "Principal": "*", "Action": "*"})]);
        let organization = json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}});
        assert_eq!(of(&organization)[0]["PrincipalOrgID"], "o-1");
        let two = json!({"Effect": "Allow", "Principal": "*", "Action": "a",
            "Condition": {"ArnLike": {"aws:SourceArn": ["x", "*"]}}});
        assert_eq!(of(&two)[0].get("SourceArn"), None);
        assert_eq!(of(&json!({"Effect": "Deny", "Principal": "*", "Action": "*"})), [] as [Value; 0]);
    }
}
