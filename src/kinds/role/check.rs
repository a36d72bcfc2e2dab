//! The problems of a role for which IAM would refuse it, found offline.

use std::collections::BTreeMap;

use super::managed::meant;
use super::spec::{Principals, RoleSpec, is_arn_or_pending, trust_of};
use crate::base::{Problem, PropertyPath, Vault, is_account, pending};
use crate::kind::{Context, policy_problems};
use crate::path;
use crate::policy::size::{self, ROLE_INLINE_LIMIT, TRUST_LIMIT_RAISED};
use crate::policy::{PolicyKind, is_service_principal};

/// The number of managed policies that a role may have once the quota was raised; ten before.
/// Source: IAM user guide, "IAM and AWS STS quotas".
const MANAGED_RAISED: usize = 25;

pub(super) fn check(spec: &RoleSpec, cx: &Context<'_>) -> Vec<Problem> {
    let RoleSpec {
        assumed_by,
        assume_role_policy,
        managed_policies,
        inline_policies,
        grants: _,
        permissions_boundary,
        description: _,
        path,
        max_session_duration: _,
        tags,
    } = spec;
    let mut problems = Vec::new();
    check_name(cx.name, &mut problems);
    check_path(path, &mut problems);
    check_trust(assumed_by.as_ref(), assume_role_policy.as_ref(), &mut problems);
    for (index, policy) in managed_policies.iter().enumerate() {
        check_policy(&path!["managed_policies", index.to_string()], policy, &mut problems);
    }
    if managed_policies.len() > MANAGED_RAISED {
        let message = format!("a role takes at most {MANAGED_RAISED} managed policies, not {}", managed_policies.len());
        problems.push(Problem::new(path!["managed_policies"], message).hint("put several into one inline policy"));
    }
    let mut together = 0;
    for (name, document) in inline_policies {
        problems.extend(policy_problems(&path!["inline_policies", name], document, PolicyKind::Identity));
        together += size::counted(document, PolicyKind::Identity);
    }
    if together > ROLE_INLINE_LIMIT && !inline_policies.values().any(pending::any_pending) {
        let message =
            format!("the inline policies have {together} characters; those of one role may have {ROLE_INLINE_LIMIT}");
        let hint = "white space is not counted; move the rest into a customer managed policy";
        problems.push(Problem::new(path!["inline_policies"], message).hint(hint));
    }
    if let Some(boundary) = permissions_boundary {
        check_policy(&path!["permissions_boundary"], boundary, &mut problems);
    }
    check_tags(tags, &mut problems);
    problems
}

/// Checks a role's name. Source: IAM API reference, `CreateRole`, `RoleName`.
fn check_name(name: &str, problems: &mut Vec<Problem>) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if !(1..=64).contains(&name.chars().count()) || !name.chars().all(allowed) {
        let message = format!("`{name}` can't be the name of a role");
        let hint = "a role's name has 1 to 64 letters, digits or characters of `_+=,.@-`; give another by `name:`";
        problems.push(Problem::new(path!["name"], message).hint(hint));
    }
}

/// Checks a path. Source: IAM user guide, "Create a service-linked role": such roles belong to their service.
fn check_path(path: &str, problems: &mut Vec<Problem>) {
    if pending::is_pending(path) {
        let message = "the path of a role must be known before it is created";
        problems.push(Problem::new(path!["path"], message).hint("write the path out, such as `/service/`"));
    }
    // IAM compares only the beginning: "Paths beginning with '/aws-service-role' are reserved".
    for reserved in ["/aws-service-role", "/aws-reserved/"] {
        if path.starts_with(reserved) {
            let message = format!("`{reserved}` is for roles that AWS makes itself");
            problems.push(Problem::new(path!["path"], message).hint("choose another path, such as `/service/`"));
        }
    }
}

