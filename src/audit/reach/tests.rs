//! Who can reach a table, case by case.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

pub(super) const ACCOUNT: &str = "123456789012";
pub(super) const TABLE: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
const ROLE: &str = "arn:aws:iam::123456789012:role/app/worker";
const USER: &str = "arn:aws:iam::123456789012:user/alice";

/// An item of the account.
pub(super) fn item(type_name: &str, name: &str, arn: &str, configuration: &Value, supplementary: &Value) -> Value {
    let region = if type_name.starts_with("AWS::IAM") { "global" } else { "eu-central-1" };
    json!({"resourceType": type_name, "resourceName": name, "resourceId": name, "ARN": arn, "awsAccountId": ACCOUNT,
           "awsRegion": region, "tags": {}, "configuration": configuration,
           "supplementaryConfiguration": supplementary})
}

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &Value, resource: &str) -> Value {
    json!({"Sid": "Own", "Effect": "Allow", "Action": action, "Resource": resource})
}

pub(super) fn role(statements: &Value) -> Value {
    role_with(statements, &json!({}))
}

fn role_with(statements: &Value, more: &Value) -> Value {
    let trust = policy(
        &json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}),
    );
    let mut configuration = json!({
        "arn": ROLE, "assumeRolePolicyDocument": trust,
        "rolePolicyList": [{"policyName": "p", "policyDocument": policy(statements)}]});
    for (key, value) in more.as_object().into_iter().flatten() {
        configuration[key] = value.clone();
    }
    item("AWS::IAM::Role", "worker", ROLE, &configuration, &json!({}))
}

fn user(statements: &Value, more: &Value) -> Value {
    let mut configuration =
        json!({"Arn": USER, "UserPolicyList": [{"PolicyName": "u", "PolicyDocument": policy(statements)}]});
    for (key, value) in more.as_object().into_iter().flatten() {
        configuration[key] = value.clone();
    }
    item("AWS::IAM::User", "alice", USER, &configuration, &json!({}))
}

pub(super) fn table(resource_policy: Option<&Value>) -> Value {
    let answer = resource_policy.map(|statements| json!({"GetResourcePolicy": {"Policy": policy(statements)}}));
    let configuration = json!({
        "globalSecondaryIndexes": [{"indexName": "by-customer"}], "latestStreamArn": format!("{TABLE}/stream/2026")});
    item("AWS::DynamoDB::Table", "orders", TABLE, &configuration, &answer.unwrap_or_else(|| json!({})))
}

fn endpoint(statements: &Value) -> Value {
    let configuration = json!({
        "vpcEndpointId": "vpce-1", "vpcEndpointType": "Gateway", "vpcId": "vpc-1",
        "serviceName": "com.amazonaws.eu-central-1.dynamodb", "policyDocument": policy(statements).to_string()});
    item("AWS::EC2::VPCEndpoint", "vpce-1", "arn:aws:ec2:x", &configuration, &json!({}))
}

fn organization(statements: &Value) -> Value {
    let full = json!({"Name": "FullAWSAccess", "Document": policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))});
    let own = json!({"Name": "guard", "Document": policy(statements)});
    item(
        "AWS::Organizations::Organization",
        "o-1",
        "arn:aws:organizations:x",
        &json!({"Id": "o-1", "MasterAccountId": "111111111111"}),
        &json!({"ServiceControlPolicies": [[full.clone()], [full, own]]}),
    )
}

