//! The documents of an account: they are as the kinds write them, and a read that is denied leaves only its own part open.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use underpin::audit::Live;
use underpin::audit::account::{AccountDocuments, AccountRole, ReadScope, Regions, Wanted, read};
use underpin::aws::Aws;
use underpin::base::{Scope, pending};
use underpin::kind::{Owner, RenderContext, Rendering};
use underpin::kinds::{LIVE, REGISTRY};

use crate::support::{ACCOUNT, Emulator, Moto, Place, Stack, aws, aws_at};

/// A stack with a little of everything that documents show of tables, functions, triggers and roles.
const SHOP: &str = "
stack: shop
region: eu-central-1
tags: {team: shop}
tables:
  orders:
    partition_key: id
    sort_key: {name: at, type: N}
    billing: {mode: provisioned, read_capacity: 5, write_capacity: 5}
    auto_scaling:
      read: {min: 5, max: 50}
      write: {min: 5, max: 20, target: 60, scale_in_cooldown: 60}
    global_secondary_indexes:
      by-customer:
        partition_key: customer
        projection: {include: [total, place]}
        read_capacity: 5
        write_capacity: 5
        auto_scaling: {read: {min: 5, max: 10}}
      all: {partition_key: place, sort_key: id, projection: keys_only, read_capacity: 2, write_capacity: 3}
    local_secondary_indexes:
      by-total: {sort_key: {name: total, type: N}}
    stream: new_and_old_images
    point_in_time_recovery: {period_days: 7}
    encryption: aws_managed
    time_to_live: expires
    table_class: standard_infrequent_access
    resource_policy:
      Version: '2012-10-17'
      Statement:
        - Effect: Allow
          Principal: {AWS: 'arn:aws:iam::123456789012:root'}
          Action: dynamodb:GetItem
          Resource: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders'
  plain: {partition_key: id, billing: {mode: on_demand}, deletion_protection: false, point_in_time_recovery: false}
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    path: /shop/
    description: What the workers may do.
    max_session_duration: 7200
    managed_policies: [service-role/AWSLambdaBasicExecutionRole, AWSLambdaInvocation-DynamoDB]
    inline_policies:
      read:
        Version: '2012-10-17'
        Statement: {Effect: Allow, Action: 'dynamodb:GetItem', Resource: '*'}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    environment: {TABLE: orders, TOKEN: secret-value}
    vpc: {subnets: default, security_groups: default}
    reserved_concurrency: 3
    log_retention: 30
    description: Works.
    tracing: active
    permissions:
      s3: {principal: s3.amazonaws.com, source_arn: 'arn:aws:s3:::bucket', source_account: '123456789012'}
    triggers:
      orders:
        stream: ${tables.orders.stream_arn}
        starting_position: latest
        filters: [{eventName: [INSERT]}]
        on_failure: 'arn:aws:sqs:eu-central-1:123456789012:failed'
";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made").block_on(future)
}

fn shop() -> Place {
    let place = Place::new(Stack::with_code(SHOP));
    place.apply(&[]);
    place.emulator.clear_log();
    place
}

fn read_all(aws: &Aws) -> AccountDocuments {
    // Contributor Insights are only read by name: what the kinds write has them.
    let members = [
        ("AWS::DynamoDB::Table", TABLE_MEMBERS),
        ("AWS::Lambda::Function", FUNCTION_MEMBERS),
        ("AWS::IAM::Role", &["AttachedPolicies", "RoleLastUsed"]),
        ("AWS::IAM::User", &["AttachedPolicies", "CredentialReport", "Groups"]),
        ("AWS::IAM::Group", &["AttachedPolicies"]),
    ];
    let members = members.iter().flat_map(|(one, members)| members.iter().map(|member| (*one, *member)));
    let types = ["AWS::Lambda::EventSourceMapping", "AWS::IAM::Policy"].into_iter();
    let wanted = Wanted::types(types.chain(members.clone().map(|(one, _)| one))).members(members);
    run(read(aws, &ReadScope { wanted, ..ReadScope::default() }, &|_, _| {}))
}

