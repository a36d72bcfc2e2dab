//! A function's resource policy, read back into permissions.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::identity::STATEMENT;
use super::super::spec::Permission;
use crate::kind::UnmanagedFeature;

/// The statements that `AddPermission` can make, by id, and all others.
pub(super) type Permissions = (BTreeMap<String, Permission>, Vec<UnmanagedFeature>);

/// Parses the policy document of the function with that ARN; `None` if it is not one. A document that was put
/// whole (`PutResourcePolicy`) may hold any statement, of which those that `AddPermission` makes are permissions.
pub(super) fn read(document: &str, function: &str) -> Option<Permissions> {
    let document: Value = serde_json::from_str(document).ok()?;
    let statements = match document.get("Statement")? {
        Value::Array(statements) => statements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut permissions = BTreeMap::new();
    let mut unmanaged = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let sid = statement.get("Sid").and_then(Value::as_str);
        match sid.zip(permission(statement, function)) {
            Some((sid, permission)) => {
                permissions.insert(sid.to_owned(), permission);
            }
            None => unmanaged.push(UnmanagedFeature {
                feature: format!("{STATEMENT} `{}`", sid.map_or(index.to_string(), str::to_owned)),
                detail: statement.to_string(),
            }),
        }
    }
    Some((permissions, unmanaged))
}

/// The permission that made a statement; `None` if the language can't express a part of it.
fn permission(statement: &Value, function: &str) -> Option<Permission> {
    let Value::Object(members) = statement else { return None };
    let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    let plain = members.keys().all(|key| known.contains(&key.as_str()));
    if !plain || statement.get("Effect")?.as_str()? != "Allow" {
        return None;
    }
    // `AddPermission` writes the function itself.
    if statement.get("Resource").is_some_and(|resource| resource != function) {
        return None;
    }
    let (source_arn, source_account) = match statement.get("Condition") {
        None => (None, None),
        Some(condition) => sources(condition.as_object()?)?,
    };
    Some(Permission {
        principal: Permission::canonical_principal(principal(statement.get("Principal")?)?),
        action: statement.get("Action")?.as_str()?.to_owned(),
        source_arn,
        source_account,
    })
}

fn principal(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) if map.len() == 1 => map.get("Service").or_else(|| map.get("AWS"))?.as_str(),
        _ => None,
    }
}

/// Reads `ArnLike`/`AWS:SourceArn` and `StringEquals`/`AWS:SourceAccount`; the language can't express other conditions.
/// Source: API reference, `AddPermission`; measured answers of `GetPolicy`.
fn sources(condition: &Map<String, Value>) -> Option<(Option<String>, Option<String>)> {
    let (mut arn, mut account) = (None, None);
    for (operator, tests) in condition {
        for (key, value) in tests.as_object()? {
            let value = value.as_str()?.to_owned();
            if operator == "ArnLike" && key.eq_ignore_ascii_case("aws:SourceArn") {
                arn = Some(value);
            } else if operator == "StringEquals" && key.eq_ignore_ascii_case("aws:SourceAccount") {
                account = Some(value);
            } else {
                return None;
            }
        }
    }
    Some((arn, account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn add_permission_statements_are_read_back() {
        let document = r#"{"Version": "2012-10-17", "Id": "default", "Statement": [
            {"Sid": "cognito", "Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"},
             "Action": "lambda:InvokeFunction", "Resource": "r",
             "Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"},
                           "ArnLike": {"AWS:SourceArn": "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/x"}}},
            {"Sid": "account", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
             "Action": "lambda:InvokeFunction", "Resource": "r"}]}"#;
        let (permissions, unmanaged) = read(document, "r").expect("a policy");
        assert!(unmanaged.is_empty());
        assert_eq!(permissions["cognito"].principal, "cognito-idp.amazonaws.com");
        assert_eq!(permissions["cognito"].source_account.as_deref(), Some("123456789012"));
        assert!(permissions["cognito"].source_arn.as_deref().is_some_and(|arn| arn.ends_with("userpool/x")));
        assert_eq!(permissions["account"].principal, "210987654321");
    }

    #[test]
    fn unsupported_permission_statements_are_unmanaged_features() {
        let document = r#"{"Statement": [
            {"Sid": "org", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "r",
             "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}},
            {"Sid": "alias", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "r:1"},
            {"Sid": "several", "Effect": "Allow", "Principal": {"AWS": ["1", "2"]}, "Action": "lambda:InvokeFunction",
             "Resource": "r"},
            {"Sid": "actions", "Effect": "Allow", "Principal": "*", "Action": ["lambda:*"], "Resource": "r"},
            {"Sid": "not", "Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "lambda:*", "Resource": "r"},
            {"Sid": "deny", "Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "r"},
            {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "r"}]}"#;
        let (permissions, unmanaged) = read(document, "r").expect("a policy");
        assert!(permissions.is_empty());
        let features: Vec<_> = unmanaged.iter().map(|unmanaged| unmanaged.feature.as_str()).collect();
        assert_eq!(
            features,
            ["org", "alias", "several", "actions", "not", "deny", "6"]
                .map(|sid| format!("resource policy statement `{sid}`"))
        );
        assert!(read("[]", "r").is_none());
    }
}