pub(super) fn reach_of(items: &[Value]) -> Reach {
    let unknown = BTreeMap::from([("\u{E000}unread.x.answer\u{E001}".to_owned(), "iam:GetRolePolicy".to_owned())]);
    let read = items.iter().map(|body| ReadItem { body, unknown: &unknown });
    let account = Account::new(ACCOUNT, read, &[]);
    let mut all = account.reach("orders");
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The accesses as `principal: level certainty action by policy/statement ways`; the root user is left out.
fn lines(reach: &Reach) -> Vec<String> {
    let mut lines = Vec::new();
    for access in reach.principals.iter().chain(&reach.others).filter(|one| one.kind != PrincipalKind::Root) {
        for level in &access.levels {
            let by: Vec<String> = level.by.iter().map(|one| format!("{}/{}", one.policy, one.statement)).collect();
            let line = format!(
                "{}: {:?} {:?} {} by {} [{}] {}",
                access.principal.rsplit([':', '/']).next().unwrap_or_default(),
                level.level,
                level.certainty,
                level.action,
                by.join(" "),
                level.ways.join(" "),
                level.depends_on.join(" ")
            );
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

#[test]
fn roles_and_users_are_listed_with_the_deciding_statements() {
    let groups = item(
        "AWS::IAM::Group",
        "dev",
        "arn:aws:iam::123456789012:group/dev",
        &json!({"GroupName": "dev", "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": policy(&allow(&json!("dynamodb:PutItem"), TABLE))}]}),
        &json!({}),
    );
    let alice = user(&json!([]), &json!({"GroupList": ["dev"]}));
    let worker = role(&json!([allow(&json!(["dynamodb:Query", "s3:*"]), &format!("{TABLE}/index/*"))]));
    let reach = reach_of(&[table(None), groups, alice, worker]);
    insta::assert_snapshot!(lines(&reach).join("\n"), @r"
    worker: Read Allowed dynamodb:Query on index/by-customer by p/Own [public]
    alice: Write Allowed dynamodb:PutItem by g/Own [public]
    ");
    let root = reach.principals.iter().find(|one| one.kind == PrincipalKind::Root).expect("the root user");
    assert_eq!(root.levels.len(), 3);
    assert_eq!(reach.not_assessed, Vec::<String>::new());
}

#[test]
fn whoever_has_nothing_on_the_table_is_not_listed() {
    for statements in [
        json!([]),
        json!(allow(&json!("dynamodb:*"), "arn:aws:dynamodb:eu-central-1:123456789012:table/other")),
        json!(allow(&json!("dynamodb:*"), "arn:aws:dynamodb:us-east-1:123456789012:table/orders")),
        json!(allow(&json!(["s3:*", "dynamodb:DescribeTable"]), "*")),
        json!([allow(&json!("*"), "*"), {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}]),
    ] {
        assert_eq!(lines(&reach_of(&[table(None), role(&statements)])), Vec::<String>::new(), "{statements}");
    }
}

#[test]
fn conditions_that_the_request_decides_are_unknown() {
    let on_terms = |condition: Value| {
        let mut statement = allow(&json!("dynamodb:GetItem"), TABLE);
        statement["Condition"] = condition;
        lines(&reach_of(&[table(None), role(&statement)]))
    };
    let keys =
        on_terms(json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:PrincipalTag/customer}"]}}));
    assert_eq!(keys, ["worker: Read Unknown dynamodb:GetItem by p/Own [public] dynamodb:LeadingKeys"]);
    assert_eq!(on_terms(json!({"Bool": {"aws:SecureTransport": "true"}})).len(), 1, "the caller chooses");
    assert_eq!(on_terms(json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}})), Vec::<String>::new());
    assert_eq!(
        on_terms(json!({"StringEquals": {"aws:PrincipalTag/team": "x"}})),
        Vec::<String>::new(),
        "it has no tags"
    );
}

