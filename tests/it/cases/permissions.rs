//! The policy that `permissions` prints: it allows all that is needed, and nothing more; and the actual calls
//! are those that are declared.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Emulator, Output, Place, Stack, calls};

/// A stack with features that the project's own does not use.
const RICH: &str = "\
stack: shop
region: eu-central-1
account: \"123456789012\"
tags: {team: one}
tables:
  orders:
    partition_key: pk
    deletion_protection: false
    point_in_time_recovery: false
    billing: {mode: provisioned, read_capacity: 5, write_capacity: 5}
    auto_scaling: {read: {min: 1, max: 9, target: 70}}
    contributor_insights: true
    global_secondary_indexes: {one: {partition_key: a}}
    stream: new_image
vpc_endpoints:
  queues: {service: sqs, subnets: default}
roles:
  worker:
    path: /team/
    max_session_duration: 3600
    assumed_by: lambda.amazonaws.com
    managed_policies: [service-role/AWSLambdaVPCAccessExecutionRole]
    inline_policies: {reads: reads.json}
    permissions_boundary: PowerUserAccess
functions:
  worker:
    runtime: python3.13
    handler: a.b
    memory: 128
    code: a.py
    role: ${roles.worker.arn}
    vpc: {}
    reserved_concurrency: 3
    log_retention: 14
    permissions: {cognito: {principal: cognito-idp.amazonaws.com}}
    triggers:
      messages: {stream: \"${tables.orders.stream_arn}\", starting_position: latest}
";

fn rich() -> Stack {
    let reads = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Read", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "${tables.orders.arn}",
    }]});
    Stack::new(RICH).file("reads.json", reads.to_string()).file("a.py", "def b(event, context):\n    pass\n")
}

/// The policies that the command prints.
fn printed(place: &Place, purpose: &str) -> Vec<Value> {
    let output = place.run(&["permissions", "--for", purpose, "--format", "json"]).success().json();
    output["policies"].as_array().expect("there are policies").clone()
}

fn statements(policies: &[Value]) -> Vec<Value> {
    policies.iter().flat_map(|policy| policy["Statement"].as_array().expect("statements").clone()).collect()
}

fn actions(statements: &[Value]) -> BTreeSet<String> {
    let texts = statements.iter().flat_map(|one| one["Action"].as_array().expect("actions").iter());
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A user of the account with these statements and no other right, one policy each.
struct User<'p> {
    place: &'p Place,
    key: String,
    secret: String,
}

impl<'p> User<'p> {
    fn of(place: &'p Place, policies: &[Value]) -> Self {
        let call = |operation: &str, parameters: Value| place.observer.call("iam", operation, parameters);
        call("create_user", json!({"UserName": "ci"}));
        let made = call("create_access_key", json!({"UserName": "ci"}))["AccessKey"].take();
        let text = |key: &str| made[key].as_str().expect("a key").to_owned();
        let user = Self { place, key: text("AccessKeyId"), secret: text("SecretAccessKey") };
        user.may(policies);
        user
    }

