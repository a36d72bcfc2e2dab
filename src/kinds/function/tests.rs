//! Laws and cases of functions that need no AWS.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::identity::{LOG_GROUP, OTHER_GROUP, OWNED};
use super::testing::{World, bodies};
use super::*;
use crate::base::{Address, Environment, PropertyPath};
use crate::kind::{
    Change, Context, Difference, Facts, Kind, Observed, PlannedOperation, Rule, SecurityGroup, SharedLookup,
    StepContext, Subnet, Vpc, holds,
};
use crate::path;

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

fn facts() -> Facts {
    let subnet = |id: &str, default| Subnet {
        id: id.to_owned(),
        vpc: "vpc-1".to_owned(),
        availability_zone: "eu-central-1a".to_owned(),
        is_default_for_az: default,
    };
    Facts {
        vpcs: vec![Vpc { id: "vpc-1".to_owned(), is_default: true }],
        subnets: vec![subnet("subnet-2", true), subnet("subnet-1", true), subnet("subnet-9", false)],
        default_security_groups: vec![SecurityGroup { id: "sg-1".to_owned(), vpc: "vpc-1".to_owned() }],
        ..Facts::default()
    }
}

fn body() -> Value {
    json!({
        "runtime": "python3.13",
        "handler": "lambda_function.lambda_handler",
        "code": {"path": "lambdas/x", "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "size": 10},
        "role": "arn:aws:iam::123456789012:role/r"
    })
}

pub(super) fn with(changes: Value) -> FunctionSpec {
    let mut body = body();
    if let (Value::Object(body), Value::Object(changes)) = (&mut body, changes) {
        body.extend(changes);
    }
    serde_json::from_value(body).expect("a function")
}

pub(super) fn normal(spec: &FunctionSpec) -> FunctionSpec {
    let (env, facts) = (env(), facts());
    let mut spec = spec.clone();
    Function::normalize(&mut spec, &Context { name: "f", env: &env, facts: Some(&facts) }).expect("resolved");
    spec
}

pub(super) fn observed(spec: FunctionSpec, group: Option<&str>) -> Observed<FunctionSpec> {
    let outputs = group.map(|whose| (LOG_GROUP.to_owned(), whose.to_owned())).into_iter().collect();
    Observed { spec, outputs, unique_id: String::new(), unmanaged: Vec::new() }
}

/// The differences of two functions, by top-level property, and by entry in permissions and tags.
fn differences(before: &FunctionSpec, after: &FunctionSpec) -> Vec<Difference> {
    let tree = |spec: &FunctionSpec| serde_json::to_value(spec).expect("a tree");
    let (before, after) = (tree(before), tree(after));
    let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let mut found = Vec::new();
    let mut compare = |path: PropertyPath, before: &Value, after: &Value| {
        if before != after && !holds(Function::RULES, Rule::Hidden, &path) {
            let side = |value: &Value| (!value.is_null()).then(|| value.clone());
            found.push(Difference {
                path,
                before: side(before),
                after: side(after),
                sensitive: false,
                forces_replacement: false,
            });
        }
    };
    let mut all = keys(&before);
    all.extend(keys(&after));
    all.sort();
    all.dedup();
    for key in all {
        if ["permissions", "tags", "log_group_tags", "code"].contains(&key.as_str()) {
            let mut inner = keys(&before[&key]);
            inner.extend(keys(&after[&key]));
            inner.sort();
            inner.dedup();
            for entry in inner {
                compare(path![&key, &entry], &before[&key][&entry], &after[&key][&entry]);
            }
        } else {
            compare(path![&key], &before[&key], &after[&key]);
        }
    }
    found
}

fn moves(change: Change<'_, FunctionSpec>) -> Vec<PlannedOperation<Op>> {
    let (address, env) = (Address::new("functions", "f"), env());
    Function::steps(change, &StepContext { address: &address, name: "f", env: &env, token: "t", facts: None })
}

pub(super) fn update(before: &Observed<FunctionSpec>, after: &FunctionSpec) -> Vec<PlannedOperation<Op>> {
    let differences = differences(&before.spec, after);
    moves(Change::Update { before, after, differences: &differences })
}

fn trees(moves: &[PlannedOperation<Op>]) -> Value {
    moves.iter().map(|one| serde_json::to_value(&one.op).expect("a tree")).collect()
}

proptest! {
    #[test]
    fn normalization_is_idempotent(body in bodies(&World::imagined())) {
        let once = normal(&serde_json::from_value(body).expect("a function"));
        prop_assert_eq!(&normal(&once), &once);
        let tree = serde_json::to_value(&once).expect("a tree");
        prop_assert_eq!(serde_json::from_value::<FunctionSpec>(tree).expect("a function"), once);
    }

    #[test]
    fn every_difference_has_a_call(a in bodies(&World::imagined()), b in bodies(&World::imagined())) {
        let spec = |body| normal(&serde_json::from_value(body).expect("a function"));
        let (mut a, mut b) = (spec(a), spec(b));
        a.permissions.get_or_insert_default();
        Function::adopt_live_values(&mut b, &a);
        let before = observed(a, Some(OWNED));
        let moves = update(&before, &b);
        for difference in differences(&before.spec, &b) {
            let covered = moves.iter().flat_map(|one| &one.covers).any(|cover| cover.covers(&difference.path));
            prop_assert!(covered, "{} is not covered", difference.path);
        }
        for one in &moves {
            let tree = serde_json::to_value(&one.op).expect("a tree");
            prop_assert_eq!(&serde_json::from_value::<Op>(tree.clone()).expect("an operation"), &one.op);
            let name = tree.as_object().and_then(|map| map.keys().next().cloned());
            prop_assert_eq!(name.as_deref(), Some(Function::call(&one.op).operation));
        }
        prop_assert!(update(&observed(b.clone(), Some(OWNED)), &b).is_empty());
    }
}

#[test]
fn defaults_are_those_of_aws() {
    let spec = with(json!({}));
    assert_eq!((spec.memory, spec.timeout, spec.ephemeral_storage), (128, 3, 512));
    assert_eq!((spec.architecture, spec.tracing), (spec::Architecture::X86, spec::Tracing::PassThrough));
    assert_eq!((spec.vpc, spec.permissions, spec.log_retention), (None, None, None));
}

#[test]
fn default_vpc_is_resolved_from_lookups() {
    let spec = with(json!({"vpc": {"subnets": "default", "security_groups": "default"}}));
    assert_eq!(
        Function::lookups(&spec),
        [SharedLookup::Vpcs, SharedLookup::Subnets, SharedLookup::DefaultSecurityGroups]
    );
    let tree = serde_json::to_value(normal(&spec)).expect("a tree");
    assert_eq!(tree["vpc"], json!({"subnets": ["subnet-1", "subnet-2"], "security_groups": ["sg-1"]}));

    let listed = with(json!({"vpc": {"subnets": ["subnet-9"]}}));
    let tree = serde_json::to_value(normal(&listed)).expect("a tree");
    assert_eq!(tree["vpc"], json!({"subnets": ["subnet-9"], "security_groups": ["sg-1"]}));

    let (env, none) = (env(), Facts::default());
    let cx = |facts| Context { name: "f", env: &env, facts };
    let problems = Function::normalize(&mut spec.clone(), &cx(Some(&none))).expect_err("no default VPC");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("no default VPC"));
    let mut offline = spec.clone();
    Function::normalize(&mut offline, &cx(None)).expect("left for later");
    assert_eq!(offline, spec);
    assert!(serde_json::from_value::<spec::Choice>(json!("all")).is_err());
}

