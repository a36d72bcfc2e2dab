//! Drift: each manual change is shown by its property, and repaired; the live state is then the same as
//! before.

use serde_json::{Value, json};

use crate::support::{Place, Stack, actions, paths};

const TABLE: &str = "cruddur-messages";
const FUNCTION: &str = "cruddur-messaging-stream";

/// The live state, without values that change with every read or repair.
fn live(place: &Place) -> Value {
    let mut seen = json!({
        "table": place.observer.table(TABLE),
        "endpoints": place.observer.endpoints("vpc_endpoints.cruddur-ddb"),
        "role": place.observer.role(FUNCTION),
        "function": place.observer.function(FUNCTION),
        "mappings": place.observer.mappings(FUNCTION),
    });
    forget(&mut seen);
    seen.sort_all_objects();
    seen
}

fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        into.extend(more.clone());
    }
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let moving = [
                "LastModified",
                "RevisionId",
                "RoleLastUsed",
                "NumberOfDecreasesToday",
                "LastIncreaseDateTime",
                "LastDecreaseDateTime",
                "LastUpdateDateTime",
                "LastUpdateToPayPerRequestDateTime",
                "WarmThroughput",
                "EarliestRestorableDateTime",
                "LatestRestorableDateTime",
                "BillingModeSummary",
                "TableClassSummary",
                "StateTransitionReason",
                "LastProcessingResult",
                "LastUpdateStatusReason",
            ];
            // A removed description remains as an empty text.
            map.retain(|key, value| !(moving.contains(&key.as_str()) || key == "Description" && *value == ""));
            map.values_mut().for_each(forget);
        }
        Value::Array(items) => {
            items.iter_mut().for_each(forget);
            // Attributes and similar items come in any order.
            if items.iter().all(|item| item.get("AttributeName").is_some() && item.get("KeyType").is_none()) {
                items.sort_by_key(ToString::to_string);
            }
        }
        _ => {}
    }
}

/// Applies, drifts, and checks plan and repair: exactly these paths of this resource differ.
fn is_shown_and_repaired(address: &str, drift: impl Fn(&Place), expected: &[&str]) {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let before = live(&place);
    drift(&place);
    assert_ne!(live(&place), before, "the drift is one");
    place.run(&["plan", "--detailed-exitcode"]).code(2);
    let plan = place.plan(&[]);
    assert_eq!(actions(&plan), [(address.to_owned(), "update".to_owned())]);
    let mut seen = paths(&plan, address);
    seen.sort();
    let mut expected: Vec<String> = expected.iter().map(|&path| path.to_owned()).collect();
    expected.sort();
    assert_eq!(seen, expected);
    place.apply(&[]);
    is_the_same(&live(&place), &before);
}

#[track_caller]
fn is_the_same(now: &Value, before: &Value) {
    if now != before {
        let (now, before) = (format!("{now:#}"), format!("{before:#}"));
        let difference = similar::TextDiff::from_lines(before.as_str(), now.as_str());
        panic!("what is live differs from what was:\n{}", difference.unified_diff());
    }
}

#[test]
fn table_drift_is_shown_and_repaired() {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages";
    is_shown_and_repaired(
        "tables.cruddur-messages",
        |place| {
            let call = |operation: &str, parameters: Value| place.observer.call("dynamodb", operation, parameters);
            let update = |change: Value| {
                let mut parameters = json!({"TableName": TABLE});
                merge(&mut parameters, &change);
                call("update_table", parameters)
            };
            let off = json!({"PointInTimeRecoveryEnabled": false});
            call("update_continuous_backups", json!({"TableName": TABLE, "PointInTimeRecoverySpecification": off}));
            update(json!({"DeletionProtectionEnabled": false}));
            update(json!({"ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 5}}));
            update(json!({"TableClass": "STANDARD_INFREQUENT_ACCESS"}));
            let index = json!({"IndexName": "message-group-sk-index"});
            update(json!({"GlobalSecondaryIndexUpdates": [{"Delete": index}]}));
            let live = json!({"Enabled": true, "AttributeName": "expires"});
            call("update_time_to_live", json!({"TableName": TABLE, "TimeToLiveSpecification": live}));
            call("update_contributor_insights", json!({"TableName": TABLE, "ContributorInsightsAction": "ENABLE"}));
            let policy = json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "dynamodb:GetItem", "Resource": arn,
            }]});
            call("put_resource_policy", json!({"ResourceArn": arn, "Policy": policy.to_string()}));
            call("untag_resource", json!({"ResourceArn": arn, "TagKeys": ["project"]}));
            call("tag_resource", json!({"ResourceArn": arn, "Tags": [{"Key": "by", "Value": "hand"}]}));
        },
        &[
            "point_in_time_recovery",
            "deletion_protection",
            "billing.read_capacity",
            "table_class",
            "global_secondary_indexes.message-group-sk-index",
            "time_to_live",
            "contributor_insights",
            "resource_policy",
            "tags.project",
            "tags.by",
        ],
    );
}