const TABLE_MEMBERS: &[&str] = &[
    "ContinuousBackupsDescription",
    "DescribeTimeToLive",
    "GetResourcePolicy",
    "KinesisDestinations",
    "LastBackupTime",
    "ListContributorInsights",
    "ListExports",
    "ProtectedByBackup",
    "Replicas",
    "ScalableTargets",
    "StreamPolicy",
];
const FUNCTION_MEMBERS: &[&str] = &[
    "AvailabilityZones",
    "GetFunctionCodeSigningConfig",
    "GetFunctionConcurrency",
    "GetPolicy",
    "ListFunctionEventInvokeConfigs",
    "ListFunctionUrlConfigs",
    "LogGroup",
];

/// What the kinds write of the live resources of a stack: type and name → items and template.
fn by_kinds(stack: &str, aws: &Aws) -> BTreeMap<(String, String), (Vec<Rendering>, Vec<Rendering>)> {
    let owner =
        Owner { stack: stack.to_owned(), previous_names: Vec::new(), scope: Scope::new(None, &aws.env().region) };
    let mut all = BTreeMap::new();
    for kind in LIVE.iter().filter(|kind| !["vpc_endpoints", "security_group_rules"].contains(&kind.section())) {
        let found = run(kind.discover(&owner, aws)).expect("resources are found");
        let mut ids: Vec<_> = found.into_iter().map(|found| found.identity).collect();
        for id in &mut ids {
            // The detail by which a function's log group is read.
            id.details.insert("log_group".to_owned(), "yes".to_owned());
        }
        for (id, outcome) in ids.iter().zip(run(kind.read_many(&ids, aws))) {
            let live = outcome.expect("it can be read").live.expect("it is there");
            let cx = RenderContext { name: &id.name, env: aws.env(), outputs: &live.outputs, facts: None };
            let pure = REGISTRY.kind(kind.section()).expect("a kind");
            let name = if kind.section() == "triggers" { live.unique_id.clone() } else { id.name.clone() };
            let written = (
                pure.config_items(&live.spec, &cx).expect("items"),
                pure.cloudformation(&live.spec, &cx).expect("a template"),
            );
            all.insert((kind.type_name().to_owned(), name), written);
        }
    }
    all
}

/// The places where `ours` lacks something of `theirs`, or says something else.
fn differences(theirs: &Value, ours: Option<&Value>, at: &str, into: &mut Vec<String>) {
    match (theirs, ours) {
        // The kind was not given the look-ups that show the zones.
        _ if at.ends_with("/AvailabilityZones") => {}
        (Value::Object(theirs), Some(Value::Object(ours))) => {
            for (key, value) in theirs {
                differences(value, ours.get(key), &format!("{at}/{key}"), into);
            }
        }
        (Value::Array(theirs), Some(Value::Array(ours))) if theirs.len() == ours.len() => {
            for (index, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                differences(theirs, Some(ours), &format!("{at}/{index}"), into);
            }
        }
        (Value::String(theirs), Some(Value::String(ours))) if theirs.starts_with('{') && ours.starts_with('{') => {
            let parse = |text: &str| serde_json::from_str::<Value>(text).expect("a document");
            differences(&parse(theirs), Some(&parse(ours)), at, into);
        }
        (theirs, Some(ours)) if theirs == ours => {}
        (theirs, ours) => {
            into.push(format!("{at}: {theirs} is {}", ours.map_or("absent".to_owned(), Value::to_string)));
        }
    }
}

fn find<'d>(documents: &'d AccountDocuments, type_name: &str, name: &str) -> &'d Live {
    let found = documents.live.iter().find(|one| one.resource.type_name == type_name && one.resource.id == name);
    found.unwrap_or_else(|| panic!("no {type_name} {name}"))
}

