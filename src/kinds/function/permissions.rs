//! The permissions of a function: the statements of its resource policy.

use std::collections::BTreeMap;

use serde_json::json;

use crate::base::{Problem, PropertyPath, is_account, pending};
use crate::path;

use super::spec::Permission;

/// The longest resource policy. Source: Lambda Developer Guide, "Lambda quotas": 20 KB.
const LARGEST_POLICY: usize = 20 * 1024;

type Permissions = BTreeMap<String, Permission>;

/// The type of a permission's principal.
enum Principal<'a> {
    Anybody,
    Service(&'a str),
    Account,
    Identity,
    NotKnown,
}

fn principal(text: &str) -> Option<Principal<'_>> {
    Some(match text {
        "*" => Principal::Anybody,
        _ if pending::is_pending(text) => Principal::NotKnown,
        _ if is_account(text) => Principal::Account,
        _ if text.starts_with("arn:") => Principal::Identity,
        _ if text.contains('.') => Principal::Service(text),
        _ => return None,
    })
}

/// The reasons for which Lambda refuses permissions.
/// Source: Lambda API reference, `AddPermission`.
pub(super) fn problems(permissions: Option<&Permissions>) -> Vec<Problem> {
    let Some(permissions) = permissions else { return Vec::new() };
    let mut found: Vec<_> = permissions.iter().filter_map(|(sid, one)| wrong_principal(sid, &one.principal)).collect();
    let size = size(permissions);
    if size > LARGEST_POLICY {
        let message = format!("the permissions have {size} bytes as a policy, and Lambda takes 20 KB");
        let hint = "use fewer permissions with broader source ARNs: `*` and `?` are allowed in them";
        found.push(Problem::new(path!["permissions"], message).hint(hint));
    }
    found
}

fn wrong_principal(sid: &str, text: &str) -> Option<Problem> {
    let at = path!["permissions", sid, "principal"];
    match principal(text) {
        None => {
            let problem = Problem::new(at, format!("`{text}` is not a principal: a service is named by its domain"));
            let name = text.to_ascii_lowercase();
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !name.bytes().all(|b| b.is_ascii_digit());
            Some(problem.hint(if plain {
                format!("write `{name}.amazonaws.com`; an account has 12 digits")
            } else {
                "write a service (`s3.amazonaws.com`), an account (12 digits) or the ARN of a role or user".to_owned()
            }))
        }
        Some(Principal::Identity) => {
            let parts: Vec<_> = text.split(':').collect();
            let is_identity = matches!(parts.get(2), Some(&("iam" | "sts"))) && parts.len() >= 6;
            if !is_identity {
                let message = "only users, roles, sessions and accounts can be principals by ARN";
                let hint = "name the service (`s3.amazonaws.com`) as `principal`, and this ARN as `source_arn`";
                return Some(Problem::new(at, message).hint(hint));
            }
            text.contains('*').then(|| {
                Problem::new(at, "the ARN of a principal can't hold `*`")
                    .hint("name the account (12 digits): its own policies then say which of its roles may call")
            })
        }
        Some(_) => None,
    }
}

