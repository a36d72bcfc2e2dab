//! Each known key, and those that must not be treated as known, tested by denials that depend on them.

use serde_json::{Value, json};

use super::*;
use crate::policy::{Chain, Decision, Document, Level, Policy, PolicyKind};

const ARN: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t";

fn decision(service: &str, access: &AccessRequest, caller: &str, condition: Value) -> Decision {
    decision_with(service, access, caller, None, condition)
}

#[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn decision_with(
    service: &str,
    access: &AccessRequest,
    caller: &str,
    role: Option<SessionRole>,
    condition: Value,
) -> Decision {
    let env = Environment::new("123456789012", "eu-central-1");
    let caller = Caller { arn: caller.to_owned(), user_id: Some("AIDAX".to_owned()), role };
    let membership = Membership { organization: "o-a".to_owned(), path: "o-a/r-b/ou-c/".to_owned() };
    let at = "2026-11-21T12:00:00Z".parse().expect("a time");
    let asker = RequestContext { env: &env, caller: Some(&caller), membership: Some(&membership), at };
    let deny = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition
    }});
    let deny = Document::from_value(&deny, PolicyKind::Scp).expect("a policy");
    let policies = vec![Policy::full_access(), Policy::new("deny", &deny)];
    let chain = Chain::of(vec![Level { name: "root".to_owned(), policies }]);
    chain.judge(&asker.request(service, access)).decision
}

fn of_table(condition: Value) -> Decision {
    let access = AccessRequest::new("dynamodb:CreateTable", ARN)
        .with("aws:RequestTag/team", ["a"])
        .with("aws:TagKeys", ["team"]);
    decision("dynamodb", &access, "arn:aws:sts::123456789012:assumed-role/deployer/me", condition)
}