fn assert_as_the_kinds_write(stack: &str, emulator: &Emulator) {
    let aws = aws(emulator);
    let documents = read_all(&aws);
    assert_eq!(denied(&documents), [""; 0], "everything may be read");
    let by_kinds = by_kinds(stack, &aws);
    assert!(by_kinds.len() >= 4, "{by_kinds:?}");
    let mut differ = Vec::new();
    for ((type_name, name), (items, template)) in &by_kinds {
        let live = find(&documents, type_name, name);
        for (item, ours) in items.iter().zip(&live.items) {
            differences(&item.body, Some(&ours.body), &format!("{type_name} {name}"), &mut differ);
        }
        let key = |one: &Rendering| format!("{} {}", one.type_name, one.part);
        let ours: BTreeMap<String, &Value> = live.template.iter().map(|one| (key(one), &one.body)).collect();
        for one in template {
            differences(
                &one.body,
                ours.get(&key(one)).copied(),
                &format!("template of {name}: {}", key(one)),
                &mut differ,
            );
        }
        assert_eq!(ours.len(), template.len(), "{type_name} {name}: {:?}", ours.keys());
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn live_documents_are_as_the_kinds_write_them() {
    assert_as_the_kinds_write("shop", &shop().emulator);
}

#[test]
fn live_documents_of_the_project_stack_are_as_the_kinds_write_them_in_few_calls() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    assert_as_the_kinds_write("cruddur", &place.emulator);
    let scope = ReadScope {
        wanted: Wanted::types([
            "AWS::DynamoDB::Table",
            "AWS::Lambda::Function",
            "AWS::Lambda::EventSourceMapping",
            "AWS::IAM::Role",
            "AWS::IAM::User",
            "AWS::IAM::Group",
            "AWS::IAM::Policy",
        ]),
        ..ReadScope::default()
    };
    place.emulator.clear_log();
    let documents = run(read(&aws(&place.emulator), &scope, &|_, _| {}));
    let asked = place.emulator.requests();
    assert_eq!(
        documents.call_count(),
        u64::try_from(asked.len()).expect("few"),
        "every call is counted: {:?}",
        documents.calls
    );
    // Prowler makes 63 on the same account for the same services.
    assert!(documents.call_count() <= 40, "{:?}", documents.calls);
    // A report is made where there is none; IAM counts that as reading.
    assert!(place.emulator.mutations().iter().all(|one| one == "iam:GenerateCredentialReport"));
}

#[test]
fn documents_show_what_only_the_account_has() {
    let place = shop();
    let documents = read_all(&aws(&place.emulator));
    let table = &find(&documents, "AWS::DynamoDB::Table", "orders").items[0].body;
    let more = &table["supplementaryConfiguration"];
    assert_eq!(more["ScalableTargets"].as_array().expect("a list").len(), 3);
    assert_eq!(more["GetResourcePolicy"]["Policy"]["Statement"][0]["Action"], "dynamodb:GetItem");
    assert_eq!((&more["ProtectedByBackup"], &more["ListExports"]), (&json!(false), &json!([])));
    assert_eq!(more["DescribeTimeToLive"]["TimeToLiveStatus"], "ENABLED");
    assert_eq!(table["configuration"]["sseDescription"]["sseType"], "KMS");
    assert_eq!(table["tags"]["team"], "shop");
    let live = find(&documents, "AWS::Lambda::Function", "worker");
    let function = &live.items[0].body;
    assert_eq!(function["configuration"]["environment"]["variables"]["TABLE"], "orders");
    assert_eq!(function["supplementaryConfiguration"]["LogGroup"]["retentionInDays"], 30);
    assert_eq!(function["supplementaryConfiguration"]["GetPolicy"]["Statement"][0]["Sid"], "s3");
    assert!(!function["supplementaryConfiguration"]["AvailabilityZones"].as_array().expect("a list").is_empty());
    assert_eq!(live.resource.owner.as_deref(), Some("shop"));
    assert!(live.evidence.iter().any(|one| one.operation == "lambda:ListFunctions" && one.read_at.ends_with('Z')));
    let role = &find(&documents, "AWS::IAM::Role", "worker").items[0].body;
    let attached = role["supplementaryConfiguration"]["AttachedPolicies"].as_array().expect("a list");
    assert_eq!(attached.len(), 2);
    assert!(attached.iter().all(|one| one["Document"]["Statement"].is_array()), "{attached:?}");
    let mapping = documents.live.iter().find(|one| one.resource.type_name == "AWS::Lambda::EventSourceMapping");
    let mapping = mapping.expect("a mapping");
    assert_eq!(mapping.items[0].body["configuration"]["BatchSize"], 100);
    assert_eq!(mapping.resource.tags["team"], "shop");
}

/// The actions that the caller is missing. What moto does not have is another reason.
fn denied(documents: &AccountDocuments) -> Vec<&str> {
    documents.not_assessed.iter().filter_map(|one| one.action.as_deref()).collect()
}

/// What differs from the documents that everything may be read for: places, and their values now.
fn changed(before: &Value, now: Option<&Value>, at: &str, into: &mut Vec<(String, Value)>) {
    match (before, now) {
        (Value::Object(before), Some(Value::Object(now))) => {
            let keys: Vec<&String> = before.keys().chain(now.keys().filter(|key| !before.contains_key(*key))).collect();
            for key in keys {
                changed(before.get(key).unwrap_or(&Value::Null), now.get(key), &format!("{at}/{key}"), into);
            }
        }
        (Value::Array(before), Some(Value::Array(now))) if before.len() == now.len() => {
            for (index, (before, now)) in before.iter().zip(now).enumerate() {
                changed(before, Some(now), &format!("{at}/{index}"), into);
            }
        }
        (before, now) if Some(before) == now => {}
        (_, now) => into.push((at.to_owned(), now.cloned().unwrap_or_default())),
    }
}

/// A user in a group, with policies of every sort.
fn add_user(aws: &Aws) {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}]
    });
    let policy = policy.to_string();
    let own = format!("arn:aws:iam::{ACCOUNT}:policy/own");
    for (operation, input) in [
        ("iam:CreateUser", json!({"UserName": "alice", "Tags": [{"Key": "team", "Value": "shop"}]})),
        ("iam:CreateGroup", json!({"GroupName": "people"})),
        ("iam:AddUserToGroup", json!({"GroupName": "people", "UserName": "alice"})),
        ("iam:CreatePolicy", json!({"PolicyName": "own", "PolicyDocument": policy})),
        ("iam:AttachGroupPolicy", json!({"GroupName": "people", "PolicyArn": own})),
        ("iam:PutUserPolicy", json!({"UserName": "alice", "PolicyName": "inline", "PolicyDocument": policy})),
        ("iam:AttachUserPolicy", json!({"UserName": "alice", "PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"})),
    ] {
        run(aws.ask(operation, input, None)).expect(operation);
    }
}

