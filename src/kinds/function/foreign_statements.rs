//! The statements of a function's resource policy that its file does not mention, and that are therefore left alone.
//!
//! They are reported, since who may invoke a function matters: a permission stays live if the whole of
//! `permissions` is removed from the file.

use serde_json::Value;

use super::identity::STATEMENT;
use super::spec::{FunctionSpec, Permission};
use crate::kind::Observed;

/// The statements of the resource policy that stay, if the file does not say who may invoke the function.
pub(super) fn statements(desired: &FunctionSpec, live: &Observed<FunctionSpec>) -> Vec<String> {
    if desired.permissions.is_some() {
        return Vec::new();
    }
    let named = live.spec.permissions.iter().flatten();
    let named = named.map(|(sid, permission)| (format!("`{sid}`"), is_open(permission)));
    let others = live.unmanaged.iter().filter_map(|unmanaged| {
        let sid = unmanaged.feature.strip_prefix(STATEMENT)?;
        Some((sid.trim().to_owned(), allows_anybody(&unmanaged.detail)))
    });
    let (open, closed): (Vec<_>, Vec<_>) = named.chain(others).partition(|(_, open)| *open);
    let list = |sids: Vec<(String, bool)>| sids.into_iter().map(|(sid, _)| sid).collect::<Vec<_>>().join(", ");
    let mut remarks = Vec::new();
    if !open.is_empty() {
        remarks.push(format!(
            "ANYBODY may invoke it: its resource policy allows the principal `*` ({}), which stays, since the file has \
             no `permissions`; write `permissions: {{}}` to remove all of it",
            list(open)
        ));
    }
    if !closed.is_empty() {
        remarks.push(format!(
            "its resource policy has statements that stay, since the file has no `permissions`: {}; list the wanted \
             ones there, or write `permissions: {{}}` to remove them",
            list(closed)
        ));
    }
    remarks
}

/// Returns whether a permission is for anybody, from anywhere.
fn is_open(permission: &Permission) -> bool {
    let Permission { principal, action: _, source_arn, source_account } = permission;
    principal == "*" && source_arn.is_none() && source_account.is_none()
}

/// The same for a statement that the language can't express. A function's URL without authentication is open,
/// if its condition only repeats that; other conditions narrow it.
/// Source: Developer Guide, "Control access to Lambda function URLs".
fn allows_anybody(statement: &str) -> bool {
    let Ok(statement) = serde_json::from_str::<Value>(statement) else { return false };
    let principal = &statement["Principal"];
    let anybody = principal == "*" || principal["AWS"] == "*";
    let url = |(key, value): (&String, &Value)| key == "lambda:FunctionUrlAuthType" && value == "NONE";
    let narrows = |tests: &Value| !tests.as_object().is_some_and(|tests| tests.iter().all(url));
    let conditions = statement["Condition"].as_object();
    statement["Effect"] == "Allow" && anybody && !conditions.into_iter().flat_map(|all| all.values()).any(narrows)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Outputs;
    use crate::kind::UnmanagedFeature;

    fn spec(permissions: &Value) -> FunctionSpec {
        let mut body = json!({
            "runtime": "python3.13", "handler": "x.y", "role": "r",
            "code": {"sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
        });
        if !permissions.is_null() {
            body["permissions"] = permissions.clone();
        }
        serde_json::from_value(body).expect("a function")
    }

    fn remarks(desired: &Value, live: &Value, unmanaged: &[(&str, Value)]) -> Vec<String> {
        let unmanaged = unmanaged.iter().map(|(sid, statement)| UnmanagedFeature {
            feature: format!("{STATEMENT} `{sid}`"),
            detail: statement.to_string(),
        });
        let live = Observed {
            spec: spec(live),
            outputs: Outputs::new(),
            unique_id: String::new(),
            unmanaged: unmanaged
                .chain([UnmanagedFeature { feature: "snap_start".to_owned(), detail: String::new() }])
                .collect(),
        };
        statements(&spec(desired), &live)
    }

    #[test]
    fn unmanaged_permissions_are_reported_and_public_ones_highlighted() {
        let live = json!({
            "cognito": {"principal": "cognito-idp.amazonaws.com"},
            "open": {"principal": "*"},
            "narrow": {"principal": "*", "source_account": "123456789012"}
        });
        let none = Value::Null;
        let found = remarks(&none, &live, &[]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("ANYBODY may invoke it") && found[0].contains("(`open`)"), "{}", found[0]);
        assert!(found[1].contains("`permissions`: `cognito`, `narrow`; list"), "{}", found[1]);
        assert!(found.iter().all(|remark| remark.contains("write `permissions: {}`")));
        for said in [json!({}), json!({"open": {"principal": "*"}})] {
            assert_eq!(remarks(&said, &live, &[]), [""; 0], "the file says who may");
        }
        assert_eq!(remarks(&none, &none, &[]), [""; 0]);
        assert_eq!(remarks(&none, &json!({}), &[]), [""; 0]);
    }

    #[test]
    fn unsupported_policy_statements_are_reported() {
        let statement = |condition: Value| json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Condition": condition});
        let url = statement(json!({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}));
        let organization = statement(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}));
        let found = remarks(&Value::Null, &json!({}), &[("url", url), ("organization", organization)]);
        assert!(found[0].contains("(`url`)") && found[1].contains(": `organization`;"), "{found:?}");
    }
}