#[test]
fn a_role_may_be_given_by_name() {
    assert_eq!(normal(&with(json!({"role": "path/r"}))).role, "arn:aws:iam::123456789012:role/path/r");
}

#[test]
fn everything_is_set_at_creation() {
    let spec = normal(&with(json!({
        "architecture": "arm64", "memory": 256, "timeout": 10, "ephemeral_storage": 1024,
        "environment": {"TABLE_NAME": "t"}, "vpc": {}, "dead_letter": "arn:aws:sqs:eu-central-1:123456789012:d",
        "tracing": "active", "layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:l:1"],
        "kms_key": "arn:aws:kms:eu-central-1:123456789012:key/k", "reserved_concurrency": 5, "log_retention": 14,
        "permissions": {"cognito": {"principal": "cognito-idp.amazonaws.com", "source_account": "123456789012"}},
        "description": "d", "tags": {"a": "b"}
    })));
    let moves = moves(Change::Create { after: &spec });
    assert_eq!(
        trees(&moves),
        json!([
            {"CreateLogGroup": {"logGroupName": "/aws/lambda/f", "tags": {"a": "b"}}},
            {"PutRetentionPolicy": {"logGroupName": "/aws/lambda/f", "retentionInDays": 14}},
            {"CreateFunction": {
                "FunctionName": "f", "Runtime": "python3.13", "Role": "arn:aws:iam::123456789012:role/r",
                "Handler": "lambda_function.lambda_handler",
                "Code": {"ZipFile": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, "Description": "d",
                "Timeout": 10, "MemorySize": 256,
                "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
                "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-central-1:123456789012:d"},
                "Environment": {"Variables": {"TABLE_NAME": "t"}},
                "KMSKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/k", "TracingConfig": {"Mode": "Active"},
                "Tags": {"a": "b"}, "Layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:l:1"],
                "Architectures": ["arm64"], "EphemeralStorage": {"Size": 1024}
            }},
            {"PutFunctionConcurrency": {"FunctionName": "f", "ReservedConcurrentExecutions": 5}},
            {"AddPermission": {
                "FunctionName": "f", "StatementId": "cognito", "Action": "lambda:InvokeFunction",
                "Principal": "cognito-idp.amazonaws.com", "SourceAccount": "123456789012"
            }}
        ])
    );
    let (address, env) = (Address::new("functions", "f"), env());
    let cx = StepContext { address: &address, name: "f", env: &env, token: "t", facts: None };
    let actions: Vec<String> =
        moves.iter().flat_map(|one| Function::requires(&one.op, &cx)).map(|request| request.action).collect();
    assert_eq!(
        actions,
        [
            "logs:CreateLogGroup",
            "logs:TagResource",
            "logs:PutRetentionPolicy",
            "lambda:CreateFunction",
            "iam:PassRole",
            "lambda:TagResource",
            "lambda:GetLayerVersion",
            "ec2:DescribeVpcs",
            "ec2:DescribeSubnets",
            "ec2:DescribeSecurityGroups",
            "kms:CreateGrant",
            "kms:Encrypt",
            "kms:Decrypt",
            "lambda:PutFunctionConcurrency",
            "lambda:AddPermission"
        ]
    );
    let create = Function::requires(&moves[2].op, &cx).remove(0);
    assert_eq!(create.resource, "arn:aws:lambda:eu-central-1:123456789012:function:f");
    for key in ["aws:RequestTag/a", "aws:TagKeys", "lambda:Layer", "lambda:SubnetIds", "lambda:SecurityGroupIds"] {
        assert!(create.context.contains_key(key), "{key}");
    }
    let pass = Function::requires(&moves[2].op, &cx).remove(1);
    assert_eq!(pass.resource, "arn:aws:iam::123456789012:role/r");
    assert_eq!(pass.context["iam:PassedToService"], ["lambda.amazonaws.com"]);
}