#[test]
fn identities_have_their_policies_credentials_and_groups() {
    let emulator = Emulator::start();
    let aws = aws(&emulator);
    add_user(&aws);
    let documents = read_all(&aws);
    let user = find(&documents, "AWS::IAM::User", "alice");
    assert_eq!((user.resource.region.as_str(), &user.resource.tags["team"]), ("global", &"shop".to_owned()));
    let body = &user.items[0].body;
    assert_eq!(body["configuration"]["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Effect"], "Allow");
    let more = &body["supplementaryConfiguration"];
    assert_eq!(more["CredentialReport"]["mfa_active"], false);
    assert_eq!(more["AttachedPolicies"][0]["PolicyArn"], "arn:aws:iam::aws:policy/SecurityAudit");
    assert!(more["AttachedPolicies"][0]["Document"]["Statement"].is_array());
    assert_eq!(more["Groups"][0]["GroupName"], "people");
    assert_eq!(more["Groups"][0]["AttachedPolicies"][0]["Document"]["Statement"][0]["Action"], "dynamodb:GetItem");
    let group = &find(&documents, "AWS::IAM::Group", "people").items[0].body;
    assert_eq!(group["supplementaryConfiguration"]["AttachedPolicies"][0]["Document"]["Version"], "2012-10-17");
    let policy = &find(&documents, "AWS::IAM::Policy", "own").items[0].body;
    assert_eq!(policy["configuration"]["AttachmentCount"], 1);
    assert_eq!(policy["supplementaryConfiguration"]["Document"]["Statement"][0]["Resource"], "*");
}