fn check_trust(assumed_by: Option<&Principals>, policy: Option<&serde_json::Value>, problems: &mut Vec<Problem>) {
    let trust = path!["assume_role_policy"];
    match (assumed_by, policy) {
        (None, None) => {
            let message = "nobody could assume this role: neither `assumed_by` nor `assume_role_policy` is given";
            let hint = "name the service, such as `assumed_by: lambda.amazonaws.com`";
            problems.push(Problem::new(path!["assumed_by"], message).hint(hint).given(trust));
        }
        (Some(_), Some(_)) => {
            let message = "`assumed_by` and `assume_role_policy` both say who may assume the role";
            problems.push(Problem::new(trust, message).hint("leave one of them out"));
        }
        (Some(Principals(services)), None) => {
            if services.is_empty() {
                problems.push(Problem::new(path!["assumed_by"], "no service is named"));
            }
            for service in services {
                if !pending::is_pending(service) && !Vault::is_sealed(service) && !is_service_principal(service) {
                    let message = format!("`{service}` is not a service that can assume roles");
                    let hint = "write a service such as `lambda.amazonaws.com`; accounts, roles and users are named \
                                in `assume_role_policy`";
                    problems.push(Problem::new(path!["assumed_by"], message).hint(hint));
                } else if let Some(meant) = misspelt_service(service) {
                    let message = format!("AWS has no service `{service}`");
                    problems.push(Problem::new(path!["assumed_by"], message).hint(format!("did you mean `{meant}`?")));
                }
            }
            check_size(&path!["assumed_by"], &trust_of(services), problems);
        }
        (None, Some(policy)) => {
            problems.extend(policy_problems(&trust, policy, PolicyKind::Trust));
            check_size(&trust, policy, problems);
        }
    }
}

/// The service that a misspelt name means: otherwise other resources would depend on a name that IAM refuses.
///
/// Source: IAM user guide, "AWS services that work with IAM"; AWS has no services whose names differ by a slip only.
fn misspelt_service(service: &str) -> Option<String> {
    const COMMON: [&str; 16] = [
        "apigateway",
        "application-autoscaling",
        "cloudformation",
        "codebuild",
        "codepipeline",
        "dynamodb",
        "ec2",
        "ecs-tasks",
        "edgelambda",
        "events",
        "firehose",
        "glue",
        "lambda",
        "replication.dynamodb",
        "scheduler",
        "states",
    ];
    let (name, domain) = service.split_once(".amazon").map_or((service, ""), |(name, domain)| (name, domain));
    let slip = |common: &&&str| match strsim::osa_distance(common, name) {
        1 => common.len() > 4,
        2 => common.len() > 7,
        _ => false,
    };
    if COMMON.contains(&name) {
        let near = ["aws.com", "aws.com.cn", "aws.eu"].iter().find(|whole| strsim::osa_distance(whole, domain) == 1);
        return near
            .filter(|_| !["aws.com", "aws.com.cn", "aws.eu"].contains(&domain))
            .map(|end| format!("{name}.amazon{end}"));
    }
    let end = if domain.is_empty() { "aws.com" } else { domain };
    COMMON.iter().find(slip).map(|common| format!("{common}.amazon{end}"))
}

/// Checks a policy's size. Source: IAM user guide, "IAM and AWS STS quotas", role trust policy length.
fn check_size(at: &PropertyPath, policy: &serde_json::Value, problems: &mut Vec<Problem>) {
    let counted = size::counted(policy, PolicyKind::Trust);
    if counted > TRUST_LIMIT_RAISED && !pending::any_pending(policy) {
        let message = format!("the trust policy has {counted} characters; AWS takes at most {TRUST_LIMIT_RAISED}");
        problems.push(
            Problem::new(at.clone(), message).hint("use fewer or shorter statements; white space is not counted"),
        );
    }
}

/// Checks a managed policy by name, path or ARN.
/// Source: IAM user guide, "IAM identifiers"; API reference, `AttachRolePolicy`, `CreatePolicy`.
fn check_policy(at: &PropertyPath, policy: &str, problems: &mut Vec<Problem>) {
    if pending::is_pending(policy) || Vault::is_sealed(policy) {
        return;
    }
    let mut refuse = |message: String, hint: &str| problems.push(Problem::new(at.clone(), message).hint(hint));
    let lacks_path =
        |meant: String| (format!("AWS has no managed policy `{policy}`"), format!("did you mean `{meant}`?"));
    let is_path = |text: &str| {
        !text.is_empty()
            && text.split('/').all(|part| !part.is_empty())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
    };
    if !is_arn_or_pending(policy) {
        if !is_path(policy.strip_prefix('/').unwrap_or(policy)) {
            let hint = "write the name or path of a policy of AWS, such as `service-role/AWSLambdaBasicExecutionRole`, \
                        or an ARN";
            refuse(format!("`{policy}` is not the name of a managed policy"), hint);
        } else if let Some((message, hint)) = meant(policy).map(lacks_path) {
            refuse(message, &hint);
        }
        return;
    }
    let parts: Vec<&str> = policy.splitn(6, ':').collect();
    match parts.as_slice() {
        [_, partition, "iam", "", account, resource]
            if resource.strip_prefix("policy/").is_some_and(is_path) && (*account == "aws" || is_account(account)) =>
        {
            if *account == "aws"
                && let Some(path) = meant(resource.strip_prefix("policy/").unwrap_or_default())
            {
                let (message, hint) = lacks_path(format!("arn:{partition}:iam::aws:policy/{path}"));
                refuse(message, &hint);
            }
        }
        _ => refuse(
            format!("`{policy}` is not the ARN of a managed policy"),
            "such an ARN looks like `arn:aws:iam::123456789012:policy/name`",
        ),
    }
}