/// The minimum size of the policy as JSON; texts that are not known yet count as nothing.
fn size(permissions: &Permissions) -> usize {
    let known = |text: &str| if pending::is_pending(text) { 0 } else { text.len() };
    let of = |(sid, one): (&String, &Permission)| {
        let Permission { principal, action, source_arn, source_account } = one;
        let frame =
            json!({"Sid": "", "Effect": "Allow", "Principal": "", "Action": "", "Resource": ""}).to_string().len();
        let source = |name: &str, value: &Option<String>| value.as_deref().map_or(0, |value| known(value) + name.len());
        frame
            + sid.len()
            + known(principal)
            + action.len()
            + source(r#""ArnLike":{"AWS:SourceArn":""}"#, source_arn)
            + source(r#""StringEquals":{"AWS:SourceAccount":""}"#, source_account)
    };
    permissions.iter().map(of).sum()
}

/// Warnings about permissions that Lambda accepts and that are wider than meant, or never apply.
pub(super) fn advice(permissions: Option<&Permissions>) -> Vec<Problem> {
    permissions.into_iter().flatten().filter_map(|(sid, one)| advice_on(&path!["permissions", sid], one)).collect()
}

fn advice_on(at: &PropertyPath, one: &Permission) -> Option<Problem> {
    let Permission { principal: text, action: _, source_arn, source_account } = one;
    let source = source_arn.as_deref().filter(|arn| !pending::is_pending(arn));
    let problem = |key: &str, message: String, hint: &str| Some(Problem::new(at.child(key), message).hint(hint));
    match principal(text)? {
        Principal::Account | Principal::Identity if source_arn.is_some() || source_account.is_some() => {
            let key = if source_arn.is_some() { "source_arn" } else { "source_account" };
            let message = format!("`{key}` is sent only by AWS services: for `{text}` this never matches");
            problem(key, message, "leave it out, or name the service as `principal`")
        }
        Principal::Anybody if source_arn.is_none() && source_account.is_none() => problem(
            "principal",
            "anybody in any AWS account may call the function".to_owned(),
            "name a service, an account or a role; `source_account` limits what services may call for",
        ),
        // Alexa is authorized by a token, not by a source.
        Principal::Service(service) if !service.starts_with("alexa-") => match (source, source_account) {
            (None, None) if source_arn.is_none() => problem(
                "principal",
                format!("`{service}` may call the function on behalf of anybody's resources, in any AWS account"),
                "give the `source_arn` of the resource that calls, or your `source_account`",
            ),
            (Some(arn), None) if account_of(arn).is_none_or(str::is_empty) => problem(
                "source_arn",
                "this ARN names no account: the owner of any resource of this name may call the function".to_owned(),
                "give `source_account` as well: a bucket can be deleted, and created again by another account",
            ),
            (Some(arn), Some(account))
                if account_of(arn).is_some_and(|owner| is_account(owner) && owner != account) =>
            {
                problem(
                    "source_account",
                    format!(
                        "the resource of `source_arn` belongs to another account than {account}: this never matches"
                    ),
                    "write the account of the ARN, or leave it out",
                )
            }
            _ => None,
        },
        _ => None,
    }
}

/// The account in an ARN.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn permissions(body: Value) -> Permissions {
        serde_json::from_value(body).expect("permissions")
    }

    fn told(one: impl Into<Value>) -> Vec<String> {
        let all = permissions(json!({"p": one.into()}));
        let found = problems(Some(&all)).into_iter().chain(advice(Some(&all)));
        found.map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
    }

    #[test]
    fn invalid_and_too_wide_permissions_are_reported() {
        let bucket = "arn:aws:s3:::photos";
        let rule = "arn:aws:events:eu-central-1:123456789012:rule/r";
        let cases = [
            (json!({"principal": "s3"}), "principal: `s3` is not a principal"),
            (json!({"principal": "123"}), "principal: `123` is not a principal"),
            (json!({"principal": "arn:aws:s3:::photos"}), "principal: only users"),
            (
                json!({"principal": "arn:aws:iam::123456789012:role/*"}),
                "principal: the ARN of a principal can't hold `*`",
            ),
            (json!({"principal": "s3.amazonaws.com"}), "principal: `s3.amazonaws.com` may call the function on behalf"),
            (json!({"principal": "s3.amazonaws.com", "source_arn": bucket}), "source_arn: this ARN names no account"),
            (json!({"principal": "*"}), "principal: anybody in any AWS account"),
            (
                json!({"principal": "123456789012", "source_arn": bucket}),
                "source_arn: `source_arn` is sent only by AWS services",
            ),
            (
                json!({"principal": "arn:aws:iam::123456789012:role/r", "source_account": "123456789012"}),
                "source_account: `source_account` is sent only by AWS services",
            ),
            (
                json!({"principal": "events.amazonaws.com", "source_arn": rule, "source_account": "210987654321"}),
                "source_account: the resource of `source_arn` belongs to another account",
            ),
        ];
        for (one, wanted) in cases {
            let found = told(one.clone());
            assert!(found.len() == 1 && found[0].starts_with(&format!("permissions.p.{wanted}")), "{one}: {found:?}");
        }
        let sound = [
            json!({"principal": "s3.amazonaws.com", "source_arn": bucket, "source_account": "123456789012"}),
            json!({"principal": "events.amazonaws.com", "source_arn": rule}),
            json!({"principal": "config.amazonaws.com", "source_account": "123456789012"}),
            json!({"principal": "alexa-appkit.amazon.com"}),
            json!({"principal": "123456789012"}),
            json!({"principal": "arn:aws:iam::123456789012:role/r"}),
            json!({"principal": "arn:aws:sts::123456789012:assumed-role/r/s"}),
        ];
        for one in sound {
            assert_eq!(told(one.clone()), [""; 0], "{one}");
        }
    }

    #[test]
    fn oversized_resource_policy_is_refused() {
        let of = |count: usize| {
            let one = json!({"principal": "events.amazonaws.com", "source_arn": format!("arn:{}", "x".repeat(200))});
            permissions((0..count).map(|n| (format!("p{n}"), one.clone())).collect())
        };
        assert_eq!(problems(Some(&of(40))), vec![]);
        assert!(problems(Some(&of(90)))[0].message.contains("20 KB"));
    }
}