/// Each read that is made for documents, denied alone.
#[test]
fn each_denied_read_leaves_only_its_own_part_unknown_and_names_the_action() {
    let place = shop();
    let aws = aws(&place.emulator);
    add_user(&aws);
    place.emulator.clear_log();
    let before = read_all(&aws);
    let mut asked: Vec<(String, String)> =
        place.emulator.requests().iter().map(|one| (one.service.clone(), one.operation.clone())).collect();
    asked.sort();
    asked.dedup();
    assert!(asked.len() >= 20, "{asked:?}");
    for (service, operation) in asked {
        let code = match service.as_str() {
            "ec2" => "UnauthorizedOperation",
            "iam" => "AccessDenied",
            _ => "AccessDeniedException",
        };
        place.emulator.fault(json!({
            "service": service, "operation": operation, "status": 403, "code": code,
            "message": format!("User: x is not authorized to perform: {operation}"),
        }));
        let now = read_all(&aws);
        place.emulator.clear_faults();
        // Tags are read one by one instead, and a credential report is there that was made before.
        let has_other_way = ["GetResources", "GenerateCredentialReport"].contains(&operation.as_str());
        if has_other_way {
            assert_eq!(denied(&now), [""; 0]);
        } else {
            let denied = denied(&now);
            assert_eq!(denied.len(), 1, "{service}:{operation}: {denied:?}");
            assert!(denied[0].ends_with(&format!(":{operation}")), "{service}:{operation}: {denied:?}");
        }
        let unread: Vec<&str> = now.unread_types.iter().map(|one| one.type_name.as_str()).collect();
        let mut open = !unread.is_empty() || has_other_way;
        for live in &before.live {
            let found = now.live.iter().find(|one| one.resource.arn == live.resource.arn);
            let Some(found) = found else {
                assert!(
                    unread.contains(&live.resource.type_name.as_str()),
                    "{operation}: {} is gone",
                    live.resource.arn
                );
                continue;
            };
            for (before, now) in live.items.iter().zip(&found.items) {
                let mut places = Vec::new();
                changed(&before.body, Some(&now.body), "", &mut places);
                for (at, value) in places {
                    let placeholder = value.as_str().filter(|text| pending::is_pending(text));
                    let placeholder = placeholder.unwrap_or_else(|| panic!("{operation}: {at} is {value}"));
                    let why = &now.unknown[placeholder];
                    assert!(why.contains(&format!(":{operation}`")), "{operation}: {at}: {why}");
                    open = true;
                }
            }
            let names_it = |why: &String| why.contains(&format!(":{operation}`"));
            open |= found.template.iter().any(|one| one.unknown.values().any(names_it));
            let parts = |live: &Live| live.template.iter().map(|one| one.type_name).collect::<Vec<_>>();
            for part in parts(live) {
                assert!(parts(found).contains(&part), "{operation}: the template has no {part} left");
            }
        }
        assert!(open, "{operation}: nothing is open, and it was asked for");
    }
}

#[test]
fn accounts_are_read_by_their_roles_and_labelled() {
    const OTHER: &str = "210987654321";
    // Unmodified moto keeps accounts apart.
    let moto = Moto::start();
    let here = Arc::new(aws_at(&moto.endpoint()));
    let role = "arn:aws:iam::{account}:role/Audit";
    let accounts = [ACCOUNT.to_owned(), OTHER.to_owned()];
    let accounts = AccountRole::all(role, &accounts, Some("id"), here.env()).expect("accounts");
    let there = accounts.iter().find_map(|one| one.role.as_ref()).expect("a role");
    let there = run(here.assume(there)).expect("moto takes every role for one that is there");
    assert_eq!(there.env().account, OTHER);
    let make = |aws: &Aws, name: &str| {
        let input = json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]
        });
        run(aws.ask("dynamodb:CreateTable", input, None)).expect("a table is made");
    };
    make(&here, "here");
    make(&there, "there");
    make(&there.in_region("us-east-1"), "far");
    let wanted = Wanted::types(["AWS::DynamoDB::Table"]);
    let regions = Regions::Given(vec!["eu-central-1".to_owned(), "us-east-1".to_owned()]);
    let documents = run(read(&here, &ReadScope { accounts, regions, wanted }, &|_, _| {}));
    let place = |one: &Live| {
        let of = &one.resource;
        (of.account.clone(), of.region.clone(), of.id.clone())
    };
    let expected = [(ACCOUNT, "eu-central-1", "here"), (OTHER, "eu-central-1", "there"), (OTHER, "us-east-1", "far")];
    let expected = expected.map(|(account, region, id)| (account.to_owned(), region.to_owned(), id.to_owned()));
    assert_eq!(documents.live.iter().map(place).collect::<Vec<_>>(), expected);
    for one in &documents.live {
        let body = &one.items[0].body;
        assert_eq!(
            (&body["awsAccountId"], &body["awsRegion"]),
            (&json!(one.resource.account), &json!(one.resource.region))
        );
        assert_eq!(body["configuration"]["tableArn"], one.resource.arn.as_str());
    }
    assert_eq!(documents.accounts.iter().collect::<Vec<_>>(), [ACCOUNT, OTHER]);
    assert_eq!(documents.regions.iter().collect::<Vec<_>>(), ["eu-central-1", "us-east-1"]);
    assert_eq!(documents.calls["sts:AssumeRole"], 1, "{:?}", documents.calls);
}