/// Checks IAM's own limits of tags; the loader checks those that hold everywhere.
/// Source: IAM user guide, "Tags for AWS Identity and Access Management resources", rules.
fn check_tags(tags: &BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for key in tags.keys() {
        if let Some(other) = seen.insert(key.to_lowercase(), key) {
            let message = format!("`{key}` and `{other}` are the same tag for IAM, which ignores the case of keys");
            problems.push(Problem::new(path!["tags", key], message).hint("leave one of them out").of_key());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::base::Environment;

    fn problems(name: &str, value: Value) -> Vec<String> {
        let env = Environment::new("123456789012", "eu-central-1");
        let spec: RoleSpec = serde_json::from_value(value).expect("a role");
        let cx = Context { name, env: &env, facts: None };
        check(&spec, &cx).into_iter().map(|p| format!("{}: {}", p.path, p.message)).collect()
    }

    fn one(value: Value, part: &str) {
        let found = problems("r", value);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(part), "{found:?}");
    }

    #[test]
    fn valid_role_has_no_problems() {
        let role = json!({"assumed_by": "lambda.amazonaws.com", "path": "/team/", "managed_policies":
            ["AWSLambdaInvocation-DynamoDB", "/service-role/X", "arn:aws:iam::123456789012:policy/a/b"]});
        assert!(problems("cruddur-messaging-stream", role).is_empty());
    }

    #[test]
    fn role_name_is_validated() {
        let role = json!({"assumed_by": "lambda.amazonaws.com"});
        for name in ["", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(problems(name, role.clone()).len(), 1, "{name}");
        }
    }

    #[test]
    fn role_needs_exactly_one_trust_declaration() {
        one(json!({}), "nobody could assume");
        one(json!({"assumed_by": "a.amazonaws.com", "assume_role_policy": {}}), "both say");
        one(json!({"assumed_by": "123456789012"}), "not a service");
        one(json!({"assumed_by": []}), "no service");
    }

    #[test]
    fn invalid_policy_documents_are_reported_with_path() {
        let statement = json!([{"Effect": "Allow", "Action": "sts:AssumeRole"}]);
        let found = problems("r", json!({"assume_role_policy": {"Version": "2012-10-17", "Statement": statement}}));
        assert!(found.iter().any(|text| text.starts_with("assume_role_policy.Statement.0")), "{found:?}");
        let found =
            problems("r", json!({"assumed_by": "a.amazonaws.com", "inline_policies": {"p": {"Statement": []}}}));
        assert!(found.iter().any(|text| text.starts_with("inline_policies.p.Statement")), "{found:?}");
    }

    #[test]
    fn policy_size_limits_are_enforced() {
        let long = json!({"Version": "2012-10-17", "Statement":
            [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{}", "x".repeat(6000))}]});
        one(json!({"assumed_by": "a.amazonaws.com", "inline_policies": {"a": long, "b": long}}), "characters");
        let names: Vec<String> = (0..26).map(|n| format!("P{n}")).collect();
        one(json!({"assumed_by": "a.amazonaws.com", "managed_policies": names}), "at most 25");
    }

    #[test]
    fn managed_policies_are_names_or_arns() {
        one(json!({"assumed_by": "a.amazonaws.com", "managed_policies": ["a b"]}), "not the name");
        one(json!({"assumed_by": "a.amazonaws.com", "permissions_boundary": "arn:aws:iam::1:policy/x"}), "not the ARN");
        one(json!({"assumed_by": "a.amazonaws.com", "path": "/aws-service-role/x/"}), "AWS makes itself");
        for lacking in ["AWSLambdaBasicExecutionRole", "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"] {
            one(json!({"assumed_by": "a.amazonaws.com", "managed_policies": [lacking]}), "AWS has no managed policy");
            one(json!({"assumed_by": "a.amazonaws.com", "permissions_boundary": lacking}), "AWS has no managed policy");
        }
    }

    #[test]
    fn iam_tag_keys_are_case_insensitive() {
        one(json!({"assumed_by": "a.amazonaws.com", "tags": {"Team": "a", "team": "b"}}), "ignores the case");
    }
}