    fn may(&self, policies: &[Value]) {
        for (index, policy) in policies.iter().enumerate() {
            let parameters = json!({
                "UserName": "ci", "PolicyName": format!("underpin-{index}"), "PolicyDocument": policy.to_string(),
            });
            self.place.observer.call("iam", "put_user_policy", parameters);
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let run = self.place.command(arguments).env("AWS_ACCESS_KEY_ID", &self.key);
        run.env("AWS_SECRET_ACCESS_KEY", &self.secret).output()
    }
}

fn authorizing(stack: Stack) -> Place {
    Place::with(stack, Emulator::with(&["--authorize"]))
}

/// Changes by hand some values of each kind in the project's file.
fn drift(place: &Place) {
    let name = "cruddur-messaging-stream";
    let call = |service: &str, operation: &str, parameters: Value| {
        place.observer.call(service, operation, parameters);
    };
    let table = json!({"TableName": "cruddur-messages", "DeletionProtectionEnabled": false});
    call("dynamodb", "update_table", table);
    let endpoint = place.observer.endpoints("vpc_endpoints.cruddur-ddb")[0]["VpcEndpointId"].clone();
    call("ec2", "modify_vpc_endpoint", json!({"VpcEndpointId": endpoint, "ResetPolicy": true}));
    call("ec2", "create_tags", json!({"Resources": [endpoint], "Tags": [{"Key": "by", "Value": "hand"}]}));
    call("iam", "update_role", json!({"RoleName": name, "MaxSessionDuration": 7200}));
    call("lambda", "update_function_configuration", json!({"FunctionName": name, "Timeout": 99}));
    let mapping = place.observer.mappings(name)[0].clone();
    call("lambda", "update_event_source_mapping", json!({"UUID": mapping["UUID"], "BatchSize": 7}));
    call("lambda", "tag_resource", json!({"Resource": mapping["EventSourceMappingArn"], "Tags": {"by": "hand"}}));
}

/// Creates everything, repairs a manual change, and destroys everything. Returns the first run that fails, if any.
fn life(user: &User<'_>, consents: &[&str]) -> Result<(), Output> {
    let ok = |output: Output| if output.code == 0 { Ok(()) } else { Err(output) };
    ok(user.run(&["plan"]))?;
    ok(user.run(&["apply", "--yes"]))?;
    ok(user.run(&["plan", "--detailed-exitcode"]))?;
    drift(user.place);
    ok(user.run(&["apply", "--yes"]))?;
    ok(user.run(&["plan", "--detailed-exitcode"]))?;
    ok(user.run(&[&["destroy", "--yes"], consents].concat()))
}

const CONSENT: &[&str] = &["--allow-delete", "tables.cruddur-messages"];

#[test]
fn project_stack_works_with_exactly_the_printed_policy() {
    let place = authorizing(Stack::project());
    let policies = printed(&place, "apply");
    assert_eq!(policies.len(), 1, "it fits in one");
    let user = User::of(&place, &policies);
    life(&user, CONSENT).unwrap_or_else(|failed| panic!("{}\n{}", failed.stdout, failed.stderr));
    place.emulator.assert_no_invalid_requests();
    assert_eq!(place.observer.table("cruddur-messages"), json!(null));
}

#[test]
fn removing_any_statement_fails_naming_the_missing_action() {
    let place = authorizing(Stack::project());
    let policy = printed(&place, "apply").remove(0);
    let all = statements(std::slice::from_ref(&policy));
    assert!(all.len() > 8, "{}", all.len());
    for index in 0..all.len() {
        place.emulator.reset();
        let mut lacking = policy.clone();
        let missing = lacking["Statement"].as_array_mut().expect("statements").remove(index);
        let user = User::of(&place, &[lacking]);
        let named = actions(std::slice::from_ref(&missing));
        // A permission that is only of help makes no run fail, and the plan reports what it could not read.
        let (said, words) = match life(&user, CONSENT) {
            Err(failed) => (failed.stderr, "is not authorized to perform: {}"),
            Ok(()) => (user.run(&["plan"]).success().stdout, "`{}` is denied, so it is unknown"),
        };
        let says = |action: &String| said.contains(&words.replace("{}", action));
        assert!(named.iter().any(says), "without {}: {said}", missing["Sid"]);
    }
}

#[test]
fn policy_of_each_purpose_is_exactly_sufficient() {
    let place = authorizing(rich());
    let user = User::of(&place, &printed(&place, "plan"));
    user.run(&["plan"]).success();
    let denied = user.run(&["apply", "--yes"]);
    assert_ne!(denied.code, 0);
    assert!(denied.stderr.contains("is not authorized to perform: dynamodb:CreateTable"), "{}", denied.stderr);

    user.may(&printed(&place, "apply"));
    user.run(&["apply", "--yes"]).success();
    user.run(&["plan", "--detailed-exitcode"]).success();
    // In place, and by replacing.
    place.stack.replace("memory: 128", "memory: 256");
    place.stack.replace("partition_key: pk", "partition_key: id");
    place.stack.replace("read: {min: 1", "read: {min: 2");
    place.stack.replace("max_session_duration: 3600", "max_session_duration: 7200");
    place.stack.replace("permissions: {cognito: {principal: cognito-idp", "permissions: {events: {principal: events");
    user.may(&printed(&place, "apply"));
    user.run(&["apply", "--yes", "--allow-replace", "tables.orders"]).success();
    user.run(&["plan", "--detailed-exitcode"]).success();

    user.may(&printed(&place, "destroy"));
    let denied = user.run(&["apply", "--yes"]);
    assert_eq!(denied.code, 0, "there is nothing to do");
    user.run(&["destroy", "--yes", "--allow-delete", "tables.orders"]).success();
    let denied = user.run(&["apply", "--yes"]);
    assert!(denied.stderr.contains("is not authorized to perform: "), "{}", denied.stderr);
    place.emulator.assert_no_invalid_requests();
}

/// The IAM actions of the requests that were sent since the log was cleared.
fn sent(place: &Place) -> BTreeSet<String> {
    let requests = place.emulator.requests();
    let action = |name: String| match name.strip_prefix("resourcegroupstaggingapi:") {
        Some(operation) => format!("tag:{operation}"),
        None => name,
    };
    // It needs no permission.
    requests.iter().map(|request| action(request.name())).filter(|name| name != "sts:GetCallerIdentity").collect()
}

/// The IAM actions that the steps of a plan declare.
fn declared(plan: &Value) -> BTreeSet<String> {
    let steps = plan["steps"].as_array().expect("a plan has steps");
    let needs = steps.iter().flat_map(|step| step["requires"].as_array().expect("a step needs something"));
    needs.filter_map(|one| one["action"].as_str()).map(str::to_owned).collect()
}

/// Carries out a plan, and compares the calls with those that are declared.
#[track_caller]
fn compare(place: &Place, command: &[&str], flags: &[&str]) {
    let destroy = command[0] == "destroy";
    let looks = actions(&statements(&printed(place, if destroy { "destroy" } else { "plan" })));
    place.emulator.clear_log();
    let more: &[&str] = if destroy { &["--destroy"] } else { &[] };
    let plan = place.run(&[&["plan", "--format", "json"], more, flags].concat()).success().json();
    let undeclared: Vec<String> = sent(place).difference(&looks).cloned().collect();
    assert!(undeclared.is_empty(), "plan sends {undeclared:?}");

    place.emulator.clear_log();
    place.run(&[command, flags].concat()).success();
    let (sent, mut made) = (sent(place), place.emulator.mutations());
    let allowed: BTreeSet<String> = declared(&plan).union(&looks).cloned().collect();
    let undeclared: Vec<&String> = sent.difference(&allowed).collect();
    assert!(undeclared.is_empty(), "{command:?} sends {undeclared:?}");
    let mut planned = calls(&plan);
    // A step that only waits changes nothing.
    planned.retain(|name| !name.contains(":Describe"));
    made.sort();
    planned.sort();
    assert_eq!(made, planned, "each step is sent, and nothing else changes anything");
}

#[test]
fn sent_calls_match_declared_permissions() {
    let place = Place::new(rich());
    compare(&place, &["apply", "--yes"], &[]);
    place.stack.replace("reserved_concurrency: 3", "reserved_concurrency: 4");
    place.stack.replace("contributor_insights: true", "contributor_insights: false");
    place.stack.replace("max: 9", "max: 8");
    place.stack.replace("tags: {team: one}", "tags: {group: two}");
    place.stack.replace("permissions_boundary: PowerUserAccess", "permissions_boundary: null");
    place.stack.replace("starting_position: latest}", "starting_position: latest, batch_size: 7}");
    compare(&place, &["apply", "--yes"], &[]);
    place.stack.replace("partition_key: pk", "partition_key: id");
    compare(&place, &["apply", "--yes"], &["--allow-replace", "tables.orders"]);
    compare(&place, &["destroy", "--yes"], &["--allow-delete", "tables.orders"]);
}

#[test]
fn adoption_calls_match_declared_permissions() {
    let place = Place::new(Stack::new("stack: shop\nregion: eu-central-1\ntables: {orders: {partition_key: pk}}\n"));
    let table = json!({
        "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    });
    place.observer.call("dynamodb", "create_table", table);
    compare(&place, &["apply", "--yes"], &[]);
}

#[test]
fn policy_is_printed_offline_and_split_if_too_large() {
    let place = Place::new(Stack::project());
    let policy = place.run(&["permissions"]).success().json();
    assert_eq!(policy["Version"], "2012-10-17");
    assert_eq!(place.emulator.requests().len(), 0, "nobody is asked");

    let table =
        |index: usize| format!("  orders-of-a-shop-with-a-rather-long-name-{index:02}: {{partition_key: pk}}\n");
    let tables: String = (0..80).map(table).collect();
    place.stack.rewrite(&format!("stack: shop\nregion: eu-central-1\naccount: \"123456789012\"\ntables:\n{tables}"));
    let shown = place.run(&["permissions"]).success();
    let count = shown.json().as_array().expect("several are an array").len();
    assert!(count > 1 && shown.stderr.contains(&format!("{count} policies")), "{}", shown.stderr);
    place.run(&["permissions", "--output", "policy.json"]).success();
    for number in 1..=count {
        let text = place.stack.read(&format!("policy-{number}.json"));
        assert!(text.chars().filter(|c| !c.is_whitespace()).count() <= 6144);
        let policy: Value = serde_json::from_str(&text).expect("a document");
        assert_eq!(policy["Version"], "2012-10-17");
    }
    assert!(!place.stack.path("policy.json").exists());
}

#[test]
fn account_comes_from_sts_if_not_in_the_file() {
    let place = Place::new(Stack::new("stack: shop\nregion: eu-central-1\ntables: {orders: {partition_key: pk}}\n"));
    let policy = place.run(&["permissions"]).success();
    assert!(policy.stdout.contains("arn:aws:dynamodb:eu-central-1:123456789012:table/orders"), "{}", policy.stdout);
    let asked: Vec<String> = place.emulator.requests().iter().map(crate::support::Request::name).collect();
    assert_eq!(asked, ["sts:GetCallerIdentity"]);
}

#[test]
fn switching_off_kms_encryption_needs_no_describe_key() {
    let yaml = "stack: shop\nregion: eu-central-1\naccount: \"123456789012\"\ntables: {orders: {partition_key: pk}}\n";
    let place = authorizing(Stack::new(yaml));
    place.run(&["apply", "--yes"]).success();
    let by_kms = json!({"TableName": "orders", "SSESpecification": {"Enabled": true, "SSEType": "KMS"}});
    place.observer.call("dynamodb", "update_table", by_kms);
    let policies = printed(&place, "apply");
    assert!(!actions(&statements(&policies)).contains("kms:DescribeKey"));
    let user = User::of(&place, &policies);
    let shown = user.run(&["plan"]).success();
    assert!(shown.stdout.contains("~ encryption:"), "{}", shown.stdout);
    user.run(&["apply", "--yes"]).success();
    user.run(&["plan", "--detailed-exitcode"]).success();
}
