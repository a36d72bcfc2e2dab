//! Every form of message that AWS documents, and other forms that were observed.

use serde_json::json;

use super::*;
use crate::base::Environment;
use crate::guard::testing::{TABLE, step};
use crate::guard::{RequestContext, ScpSource};
use crate::kind::AccessRequest;
use crate::policy::{Document, Level, Policy, PolicyKind};

const JOHN: &str = "arn:aws:iam::123456789012:user/John";

fn read(message: &str) -> Denial {
    Denial::read(message, Denied::ByCode).expect("a denial")
}

/// The examples of "Troubleshoot access denied error messages", in its order.
#[test]
fn every_documented_denial_message_yields_its_policy_type() {
    use DenialType::{Explicit, Implicit};
    use Layer::{
        IdentityPolicy, PermissionsBoundary, ResourceControlPolicy, ResourcePolicy, RoleTrustPolicy,
        ServiceControlPolicy, SessionPolicy, VpcEndpointPolicy,
    };
    let group = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*";
    let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:*";
    let list = "codecommit:ListRepositories";
    let deploy = "codedeploy:ListDeployments";
    let get = "secretsmanager:GetSecretValue";
    let assume = "sts:AssumeRole";
    let no = |kind: &str, action: &str| format!("because no {kind} allows the {action} action");
    let with = |kind: &str| format!("with an explicit deny in {kind}");
    let cases = [
        (list, None, no("service control policy", "codecommit:ListRespositories"), ServiceControlPolicy, Implicit),
        (list, None, with("a service control policy"), ServiceControlPolicy, Explicit),
        (get, Some(secret), with("a resource control policy"), ResourceControlPolicy, Explicit),
        (list, None, no("VPC endpoint policy", list), VpcEndpointPolicy, Implicit),
        (deploy, Some(group), with("a VPC endpoint policy"), VpcEndpointPolicy, Explicit),
        (deploy, Some(group), no("permissions boundary", deploy), PermissionsBoundary, Implicit),
        ("sagemaker:ListModels", None, with("a permissions boundary"), PermissionsBoundary, Explicit),
        (list, None, no("session policy", list), SessionPolicy, Implicit),
        (deploy, Some(group), with("a sessions policy"), SessionPolicy, Explicit),
        (get, None, no("resource-based policy", get), ResourcePolicy, Implicit),
        (get, Some(secret), with("a resource-based policy"), ResourcePolicy, Explicit),
        (assume, None, no("role trust policy", assume), RoleTrustPolicy, Implicit),
        (assume, None, with("the role trust policy"), RoleTrustPolicy, Explicit),
        (list, None, no("identity-based policy", list), IdentityPolicy, Implicit),
        (deploy, Some(group), with("an identity-based policy"), IdentityPolicy, Explicit),
    ];
    for (action, resource, why, layer, manner) in cases {
        let on = resource.map(|resource| format!(" on resource: {resource}")).unwrap_or_default();
        let message = format!("User: {JOHN} is not authorized to perform: {action}{on} {why}");
        let denial = read(&message);
        assert_eq!((denial.layer, denial.manner), (Some(layer), Some(manner)), "{message}");
        assert_eq!(denial.principal.as_deref(), Some(JOHN), "{message}");
        assert_eq!((denial.action.as_deref(), denial.resource.as_deref()), (Some(action), resource), "{message}");
        assert_eq!((denial.policy, denial.encoded), (None, None), "{message}");
    }
}

#[test]
fn denial_behind_a_vpc_endpoint_policy_is_recognized() {
    let denial = read(
        "User: arn:aws:sts::111122223333:assumed-role/role-name/role-session-name is not authorized to perform: \
         SNS:Publish on resource: arn:aws:sns:us-east-1:444455556666:role-name-2 with an explicit deny in a VPC endpoint \
         policy transitively through a service control policy",
    );
    assert_eq!((denial.layer, denial.through), (Some(Layer::VpcEndpointPolicy), Some(Layer::ServiceControlPolicy)));
    assert_eq!(denial.action.as_deref(), Some("SNS:Publish"));
}

