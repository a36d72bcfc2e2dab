//! The known keys of each sort of caller, tested by denials that depend on them: with every operator that policies use.

use serde_json::{Value, json};

use super::super::{Chain, Decision, Document, Level, Policy, PolicyKind, Request, Unnamed};

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deployer/ci";
const SSO: &str = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ada@example.com";
const USER: &str = "arn:aws:iam::111122223333:user/people/ada";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/ada";
const INSTANCE: &str = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0";

/// Returns whether a condition holds for a caller; `None` if that is not known.
#[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn holds(caller: &str, condition: Value) -> Option<bool> {
    let deny = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition
    }});
    let deny = Document::from_value(&deny, PolicyKind::Scp).expect("a policy");
    let policies = vec![Policy::full_access(), Policy::new("deny", &deny)];
    let chain = Chain::of(vec![Level { name: "root".to_owned(), policies }]);
    let request = Request::new("dynamodb:CreateTable", "*").by(caller).others(Unnamed::Documented);
    match chain.judge(&request).decision {
        Decision::ExplicitlyDenied => Some(true),
        Decision::Allowed => Some(false),
        Decision::ImplicitlyDenied | Decision::Unknown => None,
    }
}

/// The operators that compare an ARN, with the result of each for a pattern that matches.
const OPERATORS: [(&str, bool); 16] = [
    ("ArnLike", true),
    ("ArnEquals", true),
    ("StringLike", true),
    ("ArnLikeIfExists", true),
    ("ArnEqualsIfExists", true),
    ("StringLikeIfExists", true),
    ("ForAnyValue:ArnLike", true),
    ("ForAllValues:StringLike", true),
    ("ArnNotLike", false),
    ("ArnNotEquals", false),
    ("StringNotLike", false),
    ("ArnNotLikeIfExists", false),
    ("ArnNotEqualsIfExists", false),
    ("StringNotLikeIfExists", false),
    ("ForAnyValue:ArnNotLike", false),
    ("ForAllValues:StringNotLike", false),
];

/// Tests a pattern against a caller with every operator.
#[track_caller]
fn assert_fits(caller: &str, pattern: &str, expected: Option<bool>) {
    for (operator, when_it_fits) in OPERATORS {
        let found = holds(caller, json!({operator: {"aws:PrincipalArn": pattern}}));
        assert_eq!(found, expected.map(|fits| fits == when_it_fits), "{operator} {pattern} of {caller}");
    }
}

#[test]
fn session_arn_is_decided_only_if_all_role_paths_agree() {
    for (pattern, fits) in [
        // Another role, another account, another type.
        ("arn:aws:iam::*:role/other", Some(false)),
        ("arn:aws:iam::*:role/my-deployer", Some(false)),
        ("arn:aws:iam::*:role/deploy", Some(false)),
        ("arn:aws:iam::*:role/*/other", Some(false)),
        ("arn:aws:iam::999999999999:role/deployer", Some(false)),
        ("arn:aws-cn:iam::*:role/deployer", Some(false)),
        ("arn:aws:iam::111122223333:user/deployer", Some(false)),
        ("arn:aws:iam::*:root", Some(false)),
        ("arn:aws:sts::*:assumed-role/deployer/*", Some(false)),
        // Any path or none.
        ("*", Some(true)),
        ("arn:*:iam::111122223333:role/*", Some(true)),
        ("arn:aws:iam::*:role/*deployer", Some(true)),
        ("arn:aws:iam::*:role/*loyer", Some(true)),
        ("arn:aws:iam::*:*", Some(true)),
        // The path matters.
        ("arn:aws:iam::*:role/deployer", None),
        ("arn:aws:iam::*:role/deploy*", None),
        ("arn:aws:iam::*:role/*/deployer", None),
        ("arn:aws:iam::*:role/team/deployer", None),
        ("arn:aws:iam::*:role/team/*", None),
    ] {
        assert_fits(SESSION, pattern, fits);
    }
}

#[test]
fn permission_set_uses_the_sso_role_path() {
    for (pattern, fits) in [
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*", Some(true)),
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_*", Some(true)),
        ("arn:aws:iam::*:role/aws-reserved/*/AWSReservedSSO_Admin_*", Some(true)),
        ("arn:aws:iam::*:role/*AWSReservedSSO_Admin_0123456789abcdef", Some(true)),
        ("arn:aws:iam::*:role/AWSReservedSSO_Admin_*", Some(false)),
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Other_*", Some(false)),
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Other_*", Some(false)),
        ("arn:aws:iam::*:role/team/*", Some(false)),
        // The home region of Identity Center is in the path, unless it is us-east-1.
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*", None),
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_*", None),
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_*", None),
    ] {
        assert_fits(SSO, pattern, fits);
    }
}