#[test]
fn boundaries_and_service_control_policies_take_away() {
    let arn = "arn:aws:iam::123456789012:policy/boundary";
    let boundary = |statements: &Value| {
        item(
            "AWS::IAM::Policy",
            "boundary",
            arn,
            &json!({"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": true, "Document": policy(statements)}]}),
            &json!({}),
        )
    };
    let bounded = json!({"permissionsBoundary": {"permissionsBoundaryArn": arn}});
    let everything = json!(allow(&json!("dynamodb:*"), "*"));
    let worker = role_with(&everything, &bounded);
    let only_reads = boundary(&json!(allow(&json!("dynamodb:GetItem"), "*")));
    let kept = lines(&reach_of(&[table(None), worker.clone(), only_reads]));
    assert_eq!(kept, ["worker: Read Allowed dynamodb:GetItem by p/Own [public]"]);
    let unread = lines(&reach_of(&[table(None), worker]));
    assert!(unread[0].contains("Unknown") && unread[0].contains("was not read"), "{unread:?}");
    let deny = |condition: Value| {
        organization(
            &json!({"Effect": "Deny", "Action": ["dynamodb:*Item*", "dynamodb:PartiQL*", "dynamodb:WriteDataForReplication"], "Resource": "*", "Condition": condition}),
        )
    };
    let writes = |organization: Value| {
        let found = lines(&reach_of(&[table(None), role(&everything), organization]));
        found.into_iter().filter(|line| line.contains("Write")).collect::<Vec<_>>()
    };
    assert_eq!(writes(deny(json!({}))), Vec::<String>::new());
    assert_eq!(writes(deny(json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app/worker"}}))).len(), 1);
    assert!(writes(deny(json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}})))[0].contains("Unknown"));
}

#[test]
fn resource_policies_let_in_the_named_and_not_the_whole_account() {
    let named = |principal: Value| {
        let policy = json!([{"Sid": "Share", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE, "Principal": principal}]);
        lines(&reach_of(&[table(Some(&policy)), role(&json!([])), user(&json!([]), &json!({}))]))
    };
    let expected =
        |who: &str| vec![format!("{who}: Read Allowed dynamodb:GetItem by the resource policy/Share [public]")];
    assert_eq!(named(json!({"AWS": ROLE})), expected("worker"));
    assert_eq!(named(json!({"AWS": USER})), expected("alice"));
    assert_eq!(named(json!({"AWS": ACCOUNT})), Vec::<String>::new(), "their own policies decide");
    assert_eq!(named(json!({"AWS": "210987654321"})), expected("210987654321"));
    assert_eq!(named(json!({"AWS": "arn:aws:iam::210987654321:role/other"})), expected("other"));
    assert_eq!(named(json!({"Service": "redshift.amazonaws.com"})), expected("redshift.amazonaws.com"));
    assert_eq!(named(json!("*")).len(), 3, "everybody, the role and the user");
}

#[test]
fn the_policy_of_a_stream_lets_others_read_it() {
    let stream = format!("{TABLE}/stream/2026");
    let statements = json!({"Sid": "Feed", "Effect": "Allow", "Action": "dynamodb:GetRecords", "Resource": stream, "Principal": {"AWS": "210987654321"}});
    let mut table = table(None);
    table["supplementaryConfiguration"]["StreamPolicy"] = json!({"Policy": policy(&statements)});
    let expected =
        "210987654321: Read Allowed dynamodb:GetRecords on the stream by the stream's resource policy/Feed [public]";
    assert_eq!(lines(&reach_of(&[table])), [expected]);
}

#[test]
fn policies_of_groups_may_stand_with_the_user() {
    let unread = "\u{E000}unread.x.answer\u{E001}";
    let read = policy(&allow(&json!("dynamodb:GetItem"), TABLE));
    let mut alice = user(&json!([]), &json!({"GroupList": ["dev"]}));
    alice["supplementaryConfiguration"]["Groups"] = json!([{"GroupName": "dev", "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": read}], "AttachedPolicies": []}]);
    assert_eq!(
        lines(&reach_of(&[table(None), alice.clone()])),
        ["alice: Read Allowed dynamodb:GetItem by g/Own [public]"]
    );
    alice["supplementaryConfiguration"]["Groups"] = json!(unread);
    assert_eq!(lines(&reach_of(&[table(None), alice])).len(), 3, "it may be anything");
}