#[test]
fn policy_arn_is_read_from_denial_message() {
    let scp = "arn:aws:organizations::987654321098:policy/o-qv5af4abcd/service_control_policy/p-2kgnabcd";
    let denial = read(&format!(
        "User: arn:aws:iam::123456789012:user/Matt is not authorized to perform: iam:ListRoles on resource: \
         arn:aws:iam::123456789012:role/* with an explicit deny in a service control policy: {scp}"
    ));
    assert_eq!(denial.layer, Some(Layer::ServiceControlPolicy));
    assert_eq!(denial.policy.as_deref(), Some(scp));
    assert_eq!(denial.resource.as_deref(), Some("arn:aws:iam::123456789012:role/*"));
    let denial = read(
        "User: arn:aws:iam::123456789012:user/janedoe is not authorized to perform: iam:CreateInstanceProfile on \
         resource: arn:aws:iam::123456789012:instance-profile/my-instance-profile with an explicit deny in an \
         identity-based policy: arn:aws:iam::123456789012:policy/ExampleDenyPolicy. Go to \
         https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/EXAMPLE1a2b for \
         complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: EXAMPLE1a2b",
    );
    assert_eq!(denial.policy.as_deref(), Some("arn:aws:iam::123456789012:policy/ExampleDenyPolicy"));
    assert_eq!(denial.authorization_id.as_deref(), Some("EXAMPLE1a2b"));
    assert_eq!(
        denial.ask,
        ["aws iam-toolbox get-request-authorization-details --region us-east-1 --authorization-id EXAMPLE1a2b"]
    );
}

/// The console also has an address without a region.
#[test]
fn region_is_read_from_console_url_only_if_plausible() {
    let asked = |host: &str| {
        let message = format!(
            "User: {JOHN} is not authorized to perform: iam:ListRoles. Go to https://{host}/iam/home for complete details, or \
             call the GetRequestAuthorizationDetails API with the following authorization id: a1"
        );
        read(&message).ask.join("\n").replace("aws iam-toolbox get-request-authorization-details", "")
    };
    assert_eq!(asked("us-gov-west-1.console.amazonaws-us-gov.com"), " --region us-gov-west-1 --authorization-id a1");
    for host in ["console.aws.amazon.com", "my-1.example.com", "eu--1.example.com", "-1", "eu-central-.example.com"] {
        assert_eq!(asked(host), " --authorization-id a1", "{host}");
    }
}