#[test]
fn users_root_and_roles_match_by_their_arn() {
    for caller in [USER, ROOT, FEDERATED, "arn:aws:iam::111122223333:role/team/deployer"] {
        assert_fits(caller, caller, Some(true));
        assert_fits(caller, &caller.replace("1111", "9999"), Some(false));
    }
    assert_fits(USER, "arn:aws:iam::*:role/ada", Some(false));
    assert_fits(FEDERATED, "arn:aws:iam::*:user/ada", Some(false));
}

#[test]
fn several_arn_patterns_are_decided_together() {
    let any = |patterns: Value| holds(SESSION, json!({"ArnNotLike": {"aws:PrincipalArn": patterns}}));
    assert_eq!(any(json!(["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/b"])), Some(true));
    assert_eq!(any(json!(["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/*deployer"])), Some(false));
    // Both forms count.
    assert_eq!(any(json!(["arn:aws:iam::*:role/deployer", "arn:aws:iam::*:role/*/deployer"])), Some(false));
    assert_eq!(any(json!(["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/deployer"])), None);
}

#[test]
fn exact_texts_and_absence_are_decided() {
    let role = "arn:aws:iam::111122223333:role/deployer";
    assert_eq!(holds(SESSION, json!({"StringEquals": {"aws:PrincipalArn": role}})), None);
    assert_eq!(
        holds(SESSION, json!({"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}})),
        Some(true)
    );
    assert_eq!(holds(SESSION, json!({"StringEqualsIgnoreCase": {"aws:PrincipalArn": "ARN:x"}})), Some(false));
    assert_eq!(holds(SESSION, json!({"Null": {"aws:PrincipalArn": "true"}})), Some(false));
}

#[test]
fn type_name_and_id_follow_from_the_arn() {
    let equals = |caller: &str, key: &str, text: &str| holds(caller, json!({"StringLike": {key: text}}));
    for (caller, sort) in [
        (SESSION, "AssumedRole"),
        (SSO, "AssumedRole"),
        (USER, "User"),
        (ROOT, "Account"),
        (FEDERATED, "FederatedUser"),
    ] {
        assert_eq!(equals(caller, "aws:PrincipalType", sort), Some(true), "{caller}");
        assert_eq!(equals(caller, "aws:PrincipalType", "Anonymous"), Some(false), "{caller}");
        assert_eq!(equals(caller, "aws:PrincipalAccount", "111122223333"), Some(true), "{caller}");
    }
    assert_eq!(equals(USER, "aws:username", "ada"), Some(true));
    for caller in [SESSION, ROOT, FEDERATED] {
        assert_eq!(holds(caller, json!({"Null": {"aws:username": "true"}})), Some(true), "{caller}");
    }
    // The id of a role is unknown, the name of its session is known.
    assert_eq!(equals(SESSION, "aws:userid", "*:ci"), Some(true));
    assert_eq!(equals(SESSION, "aws:userid", "AROA*"), Some(true));
    assert_eq!(equals(SESSION, "aws:userid", "*:other"), Some(false));
    assert_eq!(equals(SESSION, "aws:userid", "AROAEXAMPLEEXAMPLE:*"), None);
    assert_eq!(equals(USER, "aws:userid", "AROA*"), Some(false));
    assert_eq!(equals(ROOT, "aws:userid", "111122223333"), Some(true));
    assert_eq!(equals(FEDERATED, "aws:userid", "111122223333:ada"), Some(true));
}

#[test]
fn session_keys_are_absent_for_other_callers() {
    let absent = |caller: &str, key: &str| holds(caller, json!({"Null": {key: "true"}}));
    for key in
        ["lambda:SourceFunctionArn", "ec2:SourceInstanceARN", "aws:FederatedProvider", "aws:SourceIdentity", "saml:sub"]
    {
        for caller in [USER, ROOT, FEDERATED] {
            assert_eq!(absent(caller, key), Some(true), "{key} of {caller}");
        }
    }
    assert_eq!(absent(SESSION, "lambda:SourceFunctionArn"), None, "a function's session has its name");
    assert_eq!(absent(SESSION, "ec2:SourceInstanceARN"), Some(true));
    assert_eq!(absent(INSTANCE, "ec2:SourceInstanceARN"), None);
    assert_eq!(absent(ROOT, "aws:PrincipalTag/team"), Some(true));
    assert_eq!(absent(USER, "aws:PrincipalTag/team"), None);
    assert_eq!(absent(SESSION, "aws:PrincipalTag/team"), None);
    assert_eq!(absent(ROOT, "aws:AssumedRoot"), None);
    assert_eq!(absent(USER, "aws:AssumedRoot"), Some(true));
}
