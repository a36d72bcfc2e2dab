//! Finds out whether a policy document lacks something that another one has, so that somebody who relies on the other
//! one may miss it.
//!
//! If in doubt, the answer is yes: a statement that is split in two, or has other wildcards, counts as missing.

use serde_json::{Map, Value};

use super::canonicalize;

/// Returns whether `after` in place of `before` takes something away (a statement, or a principal, an action or a
/// resource of one) or adds a denial.
pub fn revokes(before: &Value, after: &Value) -> bool {
    let (before, after) = (canonicalize(before), canonicalize(after));
    let (Some(old), Some(new)) = (before["Statement"].as_array(), after["Statement"].as_array()) else {
        return before != after;
    };
    let kept = |one: &Value, all: &[Value]| all.iter().any(|other| covers(other, one));
    let denies = |statement: &&Value| statement["Effect"] == "Deny";
    old.iter().any(|statement| !kept(statement, new)) || new.iter().filter(denies).any(|denial| !kept(denial, old))
}

/// Returns whether a canonical statement includes another one.
fn covers(statement: &Value, other: &Value) -> bool {
    let (Some(statement), Some(other)) = (statement.as_object(), other.as_object()) else { return statement == other };
    let of = |map: &Map<String, Value>, key: &str| map.get(key).cloned().unwrap_or_default();
    let keys = statement.keys().chain(other.keys()).filter(|key| *key != "Sid");
    keys.into_iter().all(|key| {
        let (whole, part) = (of(statement, key), of(other, key));
        match key.as_str() {
            "Action" | "Resource" => holds(&whole, &part),
            "Principal" => principals(&whole, &part),
            _ => whole == part,
        }
    })
}

/// Returns whether a list has all items of another one, or everything.
fn holds(whole: &Value, part: &Value) -> bool {
    let (Some(whole), Some(part)) = (whole.as_array(), part.as_array()) else { return whole == part };
    whole.iter().any(|item| item == "*") || part.iter().all(|item| whole.contains(item))
}

fn principals(whole: &Value, part: &Value) -> bool {
    let (Some(whole), Some(part)) = (whole.as_object(), part.as_object()) else { return whole == part };
    part.iter().all(|(kind, names)| whole.get(kind).is_some_and(|all| holds(all, names)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allow(rest: Value) -> Value {
        let mut statement = rest;
        statement["Effect"] = json!("Allow");
        statement
    }

    fn policy(statements: &[Value]) -> Value {
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    #[test]
    fn missing_permissions_are_revocations() {
        let trust =
            |services: Value| policy(&[allow(json!({"Action": "sts:AssumeRole", "Principal": {"Service": services}}))]);
        let both = trust(json!(["ec2.amazonaws.com", "lambda.amazonaws.com"]));
        assert!(revokes(&both, &trust(json!("lambda.amazonaws.com"))));
        assert!(!revokes(&trust(json!("lambda.amazonaws.com")), &both));
        let acts = |actions: Value| policy(&[allow(json!({"Action": actions, "Resource": "*"}))]);
        assert!(revokes(&acts(json!(["s3:GetObject", "sqs:*"])), &acts(json!("s3:GetObject"))));
        assert!(!revokes(&acts(json!(["s3:GetObject", "sqs:*"])), &acts(json!("*"))));
        assert!(!revokes(&acts(json!("S3:getobject")), &acts(json!(["s3:GetObject", "sqs:*"]))));
        let narrowed = policy(&[allow(json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"}))]);
        assert!(revokes(&acts(json!("s3:GetObject")), &narrowed));
        let on_terms = policy(&[allow(json!({
            "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true}}}))]);
        assert!(revokes(&acts(json!("s3:GetObject")), &on_terms));
        let but = policy(&[allow(json!({"NotAction": ["iam:*"], "Resource": "*"}))]);
        assert!(revokes(&but, &policy(&[allow(json!({"NotAction": ["iam:*", "sts:*"], "Resource": "*"}))])));
    }

    #[test]
    fn sids_and_order_of_statements_revoke_nothing() {
        let (read, write) = (
            json!({"Sid": "R", "Action": "s3:GetObject", "Resource": "*"}),
            json!({"Action": "s3:PutObject", "Resource": "*"}),
        );
        let named = json!({"Sid": "Read", "Action": ["s3:GetObject"], "Resource": ["*"]});
        let (before, after) =
            (policy(&[allow(read.clone()), allow(write.clone())]), policy(&[allow(write), allow(named)]));
        assert!(!revokes(&before, &after));
        let one = json!({"Statement": allow(read)});
        assert!(!revokes(&one, &after) && revokes(&after, &one));
    }

    #[test]
    fn adding_or_removing_a_deny_statement_is_a_revocation() {
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "dynamodb:DeleteTable", "Resource": "*"});
        let read = allow(json!({"Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}));
        let (with, without) = (policy(&[deny, read.clone()]), policy(&[read]));
        assert!(revokes(&with, &without) && revokes(&without, &with));
        assert!(!revokes(&with, &with));
    }
}