/// Nobody remembers that they were on: they are read, whatever the file names.
#[test]
fn contributor_insights_are_turned_off_when_their_line_goes() {
    let place = Place::of(
        "stack: shop\nregion: eu-central-1\ntables:\n  orders: {partition_key: id, contributor_insights: true}\n",
    );
    place.apply(&[]);
    let status = || {
        let told = place.observer.call("dynamodb", "describe_contributor_insights", json!({"TableName": "orders"}));
        told["ContributorInsightsStatus"].clone()
    };
    assert_eq!(status(), "ENABLED");
    place.stack.replace(", contributor_insights: true", "");
    place.run(&["plan", "--detailed-exitcode"]).code(2);
    place.apply(&[]);
    assert_eq!(status(), "DISABLED");
    place.run(&["plan", "--detailed-exitcode"]).code(0);
}

#[test]
fn vpc_endpoint_drift_is_shown_and_repaired() {
    is_shown_and_repaired(
        "vpc_endpoints.cruddur-ddb",
        |place| {
            let found = place.observer.endpoints("vpc_endpoints.cruddur-ddb");
            let (id, tables) = (&found[0]["VpcEndpointId"], &found[0]["RouteTableIds"]);
            let call = |operation: &str, parameters: Value| place.observer.call("ec2", operation, parameters);
            call(
                "modify_vpc_endpoint",
                json!({"VpcEndpointId": id, "RemoveRouteTableIds": tables, "ResetPolicy": true}),
            );
            call("delete_tags", json!({"Resources": [id], "Tags": [{"Key": "project"}]}));
            call("create_tags", json!({"Resources": [id], "Tags": [{"Key": "by", "Value": "hand"}]}));
        },
        &["route_tables", "policy", "tags.project", "tags.by"],
    );
}

#[test]
fn role_drift_is_shown_and_repaired() {
    is_shown_and_repaired(
        "roles.cruddur-messaging-stream",
        |place| {
            let call = |operation: &str, change: Value| {
                let mut parameters = json!({"RoleName": FUNCTION});
                merge(&mut parameters, &change);
                place.observer.call("iam", operation, parameters)
            };
            let policy =
                json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
            let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
            call("attach_role_policy", json!({"PolicyArn": admin}));
            call("detach_role_policy", json!({"PolicyArn": "arn:aws:iam::aws:policy/AWSLambdaInvocation-DynamoDB"}));
            call("put_role_policy", json!({"PolicyName": "by-hand", "PolicyDocument": policy.to_string()}));
            let ours = "cruddur-message-stream-policy";
            call("put_role_policy", json!({"PolicyName": ours, "PolicyDocument": policy.to_string()}));
            let trust = json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            ]});
            call("update_assume_role_policy", json!({"PolicyDocument": trust.to_string()}));
            call("update_role", json!({"Description": "by hand", "MaxSessionDuration": 7200}));
            call("put_role_permissions_boundary", json!({"PermissionsBoundary": admin}));
            call("untag_role", json!({"TagKeys": ["project"]}));
        },
        &[
            "managed_policies",
            "inline_policies.by-hand",
            "inline_policies.cruddur-message-stream-policy",
            "assume_role_policy",
            "description",
            "max_session_duration",
            "permissions_boundary",
            "tags.project",
        ],
    );
}

#[test]
fn function_drift_is_shown_and_repaired() {
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:cruddur-messaging-stream";
    is_shown_and_repaired(
        "functions.cruddur-messaging-stream",
        |place| {
            let call = |operation: &str, change: Value| {
                let mut parameters = json!({"FunctionName": FUNCTION});
                merge(&mut parameters, &change);
                place.observer.call("lambda", operation, parameters)
            };
            let environment = json!({"Variables": {"TABLE_NAME": "other", "DEBUG": "1"}});
            call(
                "update_function_configuration",
                json!({
                    "MemorySize": 256, "Timeout": 30, "Handler": "other.handler", "Description": "by hand",
                    "Environment": environment, "TracingConfig": {"Mode": "Active"}, "EphemeralStorage": {"Size": 1024},
                }),
            );
            call("update_function_code", json!({"ZipFile": {"$base64": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}));
            place.observer.call("lambda", "untag_resource", json!({"Resource": arn, "TagKeys": ["project"]}));
        },
        &[
            "memory",
            "timeout",
            "handler",
            "description",
            "environment.TABLE_NAME",
            "environment.DEBUG",
            "tracing",
            "ephemeral_storage",
            "code.sha256",
            "tags.project",
        ],
    );
}

#[test]
fn trigger_drift_is_shown_and_repaired() {
    is_shown_and_repaired(
        "triggers.cruddur-messaging-stream/messages",
        |place| {
            let found = place.observer.mappings(FUNCTION);
            let call = |operation: &str, parameters: Value| place.observer.call("lambda", operation, parameters);
            let change = json!({
                "UUID": found[0]["UUID"], "BatchSize": 10, "Enabled": false, "BisectBatchOnFunctionError": false,
                "MaximumRetryAttempts": 1, "FunctionResponseTypes": [],
                "FilterCriteria": {"Filters": [{"Pattern": "{\"eventName\": [\"INSERT\"]}"}]},
            });
            call("update_event_source_mapping", change);
            let arn = &found[0]["EventSourceMappingArn"];
            call("untag_resource", json!({"Resource": arn, "TagKeys": ["project"]}));
        },
        &[
            "batch_size",
            "enabled",
            "bisect_on_error",
            "maximum_retry_attempts",
            "report_batch_item_failures",
            "filters",
            "tags.project",
        ],
    );
}

#[test]
fn manually_disabled_stream_is_restored_with_its_trigger() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let old = place.observer.mappings(FUNCTION)[0]["EventSourceArn"].clone();
    let off = json!({"TableName": TABLE, "StreamSpecification": {"StreamEnabled": false}});
    place.observer.call("dynamodb", "update_table", off);
    let plan = place.plan(&[]);
    let expected = [("tables.cruddur-messages", "update"), ("triggers.cruddur-messaging-stream/messages", "replace")];
    assert_eq!(actions(&plan), expected.map(|(address, action)| (address.to_owned(), action.to_owned())));
    assert_eq!(paths(&plan, "tables.cruddur-messages"), ["stream"]);
    place.apply(&[]);
    let (table, mappings) = (place.observer.table(TABLE), place.observer.mappings(FUNCTION));
    assert_eq!(mappings.as_array().map(Vec::len), Some(1), "the old trigger is gone");
    assert_eq!(mappings[0]["EventSourceArn"], table["LatestStreamArn"]);
    assert_ne!(mappings[0]["EventSourceArn"], old);
}