#[test]
fn vpc_id_is_derived_from_subnets() {
    let (address, env, facts) = (Address::new("functions", "f"), env(), facts());
    let subnet = &facts.subnets[0];
    let cx = StepContext { address: &address, name: "f", env: &env, token: "t", facts: Some(&facts) };
    let needed = |vpc: Value| {
        let body = json!({"vpc": {"subnets": [vpc], "security_groups": ["sg-1"]}});
        Function::requires(&moves(Change::Create { after: &normal(&with(body)) })[0].op, &cx).remove(0)
    };
    assert_eq!(needed(json!(subnet.id)).context["lambda:VpcIds"], [subnet.vpc.as_str()]);
    assert!(!needed(json!("subnet-elsewhere")).context.contains_key("lambda:VpcIds"), "it is in one, but which?");
    let outside = normal(&with(json!({})));
    let outside = Function::requires(&moves(Change::Create { after: &outside })[0].op, &cx).remove(0);
    assert!(outside.context["lambda:VpcIds"].is_empty(), "it is in none");
}

#[test]
fn removed_properties_are_sent_as_empty_values() {
    let before = normal(&with(json!({
        "environment": {"A_B": "c"}, "vpc": {}, "dead_letter": "arn:aws:sqs:eu-central-1:123456789012:d",
        "layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:l:1"], "description": "d",
        "kms_key": "arn:aws:kms:eu-central-1:123456789012:key/k"
    })));
    let moves = update(&observed(before, None), &normal(&with(json!({}))));
    assert_eq!(
        trees(&moves),
        json!([{"UpdateFunctionConfiguration": {
            "FunctionName": "f", "Description": "",
            "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": false},
            "Environment": {"Variables": {}}, "DeadLetterConfig": {"TargetArn": ""}, "KMSKeyArn": "", "Layers": []
        }}])
    );
}

