//! Finds variables that no request fills in: template placeholders (`${Account}`) that were left unfilled.
//!
//! AWS accepts such a policy. A variable without a value matches nothing, so an exemption by it exempts nobody, and a
//! denial by it denies nobody. Source: IAM User Guide, "IAM policy elements: variables and tags".

use serde_json::Value;

use super::super::condition_keys::{is_key, near};
use super::super::operator::Operator;
use super::super::variable::variables_of;
use super::{Problem, join};

/// The variables of a document that are no known keys of AWS, in the order of the document.
pub fn placeholders(document: &Value) -> Vec<Problem> {
    if document.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
        return Vec::new();
    }
    let mut problems = Vec::new();
    match document.get("Statement") {
        Some(Value::Array(statements)) => {
            for (index, statement) in statements.iter().enumerate() {
                of_statement(&format!("$.Statement[{index}]"), statement, &mut problems);
            }
        }
        Some(statement) => of_statement("$.Statement", statement, &mut problems),
        None => {}
    }
    problems
}

fn of_statement(path: &str, statement: &Value, problems: &mut Vec<Problem>) {
    let Some(elements) = statement.as_object() else { return };
    for (name, value) in elements {
        let at = join(path, name);
        match (name.as_str(), value) {
            ("Resource" | "NotResource", value) => of_texts(&at, value, problems),
            ("Condition", Value::Object(blocks)) => {
                for (operator, keys) in blocks {
                    let takes = Operator::parse(operator).is_some_and(|operator| operator.takes_variables());
                    for (key, values) in keys.as_object().into_iter().flatten().filter(|_| takes) {
                        of_texts(&join(&join(&at, operator), key), values, problems);
                    }
                }
            }
            _ => {}
        }
    }
}

fn of_texts(path: &str, value: &Value, problems: &mut Vec<Problem>) {
    match value {
        Value::String(text) => {
            problems.extend(variables_of(text).filter(|(key, _)| !is_key(key)).map(|(key, default)| {
                let message = match default {
                    None => {
                        format!("`${{{key}}}` is not a known key of AWS: no request has it, so this text never matches")
                    }
                    Some(default) => {
                        format!("`${{{key}}}` is not a known key of AWS: it always stands for `{default}`")
                    }
                };
                Problem { path: path.to_owned(), message, hint: Some(hint(key)) }
            }));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                of_texts(&format!("{path}[{index}]"), item, problems);
            }
        }
        _ => {}
    }
}

fn hint(key: &str) -> String {
    let lower = key.to_lowercase();
    let meant = match near(key) {
        Some(near) => near,
        None if lower.contains("account") => "aws:PrincipalAccount",
        None if lower.contains("region") => "aws:RequestedRegion",
        None if lower.contains("org") => "aws:PrincipalOrgID",
        None => {
            return "a template's placeholder is filled in before the policy is used; `${$}` stands for `$`".to_owned();
        }
    };
    format!("fill in the placeholder, or write the variable `${{{meant}}}`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(statement: &Value) -> Vec<(String, String)> {
        let document = json!({"Version": "2012-10-17", "Statement": [statement]});
        let name = |problem: Problem| {
            let name = problem.message.split('`').nth(1).unwrap_or_default().to_owned();
            (problem.path, name)
        };
        placeholders(&document).into_iter().map(name).collect()
    }

    #[test]
    fn template_placeholders_are_found_with_their_path() {
        let statement = json!({
            "Effect": "Deny", "Action": "*", "Resource": ["*", "arn:${AWS::Partition}:s3:::${Bucket}/*"],
            "Condition": {
                "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::${Account}:role/x", "arn:aws:iam::*:role/y"]},
                "StringEquals": {"aws:PrincipalTag/team": "${aws:AccountId}", "aws:RequestedRegion": "${region, 'eu-west-1'}"},
                "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}
            }
        });
        let expected = [
            ("$.Statement[0].Resource[1]", "${AWS::Partition}"),
            ("$.Statement[0].Resource[1]", "${Bucket}"),
            ("$.Statement[0].Condition.ArnNotLike[\"aws:PrincipalArn\"][0]", "${Account}"),
            ("$.Statement[0].Condition.StringEquals[\"aws:PrincipalTag/team\"]", "${aws:AccountId}"),
            ("$.Statement[0].Condition.StringEquals[\"aws:RequestedRegion\"]", "${region}"),
        ];
        let mut found = found(&statement);
        found.sort();
        let mut expected = expected.map(|(path, name)| (path.to_owned(), name.to_owned())).to_vec();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn aws_policy_variables_are_not_placeholders() {
        let statement = json!({
            "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}-${$}-${*}/${ec2:SourceInstanceARN}",
            "Condition": {"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}, "NumericEquals": {"s3:max-keys": "${x}"}}
        });
        assert_eq!(found(&statement), []);
        let old = json!({"Version": "2008-10-17", "Statement": {"Resource": "arn:aws:s3:::${Account}"}});
        assert_eq!(placeholders(&old), [], "there it is a text");
        assert_eq!(placeholders(&json!({"Version": "2012-10-17", "Statement": 3})), []);
    }
}