#[test]
fn manually_deleted_resources_are_recreated() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    let endpoint = place.observer.endpoints("vpc_endpoints.cruddur-ddb")[0]["VpcEndpointId"].clone();
    call("ec2", "delete_vpc_endpoints", json!({"VpcEndpointIds": [endpoint]}));
    let mapping = place.observer.mappings(FUNCTION)[0]["UUID"].clone();
    call("lambda", "delete_event_source_mapping", json!({"UUID": mapping}));
    call("lambda", "delete_function", json!({"FunctionName": FUNCTION}));
    let plan = place.plan(&[]);
    let made: Vec<_> = actions(&plan);
    let expected = [
        ("vpc_endpoints.cruddur-ddb", "create"),
        ("functions.cruddur-messaging-stream", "create"),
        ("triggers.cruddur-messaging-stream/messages", "create"),
    ];
    assert_eq!(made, expected.map(|(address, action)| (address.to_owned(), action.to_owned())));
    place.apply(&[]);
    assert_eq!(place.observer.mappings(FUNCTION).as_array().map(Vec::len), Some(1));
}

/// Deletes the function's role with all that it has.
fn delete_role(place: &Place) {
    let call = |operation: &str, parameters: Value| place.observer.call("iam", operation, parameters);
    let role = place.observer.role(FUNCTION);
    for policy in role["AttachedPolicies"].as_array().expect("it has policies") {
        call("detach_role_policy", json!({"RoleName": FUNCTION, "PolicyArn": policy}));
    }
    for policy in role["InlinePolicies"].as_object().expect("it has policies").keys() {
        call("delete_role_policy", json!({"RoleName": FUNCTION, "PolicyName": policy}));
    }
    call("delete_role", json!({"RoleName": FUNCTION}));
}

/// Checks the plan that sets the function's role again, and the call's input.
fn set_again(place: &Place, others: &[(&str, &str)], reason: &str) {
    let plan = place.plan(&[]);
    let function = ("functions.cruddur-messaging-stream", "update");
    let expected: Vec<_> = others.iter().chain([&function]).map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(actions(&plan), expected);
    assert_eq!(paths(&plan, function.0), ["role"]);
    let find = |key: &str| plan[key].as_array().into_iter().flatten().find(|one| one["address"] == function.0);
    assert_eq!(find("changes").expect("it is planned")["reason"], reason);
    let step = find("steps").expect("it is called");
    assert_eq!(step["operation"], "UpdateFunctionConfiguration");
    let names: Vec<_> = step["input"].as_object().expect("it sends something").keys().map(String::as_str).collect();
    assert_eq!(names, ["FunctionName", "Role", "Environment"], "the key's grant is made for the new role");
    let after: Vec<_> = step["after"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(after.iter().any(|id| id.starts_with("roles.")), !others.is_empty(), "{after:?}");
    assert!(place.run(&["plan"]).success().stdout.contains("(set again)"));
    place.apply(&[]);
    let environment = &place.observer.function(FUNCTION)["Environment"]["Variables"];
    assert_eq!(environment, &json!({"TABLE_NAME": TABLE}));
}

#[test]
fn recreated_role_is_set_on_its_function_again() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    delete_role(&place);
    let role = "roles.cruddur-messaging-stream";
    set_again(&place, &[(role, "create")], &format!("{role} is created again, so this is set again"));
}

#[test]
fn role_recreated_by_an_earlier_run_is_set_on_its_function_again() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    delete_role(&place);
    // A role made in the same second as the function can't be recognised as newer.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    // The state after a run that ended after the role's steps.
    place.run(&["apply", "--yes", "--target", "roles.cruddur-messaging-stream"]).success();
    set_again(&place, &[], "roles.cruddur-messaging-stream was created again, so this is set again");
}