#[test]
fn code_and_architecture_go_in_one_call() {
    let before = observed(normal(&with(json!({}))), None);
    let mut after = before.spec.clone();
    after.code.path = None;
    after.code.size = Some(99);
    assert!(update(&before, &after).is_empty());
    after.architecture = spec::Architecture::Arm;
    after.memory = 512;
    let trees = trees(&update(&before, &after));
    assert_eq!(
        trees,
        json!([
            {"UpdateFunctionConfiguration": {"FunctionName": "f", "MemorySize": 512}},
            {"UpdateFunctionCode": {
                "FunctionName": "f", "ZipFile": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                "Architectures": ["arm64"]
            }}
        ])
    );
}

#[test]
fn a_permission_that_changed_is_removed_and_added_anew() {
    let permissions =
        |principal: &str| json!({"permissions": {"p": {"principal": principal}, "kept": {"principal": "*"}}});
    let before = observed(normal(&with(permissions("events.amazonaws.com"))), None);
    let after = normal(&with(permissions("sns.amazonaws.com")));
    let operations: Vec<_> = update(&before, &after).iter().map(|one| Function::call(&one.op).operation).collect();
    assert_eq!(operations, ["RemovePermission", "AddPermission"]);
    let differences = differences(&before.spec, &after);
    let change = Change::Update { before: &before, after: &after, differences: &differences };
    assert_eq!(Function::warnings(change, &differences).len(), 1);
}

#[test]
fn only_own_log_group_is_deleted_with_the_function() {
    let operations = |group: Option<&str>| -> Vec<&'static str> {
        let before = observed(normal(&with(json!({"log_retention": 7, "vpc": {}}))), group);
        moves(Change::Delete { before: &before, backup: None })
            .iter()
            .map(|one| Function::call(&one.op).operation)
            .collect()
    };
    assert_eq!(operations(Some(OWNED)), ["DeleteLogGroup", "DeleteFunction"]);
    assert_eq!(operations(Some("found")), ["DeleteFunction"]);
    assert_eq!(operations(None), ["DeleteFunction"]);
}

#[test]
fn existing_log_group_is_not_created_again() {
    let after = normal(&with(json!({"log_retention": 7})));
    let operations = |group| -> Vec<_> {
        let before = observed(normal(&with(json!({}))), group);
        update(&before, &after).iter().map(|one| Function::call(&one.op).operation).collect()
    };
    assert_eq!(operations(Some("found")), ["PutRetentionPolicy"]);
    assert_eq!(operations(None), ["CreateLogGroup", "PutRetentionPolicy"]);
}

#[test]
fn custom_log_group_gets_retention_and_is_reported() {
    let after = normal(&with(json!({"log_retention": 7})));
    let group = |spec: FunctionSpec, whose: Option<&str>| {
        let mut live = observed(spec, whose);
        live.outputs.insert(OTHER_GROUP.to_owned(), "/shared".to_owned());
        live
    };
    let before = group(normal(&with(json!({}))), Some("found"));
    assert_eq!(
        trees(&update(&before, &after)),
        json!([{"PutRetentionPolicy": {"logGroupName": "/shared", "retentionInDays": 7}}])
    );
    let (address, env) = (Address::new("functions", "f"), env());
    let cx = StepContext { address: &address, name: "f", env: &env, token: "t", facts: None };
    let needed = Function::requires(&update(&before, &after)[0].op, &cx);
    assert_eq!(needed[0].resource, "arn:aws:logs:eu-central-1:123456789012:log-group:/shared:*");
    assert_eq!(
        trees(&update(&group(normal(&with(json!({}))), None), &after))[0]["CreateLogGroup"]["logGroupName"],
        "/shared"
    );
    assert!(Function::remarks(&after, &before)[0].contains("`/shared`"));
    assert_eq!(Function::remarks(&normal(&with(json!({}))), &before), [""; 0], "the file says nothing of it");
    let deletes = moves(Change::Delete { before: &group(after, Some("found")), backup: None });
    assert_eq!(deletes.len(), 1, "it is somebody's");
}