#[test]
fn known_context_keys_decide_conditions() {
    use Decision::{Allowed, ExplicitlyDenied, Unknown};
    let cases = [
        (json!({"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}), Allowed),
        (json!({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}), ExplicitlyDenied),
        (json!({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}), ExplicitlyDenied),
        (json!({"StringNotEquals": {"aws:ResourceAccount": "123456789012"}}), Allowed),
        (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}), Allowed),
        (json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/*"}}), ExplicitlyDenied),
        (json!({"Bool": {"aws:SecureTransport": "false"}}), Allowed),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), Allowed),
        (json!({"Bool": {"aws:ViaAWSService": "true"}}), Allowed),
        (json!({"DateGreaterThan": {"aws:CurrentTime": "2026-11-21T11:00:00Z"}}), ExplicitlyDenied),
        (json!({"NumericLessThan": {"aws:EpochTime": "1"}}), Allowed),
        (json!({"Null": {"aws:RequestTag/owner": "true"}}), ExplicitlyDenied),
        (json!({"Null": {"aws:RequestTag/team": "true"}}), Allowed),
        (json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": "team"}}), Allowed),
        (json!({"Null": {"aws:username": "true"}}), ExplicitlyDenied),
        (json!({"Null": {"aws:SourceArn": "false"}}), Allowed),
        // The path of a session's role is unknown; its name is known.
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other"}}), Allowed),
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*deployer"}}), ExplicitlyDenied),
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deployer"}}), Unknown),
        (json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}), Unknown),
        (json!({"StringEquals": {"aws:ResourceTag/team": "a"}}), Unknown),
        (json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), Unknown),
        // Keys of other services and of other actions are absent, whatever operator compares them.
        (json!({"StringNotEquals": {"ec2:Owner": "amazon"}}), ExplicitlyDenied),
        (json!({"StringEquals": {"s3:x-amz-acl": "private"}}), Allowed),
        (json!({"Null": {"dynamodb:LeadingKeys": "false"}}), Allowed),
        (json!({"Null": {"aws:SourceOrgPaths": "false"}}), Allowed),
        (json!({"Null": {"lambda:SourceFunctionArn": "false"}}), Unknown),
    ];
    for (condition, expected) in cases {
        assert_eq!(of_table(condition.clone()), expected, "{condition}");
    }
}

#[test]
fn global_services_use_the_region_of_their_endpoint() {
    let lock = || json!({"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}});
    let user = "arn:aws:iam::123456789012:user/people/ada";
    let role = AccessRequest::new("iam:CreateRole", "arn:aws:iam::123456789012:role/r");
    assert_eq!(decision("iam", &role, user, lock()), Decision::ExplicitlyDenied);
    // Passing a role is no call: Lambda makes this request, and its source is unknown.
    let pass = AccessRequest::new("iam:PassRole", "arn:aws:iam::123456789012:role/r");
    assert_eq!(decision("lambda", &pass, user, lock()), Decision::Unknown);
    let key = AccessRequest::new("kms:Decrypt", "arn:aws:kms:eu-central-1:123456789012:key/k");
    assert_eq!(decision("dynamodb", &key, user, lock()), Decision::Allowed);
    assert_eq!(decision("dynamodb", &key, user, json!({"Bool": {"aws:ViaAWSService": "true"}})), Decision::Unknown);
    let name = json!({"StringEquals": {"aws:username": "ada"}});
    assert_eq!(decision("iam", &role, user, name), Decision::ExplicitlyDenied);
    // The credential scopes of `iam` and `organizations` in botocore's `endpoints.json`.
    for (region, iam, organizations) in [
        ("eu-west-1", "us-east-1", "us-east-1"),
        ("cn-northwest-1", "cn-north-1", "cn-northwest-1"),
        ("us-gov-east-1", "us-gov-west-1", "us-gov-west-1"),
        ("us-iso-west-1", "us-iso-east-1", "us-iso-east-1"),
        ("us-isob-west-1", "us-isob-east-1", "us-isob-east-1"),
        ("eu-isoe-west-1", "eu-isoe-west-1", "eu-isoe-west-1"),
        ("us-isof-east-1", "us-isof-south-1", "us-isof-south-1"),
        ("eusc-de-east-1", "eusc-de-east-1", "eusc-de-east-1"),
    ] {
        let env = Environment::new("123456789012", region);
        let asked = (requested_region("iam", &env), requested_region("organizations", &env));
        assert_eq!(asked, (iam, organizations), "{region}");
        assert_eq!(requested_region("dynamodb", &env), region);
    }
}

#[test]
fn resource_tags_are_known_under_both_keys_and_missing_keys_are_absent() {
    let arn = "arn:aws:ec2:eu-central-1:123456789012:vpc-endpoint/vpce-1";
    let access = AccessRequest::new("ec2:DeleteVpcEndpoints", arn).with("aws:ResourceTag/team", ["a"]);
    let user = "arn:aws:iam::123456789012:user/ada";
    for key in ["aws:ResourceTag/team", "ec2:ResourceTag/team"] {
        assert_eq!(decision("ec2", &access, user, json!({"StringNotEquals": {key: "a"}})), Decision::Allowed);
        assert_eq!(decision("ec2", &access, user, json!({"StringEquals": {key: "a"}})), Decision::ExplicitlyDenied);
    }
    let outside = AccessRequest::new("lambda:CreateFunction", "arn:aws:lambda:eu-central-1:123456789012:function:f")
        .with("lambda:VpcIds", [""; 0]);
    let must = json!({"Null": {"lambda:VpcIds": "true"}});
    assert_eq!(decision("lambda", &outside, user, must), Decision::ExplicitlyDenied);
}

#[test]
fn session_role_supplies_path_and_tags() {
    use Decision::{Allowed, ExplicitlyDenied, Unknown};
    let of = |session_tags, condition: Value| {
        let role = SessionRole {
            arn: "arn:aws:iam::123456789012:role/ci/deployer".to_owned(),
            tags: [("team".to_owned(), "a".to_owned())].into(),
            session_tags,
        };
        let caller = "arn:aws:sts::123456789012:assumed-role/deployer/me";
        let access = AccessRequest::new("dynamodb:CreateTable", ARN);
        decision_with("dynamodb", &access, caller, Some(role), condition)
    };
    for (condition, without_session_tags, with_them) in [
        (json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci/deployer"}}), Allowed, Allowed),
        (
            json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deployer"}}),
            ExplicitlyDenied,
            ExplicitlyDenied,
        ),
        (json!({"StringEquals": {"aws:PrincipalTag/Team": "a"}}), ExplicitlyDenied, Unknown),
        (json!({"Null": {"aws:PrincipalTag/team": "true"}}), Allowed, Allowed),
        (json!({"StringNotEqualsIfExists": {"aws:PrincipalTag/other": "x"}}), ExplicitlyDenied, Unknown),
    ] {
        assert_eq!(of(SessionTags::Impossible, condition.clone()), without_session_tags, "{condition}");
        assert_eq!(of(SessionTags::Possible, condition.clone()), with_them, "{condition}");
    }
}