#[test]
fn account_that_cannot_be_assumed_is_not_assessed_and_the_others_are_read() {
    const OTHER: &str = "210987654321";
    let place = shop();
    let aws = aws(&place.emulator);
    let accounts = [ACCOUNT.to_owned(), OTHER.to_owned()];
    let accounts = AccountRole::all("Audit", &accounts, None, aws.env()).expect("accounts");
    let scope = ReadScope { accounts, wanted: Wanted::types(["AWS::DynamoDB::Table"]), ..ReadScope::default() };
    place.emulator.fault(json!({
        "service": "sts", "operation": "AssumeRole", "status": 403, "code": "AccessDenied",
        "message": "User: x is not authorized to perform: sts:AssumeRole",
    }));
    let documents = run(read(&aws, &scope, &|_, _| {}));
    let refused: Vec<_> = documents.not_assessed.iter().filter(|one| one.account == OTHER).collect();
    assert_eq!(refused.len(), 1, "{:?}", documents.not_assessed);
    assert_eq!((refused[0].action.as_deref(), refused[0].region.as_str()), (Some("sts:AssumeRole"), "global"));
    assert!(refused[0].reason.starts_with("the account could not be read: "), "{:?}", refused[0]);
    assert_eq!(documents.live.len(), 2, "the others are read all the same");
}

#[test]
fn regions_that_are_turned_on_are_found() {
    let place = shop();
    let aws = aws(&place.emulator);
    let wanted = || Wanted::types(["AWS::Lambda::EventSourceMapping"]);
    let scope = ReadScope { regions: Regions::Enabled, wanted: wanted(), ..ReadScope::default() };
    let documents = run(read(&aws, &scope, &|_, _| {}));
    assert!(documents.regions.len() > 10 && documents.regions.contains("eu-central-1"), "{:?}", documents.regions);
    assert_eq!(documents.live.len(), 1);
    place.emulator.fault(json!({
        "service": "ec2", "operation": "DescribeRegions", "status": 403, "code": "UnauthorizedOperation",
        "message": "You are not authorized to perform this operation.",
    }));
    let documents = run(read(&aws, &scope, &|_, _| {}));
    assert_eq!(denied(&documents), ["ec2:DescribeRegions"]);
    assert_eq!(documents.live.len(), 1, "the connection's own region is read all the same");
}

#[test]
fn long_lists_are_read_to_their_end_and_throttled_calls_are_repeated() {
    let place = Place::new(Stack::with_code(SHOP));
    let aws = aws(&place.emulator);
    for number in 0..120 {
        let input = json!({
            "TableName": format!("t{number:03}"), "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]
        });
        run(aws.ask("dynamodb:CreateTable", input, None)).expect("a table is made");
    }
    place.emulator.clear_log();
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "DescribeTable", "times": 3, "status": 400, "code": "ThrottlingException",
        "message": "Rate exceeded",
    }));
    let seen = std::sync::Mutex::new((0, 0));
    let progress = |done: usize, known: usize| *seen.lock().expect("a lock") = (done, known);
    let wanted = Wanted::types(["AWS::DynamoDB::Table"]).members([("AWS::DynamoDB::Table", "ListExports")]);
    let documents = run(read(&aws, &ReadScope { wanted, ..ReadScope::default() }, &progress));
    assert_eq!(documents.live.len(), 120);
    assert_eq!(documents.not_assessed, []);
    assert_eq!(*seen.lock().expect("a lock"), (120, 120));
    assert_eq!(documents.calls["dynamodb:ListTables"], 2, "a hundred tables are in a page");
    assert_eq!(documents.calls["dynamodb:DescribeTable"], 123, "attempts that were throttled are counted");
}