#[test]
fn ec2_denial_is_read_from_encoded_and_plain_parts() {
    let message = "You are not authorized to perform this operation. User: \
        arn:aws:sts::111122223333:assumed-role/Admin/me@example.com is not authorized to perform: ec2:CreateVpcEndpoint on \
        resource: arn:aws:ec2:us-east-1:111122223333:vpc-endpoint/* with an explicit deny in a service control policy: \
        arn:aws:organizations::999988887777:policy/o-4z1leiit0c/service_control_policy/p-idgyiios. Encoded authorization \
        failure message: OIau77IwNA-RjpafXihrUW41_WAUxaBKeALVOZ";
    let denial = read(message);
    assert_eq!(denial.principal.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/Admin/me@example.com"));
    assert_eq!(denial.resource.as_deref(), Some("arn:aws:ec2:us-east-1:111122223333:vpc-endpoint/*"));
    assert!(denial.policy.as_deref().is_some_and(|arn| arn.ends_with("/p-idgyiios")), "{:?}", denial.policy);
    assert_eq!(denial.encoded.as_deref(), Some("OIau77IwNA-RjpafXihrUW41_WAUxaBKeALVOZ"));
    assert!(said_in_short(message).ends_with("p-idgyiios."));
    let before =
        "You are not authorized to perform this operation. Encoded authorization failure message: EjE8j1AEXAMPLE";
    let denial = read(before);
    assert_eq!((denial.layer, denial.action.as_deref()), (None, None));
    assert_eq!(denial.encoded.as_deref(), Some("EjE8j1AEXAMPLE"));
    assert_eq!(denial.ask, ["aws sts decode-authorization-message --encoded-message EjE8j1AEXAMPLE"]);
    let hostile = read("Encoded authorization failure message: x$(reboot)");
    assert_eq!(hostile.ask, ["aws sts decode-authorization-message --encoded-message x"], "nothing but the alphabet");
}

#[test]
fn service_specific_denial_messages_are_parsed() {
    let denial = read(
        "User: arn:aws:iam::1:user/mateojackson is not authorized to perform: widgets:GetWidget on resource: my-example-widget",
    );
    assert_eq!((denial.layer, denial.manner), (None, None), "what isn't told is not made up");
    assert_eq!(denial.resource.as_deref(), Some("my-example-widget"));
    let quoted = read(
        "arn:aws:sts::1:assumed-role/R/s is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::b\" because \
         no session policy allows the s3:ListBucket action (Service: Amazon S3; Status Code: 403)",
    );
    assert_eq!((quoted.layer, quoted.resource.as_deref()), (Some(Layer::SessionPolicy), Some("arn:aws:s3:::b")));
    let named = read(
        "User: arn:aws:iam::1:user/u is not authorized to perform: iam:CreatePolicyVersion on resource: policy \
         arn:aws:iam::1:policy/p with an explicit deny in a permissions boundary: arn:aws:iam::1:policy/B",
    );
    assert_eq!(named.resource.as_deref(), Some("arn:aws:iam::1:policy/p"));
    let role = read(
        "User: arn:aws:iam::1:user/u is not authorized to perform: iam:GetRole on resource: role voclabs with an explicit deny",
    );
    assert_eq!(
        (role.resource.as_deref(), role.manner, role.layer),
        (Some("role voclabs"), Some(DenialType::Explicit), None)
    );
    let java = read(
        "User: arn:aws:iam::1:user/u is not authorized to perform: ec2:DescribeInstances with an explicit deny in a permissions boundary: arn:aws:iam::1:policy/b (Service: Ec2, Status Code: 403)",
    );
    assert_eq!(java.policy.as_deref(), Some("arn:aws:iam::1:policy/b"));
    for silent in
        ["", "Access Denied", "User: is not authorized to perform:", "because no explicit deny in: on resource: "]
    {
        let denial = read(silent);
        assert_eq!((denial.principal, denial.action, denial.layer), (None, None, None), "{silent}");
    }
}

#[test]
fn other_errors_are_not_denials() {
    assert_eq!(Denial::read("Table already exists: orders", Denied::NotByCode), None);
    // Lambda passes on EC2's denial.
    let wrapped = "Your access has been denied by EC2: User: arn:aws:iam::1:user/u is not authorized to perform: ec2:DescribeSubnets";
    let denial = Denial::read(wrapped, Denied::NotByCode).expect("a denial");
    assert_eq!(denial.action.as_deref(), Some("ec2:DescribeSubnets"));
}

/// The example of `aws sts decode-authorization-message` in the AWS CLI reference.
#[test]
fn decoded_details_complete_the_denial() {
    let details = json!({
        "allowed": false, "explicitDeny": true,
        "matchedStatements": {"items": [{
            "statementId": "VisualEditor0", "effect": "DENY",
            "principals": {"items": [{"value": "AROA123456789EXAMPLE"}]}, "principalGroups": {"items": []},
            "actions": {"items": [{"value": "ec2:RunInstances"}]}, "resources": {"items": [{"value": "*"}]},
            "conditions": {"items": []}
        }]},
        "failures": {"items": []},
        "context": {
            "principal": {"id": "AROA123456789EXAMPLE:Ana", "arn": "arn:aws:sts::111122223333:assumed-role/Developer/Ana"},
            "action": "RunInstances", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/*",
            "conditions": {"items": [{"key": "ec2:InstanceMarketType", "values": {"items": [{"value": "on-demand"}]}}]}
        }
    });
    let mut denial = read("You are not authorized to perform this operation. Encoded authorization failure message: E");
    denial.decoded(&details.to_string());
    assert_eq!(denial.manner, Some(DenialType::Explicit));
    assert_eq!(denial.action.as_deref(), Some("ec2:RunInstances"));
    assert_eq!(denial.principal.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/Developer/Ana"));
    assert_eq!(denial.resource.as_deref(), Some("arn:aws:ec2:us-east-1:111122223333:instance/*"));
    assert_eq!(denial.statements[0].sid, "VisualEditor0");
    assert!(denial.ask.is_empty(), "nothing more to ask");
    assert_eq!(denial.statements[0].actions, ["ec2:RunInstances"]);
    for unexpected in ["", "[]", "{}", "{\"matchedStatements\": {\"items\": 3}}", "{\"context\": \"x\"}"] {
        let mut denial = read("Encoded authorization failure message: E");
        denial.decoded(unexpected);
        assert!(denial.statements.is_empty());
    }
}

fn deny(name: &str, action: &str) -> Policy {
    let document = json!({"Version": "2012-10-17", "Statement": {"Sid": "No", "Effect": "Deny", "Action": action, "Resource": "*"}});
    Policy::new(name, &Document::from_value(&document, PolicyKind::Scp).expect("a policy"))
}

fn judged(message: &str, requires: Vec<AccessRequest>, policies: Vec<Policy>) -> Denial {
    let env = Environment::new("123456789012", "eu-central-1");
    let at = "2026-11-21T12:00:00Z".parse().expect("a time");
    let asker = RequestContext { env: &env, caller: None, membership: None, at };
    let scps = [ScpSource::of_files("guardrails.scps", vec![Level { name: "root".to_owned(), policies }])];
    let step = step(requires);
    let mut denial = read(message);
    judged_again(&mut denial, Some(&step.address), Some(&step), Judges { scps: &scps, rcps: None, asker: &asker });
    denial
}

#[test]
fn matching_deny_statement_is_named() {
    let by_scp = format!(
        "User: {JOHN} is not authorized to perform: dynamodb:CreateTable on resource: {TABLE} with an explicit deny in a service control policy"
    );
    let requires =
        || vec![AccessRequest::new("dynamodb:CreateTable", TABLE), AccessRequest::new("dynamodb:TagResource", TABLE)];
    let denial = judged(
        &by_scp,
        requires(),
        vec![deny("a.json", "dynamodb:CreateTable"), deny("b.json", "dynamodb:TagResource")],
    );
    let named: Vec<_> = denial.judged.iter().map(|v| (v.rule.as_str(), v.statement.as_deref())).collect();
    assert_eq!(named, [("a.json", Some("No"))], "only what AWS denied is asked about");
    assert_eq!(denial.allow, None, "nothing that is added helps against an explicit deny");
    // The policy that AWS names comes before others that would deny as well.
    let named = format!("{by_scp}: arn:aws:organizations::1:policy/o-a/service_control_policy/p-two");
    let denial = judged(&named, requires(), vec![deny("one (p-one)", "dynamodb:*"), deny("two (p-two)", "dynamodb:*")]);
    let named: Vec<_> = denial.judged.iter().map(|verdict| verdict.rule.as_str()).collect();
    assert_eq!(named, ["two (p-two)"]);
    let by_identity = format!(
        "User: {JOHN} is not authorized to perform: dynamodb:CreateTable on resource: {TABLE} because no identity-based policy allows the dynamodb:CreateTable action"
    );
    let denial = judged(&by_identity, requires(), vec![deny("a.json", "dynamodb:CreateTable")]);
    assert!(denial.judged.is_empty(), "AWS says that it was another layer");
    assert_eq!(denial.allow, Some(json!({"Effect": "Allow", "Action": "dynamodb:CreateTable", "Resource": TABLE})));
    assert!(denial.mend.contains(JOHN), "{}", denial.mend);
}

#[test]
fn suggested_pass_role_is_limited_to_the_service() {
    let role = "arn:aws:iam::123456789012:role/worker";
    let pass = AccessRequest::new("iam:PassRole", role).with("iam:PassedToService", ["lambda.amazonaws.com"]);
    let message = format!(
        "User: {JOHN} is not authorized to perform: iam:PassRole on resource: {role} because no identity-based policy allows the iam:PassRole action"
    );
    let denial = judged(&message, vec![AccessRequest::new("lambda:CreateFunction", "*"), pass], Vec::new());
    assert_eq!(
        denial.allow,
        Some(json!({
            "Effect": "Allow", "Action": "iam:PassRole", "Resource": role,
            "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
        }))
    );
}

#[test]
fn unspecific_denial_lists_all_required_actions() {
    let requires =
        vec![AccessRequest::new("dynamodb:TagResource", TABLE), AccessRequest::new("dynamodb:CreateTable", TABLE)];
    let denial = judged("Access Denied", requires, vec![deny("a.json", "dynamodb:TagResource")]);
    assert_eq!(denial.judged.len(), 1);
    let actions = json!(["dynamodb:CreateTable", "dynamodb:TagResource"]);
    assert_eq!(denial.allow, Some(json!({"Effect": "Allow", "Action": actions, "Resource": TABLE})));
    assert!(denial.mend.contains("AWS doesn't report"), "{}", denial.mend);
}

mod laws {
    use proptest::prelude::*;

    use super::*;

    /// Pieces of AWS's messages, and texts between them.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("User: ".to_owned()),
            Just(" is not authorized to perform: ".to_owned()),
            Just(" on resource: ".to_owned()),
            Just(" because no ".to_owned()),
            Just(" with an explicit deny in a ".to_owned()),
            Just("service control policy: arn:aws:organizations::1:policy/o/p-x".to_owned()),
            Just("VPC endpoint policy transitively through a ".to_owned()),
            Just(" Encoded authorization failure message: ".to_owned()),
            Just("Go to https://".to_owned()),
            Just(" with the following authorization id: ".to_owned()),
            "\\PC{0,12}",
        ]
    }

    proptest! {
        /// Reads any message without a panic, and checks that each suggested command is a command and nothing more.
        #[test]
        fn any_denial_message_is_parsed_without_panic(pieces in prop::collection::vec(piece(), 0..8), details in "\\PC{0,40}") {
            let mut denial = Denial::read(&pieces.concat(), Denied::ByCode).expect("the code says so");
            for command in &denial.ask {
                let safe = |c: char| c.is_ascii_alphanumeric() || "-_ ".contains(c);
                prop_assert!(command.starts_with("aws ") && command.chars().all(safe), "{}", command);
            }
            denial.decoded(&details);
        }
    }
}
