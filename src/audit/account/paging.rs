//! Pages: by which members of input and answer a list goes on, and which member of the answer is the list.

use serde_json::{Map, Value};

/// The names of a service's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    /// The member of the input.
    pub(super) input: &'static str,
    /// The member of the answer.
    pub(super) answer: &'static str,
}

const fn tokens(input: &'static str, answer: &'static str) -> Tokens {
    Tokens { input, answer }
}

/// The tokens of services. Source: botocore 1.43, `paginators-1.json` of each service.
const SERVICES: &[(&str, Tokens)] = &[
    ("access-analyzer", tokens("nextToken", "nextToken")),
    ("application-autoscaling", tokens("NextToken", "NextToken")),
    ("backup", tokens("nextToken", "NextToken")),
    ("cloudtrail", tokens("NextToken", "NextToken")),
    ("cloudwatch", tokens("NextToken", "NextToken")),
    ("cognito-identity", tokens("NextToken", "NextToken")),
    ("cognito-idp", tokens("NextToken", "NextToken")),
    ("config", tokens("NextToken", "NextToken")),
    ("dax", tokens("NextToken", "NextToken")),
    ("dynamodb", tokens("NextToken", "NextToken")),
    ("ec2", tokens("NextToken", "nextToken")),
    ("events", tokens("NextToken", "NextToken")),
    ("guardduty", tokens("nextToken", "nextToken")),
    ("iam", tokens("Marker", "Marker")),
    ("inspector2", tokens("nextToken", "nextToken")),
    ("kms", tokens("Marker", "NextMarker")),
    ("lambda", tokens("Marker", "NextMarker")),
    ("logs", tokens("nextToken", "nextToken")),
    ("organizations", tokens("NextToken", "NextToken")),
    ("securityhub", tokens("NextToken", "NextToken")),
    ("sns", tokens("NextToken", "NextToken")),
    ("tag", tokens("PaginationToken", "PaginationToken")),
    ("wafv2", tokens("NextMarker", "NextMarker")),
];

/// Operations with tokens of their own.
const OPERATIONS: &[(&str, Tokens)] =
    &[("dynamodb:ListTables", tokens("ExclusiveStartTableName", "LastEvaluatedTableName"))];

/// The tokens of an operation; `None` if the service gives its lists whole.
pub(super) fn tokens_of(operation: &str) -> Option<Tokens> {
    let own = OPERATIONS.iter().find(|(one, _)| *one == operation);
    let service = operation.split(':').next().unwrap_or_default();
    own.or_else(|| SERVICES.iter().find(|(one, _)| *one == service)).map(|(_, tokens)| *tokens)
}

/// The token of the next page; `None` at the end. An empty token ends a list, too (the tagging API).
pub(super) fn next(tokens: Tokens, answer: &Value) -> Option<String> {
    let token = answer.get(tokens.answer)?.as_str()?;
    // IAM and KMS say it apart; a token beside `false` would begin again.
    let ends = ["IsTruncated", "Truncated"].iter().any(|key| answer.get(key) == Some(&Value::Bool(false)));
    (!token.is_empty() && !ends).then(|| token.to_owned())
}

/// Answers with more than one list → the one that is asked for.
const LISTS: &[(&str, &str)] = &[
    ("cloudwatch:DescribeAlarms", "MetricAlarms"),
    ("ec2:DescribeVpcs", "vpcSet"),
    ("kms:ListKeys", "Keys"),
    ("tag:GetResources", "ResourceTagMappingList"),
];

/// The list in an answer: the one by its name, else the only one.
pub(super) fn items(operation: &str, answer: Value) -> Vec<Value> {
    let Value::Object(mut members) = answer else { return Vec::new() };
    if let Some((_, name)) = LISTS.iter().find(|(one, _)| *one == operation) {
        return take(&mut members, name);
    }
    let list = members.iter().find(|(_, value)| value.is_array()).map(|(name, _)| name.clone());
    list.map(|name| take(&mut members, &name)).unwrap_or_default()
}

fn take(members: &mut Map<String, Value>, name: &str) -> Vec<Value> {
    match members.get_mut(name).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_end_where_there_is_no_token_an_empty_one_or_a_sign() {
        let of = |operation, answer: Value| next(tokens_of(operation).expect("it has pages"), &answer);
        assert_eq!(of("lambda:ListFunctions", json!({"NextMarker": "m"})).as_deref(), Some("m"));
        assert_eq!(of("lambda:ListFunctions", json!({"NextMarker": null})), None);
        assert_eq!(of("tag:GetResources", json!({"PaginationToken": ""})), None);
        assert_eq!(of("iam:ListPolicies", json!({"IsTruncated": true, "Marker": "m"})).as_deref(), Some("m"));
        assert_eq!(of("iam:ListPolicies", json!({"IsTruncated": false, "Marker": "m"})), None);
        assert_eq!(of("dynamodb:ListTables", json!({"LastEvaluatedTableName": "t"})).as_deref(), Some("t"));
        assert_eq!(tokens_of("sts:GetCallerIdentity"), None);
    }

    #[test]
    fn list_of_an_answer_is_found_by_name_or_alone() {
        let answer = json!({"CompositeAlarms": [1], "MetricAlarms": [2], "NextToken": "t"});
        assert_eq!(items("cloudwatch:DescribeAlarms", answer), [json!(2)]);
        assert_eq!(items("dynamodb:ListTables", json!({"TableNames": ["a", "b"]})), [json!("a"), json!("b")]);
        assert_eq!(items("dynamodb:ListTables", json!({})), [] as [Value; 0]);
    }
}