#[test]
fn a_denial_of_the_resource_policy_holds_for_all() {
    let statements = json!([
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE, "Principal": {"AWS": "210987654321"}},
        {"Effect": "Deny", "Action": "dynamodb:*", "Resource": [TABLE, format!("{TABLE}/*")], "Principal": "*"}]);
    let worker = role(&json!(allow(&json!("dynamodb:*"), "*")));
    let reach = reach_of(&[table(Some(&statements)), worker]);
    assert!(reach.principals.is_empty() && reach.others.is_empty(), "{reach:?}");
}

#[test]
fn ways_are_those_that_endpoints_and_conditions_leave() {
    let reads =
        endpoint(&json!({"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": TABLE}));
    let worker = role(&json!(allow(&json!(["dynamodb:GetItem", "dynamodb:PutItem"]), TABLE)));
    let both = lines(&reach_of(&[table(None), worker.clone(), reads.clone()]));
    assert_eq!(
        both,
        [
            "worker: Read Allowed dynamodb:GetItem by p/Own [public vpce-1]",
            "worker: Write Allowed dynamodb:PutItem by p/Own [public]"
        ]
    );
    let only_here = json!({"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": TABLE,
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}});
    let inside = lines(&reach_of(&[table(Some(&json!([only_here]))), worker, reads]));
    assert_eq!(inside, ["worker: Read Allowed dynamodb:GetItem by p/Own [vpce-1]"]);
}

#[test]
fn policies_that_were_not_read_are_said() {
    let unread = "\u{E000}unread.x.answer\u{E001}";
    let mut worker = role(&json!([]));
    worker["configuration"]["rolePolicyList"] = json!(unread);
    let found = lines(&reach_of(&[table(None), worker]));
    assert_eq!(found.len(), 3, "it may do anything: {found:?}");
    assert!(found.iter().all(|line| line.contains("Unknown") && line.contains("iam:GetRolePolicy")), "{found:?}");
    let mut hidden = table(None);
    hidden["supplementaryConfiguration"]["GetResourcePolicy"] = json!(unread);
    let reach = reach_of(&[hidden, organization(&json!([]))]);
    assert!(
        reach.not_assessed.iter().any(|line| line.contains("resource policy could not be read (iam:GetRolePolicy)"))
    );
    let unlisted = Account::new(ACCOUNT, [], &["AWS::IAM::User"]);
    assert!(unlisted.not_assessed[0].contains("users of the account could not be listed"));
}

#[test]
fn roles_say_who_runs_as_them_and_who_may_take_them() {
    let trust = policy(&json!([
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ["210987654321", ACCOUNT]}},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"},
         "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}]));
    let worker =
        role_with(&json!(allow(&json!("dynamodb:GetItem"), TABLE)), &json!({"assumeRolePolicyDocument": trust}));
    let function = item("AWS::Lambda::Function", "orders", "arn:aws:lambda:x", &json!({"role": ROLE}), &json!({}));
    let reach = reach_of(&[table(None), worker, function]);
    let access = reach.principals.iter().find(|one| one.principal == ROLE).expect("the role");
    assert_eq!(access.used_by, ["orders"]);
    let trusts: Vec<_> = access.trusts.iter().map(|one| (one.principal.as_str(), one.outside, one.on_terms)).collect();
    assert_eq!(trusts, [(ACCOUNT, false, false), ("210987654321", true, false), ("lambda.amazonaws.com", false, true)]);
}

#[test]
fn service_linked_roles_are_past_service_control_policies() {
    let arn = "arn:aws:iam::123456789012:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForX";
    let mut linked = role(&json!(allow(&json!("dynamodb:UpdateTable"), "*")));
    linked["ARN"] = json!(arn);
    let deny = organization(&json!({"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}));
    let reach = reach_of(&[table(None), linked, deny]);
    let kinds: Vec<_> = reach.principals.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [PrincipalKind::ServiceLinkedRole], "not even the root user");
}