#[test]
fn log_group_gets_the_tags_of_its_function() {
    let tagged = |tags: Value, group: Value| {
        let mut spec = normal(&with(json!({"log_retention": 7, "tags": tags})));
        spec.log_group_tags = serde_json::from_value(group).expect("tags");
        spec
    };
    let mut wanted = tagged(json!({"a": "1"}), Value::Null);
    // Tags that others gave the group, as `c`, are theirs.
    let live = tagged(json!({"a": "1", "b": "3"}), json!({"a": "2", "b": "3", "c": "4"}));
    Function::adopt_live_values(&mut wanted, &live);
    let arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/f";
    assert_eq!(
        trees(&update(&observed(live, Some(OWNED)), &wanted)),
        json!([
            {"TagResource": {"resourceArn": arn, "tags": {"a": "1"}}},
            {"UntagResource": {"resourceArn": arn, "tagKeys": ["b"]}},
            {"UntagResource": {"Resource": "arn:aws:lambda:eu-central-1:123456789012:function:f", "TagKeys": ["b"]}}
        ])
    );
    let theirs = tagged(json!({"a": "1"}), Value::Null);
    Function::adopt_live_values(&mut wanted, &theirs);
    assert_eq!(wanted.log_group_tags, None, "a group of somebody's keeps its tags");
}

#[test]
fn limits_of_aws_are_checked() {
    let env = env();
    let check = |name: &str, changes: Value| -> Vec<String> {
        let problems = Function::check(&with(changes), &Context { name, env: &env, facts: None });
        problems.iter().map(|problem| problem.path.to_string()).collect()
    };
    assert!(check("f", json!({"environment": {"TABLE_NAME": "t"}})).is_empty());
    assert_eq!(check("a.b", json!({})), ["name"]);
    assert_eq!(check(&"a".repeat(65), json!({})), ["name"]);
    assert_eq!(check("f", json!({"environment": {"AWS_REGION": "x", "1A": "x", "A": "x", "A-B": "x"}})).len(), 4);
    assert_eq!(check("f", json!({"permissions": {"a b": {"principal": "*"}}})), [r#"permissions["a b"]"#]);
    // `{"A1":"…"}` has nine bytes beside the value.
    let variable = |bytes: usize| json!({"environment": {"A1": "x".repeat(bytes - 9)}});
    assert_eq!(check("f", variable(4096)), [""; 0]);
    assert_eq!(check("f", variable(4097)), ["environment"]);
    let large = json!({"code": {"path": "x", "sha256": "x", "size": 60_000_000}});
    assert_eq!(check("f", large), ["code"]);
}

#[test]
fn unmanaged_properties_keep_live_values() {
    let live = with(json!({"reserved_concurrency": 3, "log_retention": 7, "permissions": {"p": {"principal": "*"}}}));
    let mut desired = with(json!({}));
    Function::adopt_live_values(&mut desired, &live);
    assert_eq!(desired, live);
    let mut declared = with(json!({"permissions": {}}));
    Function::adopt_live_values(&mut declared, &live);
    assert_eq!(declared.permissions, Some(std::collections::BTreeMap::new()));
}

#[test]
fn schema_contains_aws_limits() {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<FunctionSpec>().to_value();
    let property = |name: &str| &schema["properties"][name];
    assert_eq!(property("timeout")["maximum"], json!(5400));
    assert_eq!(property("memory")["minimum"], json!(128));
    assert_eq!(property("code")["x-underpin"], json!("code"));
    assert_eq!(property("environment")["additionalProperties"]["x-underpin"], json!("sensitive"));
    assert!(property("log_retention")["enum"].as_array().is_some_and(|days| days.contains(&json!(14))));
    assert!(schema["required"].as_array().is_some_and(|required| required.len() == 4));
}

#[test]
fn role_that_does_not_trust_lambda_is_refused() {
    let check = |section: &str, name: &str, principal: &Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]});
        let role = json!({"assume_role_policy": policy});
        Function::check_dependency(&normal(&with(json!({}))), &Address::new(section, "key"), name, &role)
    };
    let batch = json!({"Service": "batch.amazonaws.com"});
    let problem = check("roles", "r", &batch).expect("it is refused");
    assert_eq!(problem.path, path!["role"]);
    assert!(problem.message.contains("`roles.key` does not let `lambda.amazonaws.com`"), "{}", problem.message);
    assert_eq!(check("roles", "r", &json!({"Service": "lambda.amazonaws.com"})), None);
    assert_eq!(check("roles", "another", &batch), None, "what else it refers to is not its role");
    assert_eq!(check("tables", "r", &batch), None);
    let sealed = crate::base::Vault::new([0; 32]).seal("lambda.amazonaws.com");
    assert_eq!(check("roles", "r", &json!({"Service": sealed})), None, "it is unknown");
}
