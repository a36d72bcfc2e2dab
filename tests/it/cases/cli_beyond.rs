//! Features that the stack file can't express and that need extra calls: these are made where the features would be
//! lost or adopted, and nowhere else.

use serde_json::{Value, json};

use crate::support::{Place, Request, Stack, denials};

const FUNCTION: &str = "cruddur-messaging-stream";

/// The extra calls before a removal or an adoption.
const CLOSER: [&str; 10] = [
    "lambda:ListAliases",
    "lambda:ListVersionsByFunction",
    "lambda:GetFunctionUrlConfig",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetRuntimeManagementConfig",
    "lambda:ListProvisionedConcurrencyConfigs",
    "lambda:GetFunctionRecursionConfig",
    "dynamodb:GetResourcePolicy",
    "application-autoscaling:DescribeScheduledActions",
];

/// The unmanaged features of a resource in a plan.
fn features(plan: &Value, address: &str) -> Vec<String> {
    let changes = plan["changes"].as_array().expect("a plan has changes");
    let change = changes.iter().find(|change| change["address"] == address).expect("it is in the plan");
    let unmanaged = change["beyond"].as_array().into_iter().flatten();
    unmanaged.filter_map(|one| one["feature"].as_str()).map(str::to_owned).collect()
}

fn decorate(place: &Place) {
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    let function = |operation: &str, mut parameters: Value| {
        parameters["FunctionName"] = json!(FUNCTION);
        call("lambda", operation, parameters)
    };
    function("publish_version", json!({}));
    function("create_alias", json!({"Name": "live", "FunctionVersion": "1"}));
    function("create_function_url_config", json!({"AuthType": "NONE"}));
    function("put_function_event_invoke_config", json!({"MaximumRetryAttempts": 0}));
    function("put_runtime_management_config", json!({"UpdateRuntimeOn": "FunctionUpdate"}));
    function("put_provisioned_concurrency_config", json!({"Qualifier": "live", "ProvisionedConcurrentExecutions": 1}));
    function("put_function_recursion_config", json!({"RecursiveLoop": "Allow"}));
    let action = json!({
        "ServiceNamespace": "dynamodb", "ResourceId": "table/cruddur-messages",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "ScheduledActionName": "nights",
        "Schedule": "cron(0 22 * * ? *)", "ScalableTargetAction": {"MinCapacity": 1},
    });
    call("application-autoscaling", "put_scheduled_action", action);
}

#[test]
fn unmanaged_features_are_named_before_they_are_lost() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    decorate(&place);
    place.emulator.clear_log();
    place.run(&["plan", "--detailed-exitcode"]).success();
    let asked: Vec<String> = place.emulator.requests().iter().map(Request::name).collect();
    for call in CLOSER {
        let table = usize::from(call == "dynamodb:GetResourcePolicy");
        assert_eq!(asked.iter().filter(|name| *name == call).count(), table, "{call}: nothing is at stake");
    }
    let plan = place.run(&["plan", "--destroy", "--format", "json"]).code(3).json();
    place.emulator.assert_no_invalid_requests();
    let wanted = [
        "aliases",
        "versions",
        "function URL",
        "event invoke configuration",
        "runtime management",
        "provisioned concurrency",
        "recursion configuration",
    ];
    let function = format!("functions.{FUNCTION}");
    assert_eq!(features(&plan, &function), wanted);
    assert_eq!(features(&plan, "tables.cruddur-messages"), ["scheduled scaling"]);
    let refused: Vec<_> = denials(&plan).into_iter().filter_map(|(_, _, address)| address).collect();
    assert_eq!(refused, ["tables.cruddur-messages".to_owned(), function.clone()]);
    place.destroy(&["tables.cruddur-messages", &function]);
}

#[test]
fn denied_reads_of_unmanaged_features_are_reported() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let asked = CLOSER.iter().filter_map(|call| call.split_once(':'));
    for (service, operation) in asked.filter(|(_, operation)| *operation != "GetResourcePolicy") {
        place.emulator.fault(json!({
            "service": service, "operation": operation, "times": 1, "status": 403,
            "code": "AccessDeniedException", "message": "User is not authorized",
        }));
        let text = place.run(&["plan", "--destroy"]).code(3).stdout;
        assert!(text.contains(&format!("it could not be looked for: {service}:{operation} is not allowed")), "{text}");
        let text = place.run(&["plan", "--destroy"]).code(3).stdout;
        assert!(!text.contains("could not be looked for"), "{text}");
    }
}

#[test]
fn stream_policy_is_named_before_its_table_is_deleted() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let stream = place.observer.table("cruddur-messages")["LatestStreamArn"].clone();
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "dynamodb:GetRecords", "Resource": stream,
    }]});
    place.observer.call(
        "dynamodb",
        "put_resource_policy",
        json!({"ResourceArn": stream, "Policy": policy.to_string()}),
    );
    let plan = place.run(&["plan", "--destroy", "--format", "json"]).code(3).json();
    assert_eq!(features(&plan, "tables.cruddur-messages"), ["resource policy of the stream"]);
}

/// The project's stack, applied with a log group of its function; returns that group's name.
fn with_logs() -> (Place, String) {
    let place = Place::new(Stack::project());
    place.stack.replace("    memory: 128", "    memory: 128\n    log_retention: 7");
    place.apply(&[]);
    (place, format!("/aws/lambda/{FUNCTION}"))
}

fn retention(place: &Place, group: &str) -> Value {
    let groups = place.observer.call("logs", "describe_log_groups", json!({"logGroupNamePrefix": group}));
    groups["logGroups"][0]["retentionInDays"].clone()
}

#[test]
fn retention_is_set_on_the_log_group_in_use() {
    let (place, usual) = with_logs();
    let before = retention(&place, &usual);
    assert_eq!(before, 7);
    let call = |service: &str, operation: &str, parameters: Value| place.observer.call(service, operation, parameters);
    call("logs", "create_log_group", json!({"logGroupName": "/shared"}));
    let logging = json!({"LogFormat": "Text", "LogGroup": "/shared"});
    call("lambda", "update_function_configuration", json!({"FunctionName": FUNCTION, "LoggingConfig": logging}));
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let steps: Vec<_> = plan["steps"].as_array().expect("steps").iter().map(|step| step["operation"].clone()).collect();
    assert_eq!(steps, ["PutRetentionPolicy"], "the group is there");
    let text = place.run(&["plan"]).success().stdout;
    assert!(text.contains("it writes to the log group `/shared`"), "{text}");
    place.apply(&[]);
    assert_eq!(retention(&place, "/shared"), before);
    place.run(&["plan", "--detailed-exitcode"]).success();
    // The shared group belongs to somebody else, and stays.
    place.emulator.clear_log();
    let function = format!("functions.{FUNCTION}");
    place.destroy(&["tables.cruddur-messages", &function]);
    assert_eq!(retention(&place, "/shared"), before);
}

#[test]
fn manually_changed_log_group_tags_are_restored() {
    let (place, group) = with_logs();
    let arn = format!("arn:aws:logs:eu-central-1:123456789012:log-group:{group}");
    let call = |operation: &str, parameters: Value| place.observer.call("logs", operation, parameters);
    let tags = || call("list_tags_for_resource", json!({"resourceArn": arn}))["tags"].clone();
    let before = tags();
    call("tag_resource", json!({"resourceArn": arn, "tags": {"underpin:address": "functions.other", "by": "hand"}}));
    call("untag_resource", json!({"resourceArn": arn, "tagKeys": ["project"]}));
    let text = place.run(&["plan"]).success().stdout;
    assert!(text.contains("log_group_tags.underpin:address") && text.contains("of the log group"), "{text}");
    assert!(text.contains("log_group_tags.project") && !text.contains("log_group_tags.by"), "{text}");
    place.apply(&[]);
    let mut now = tags();
    let others = now.as_object_mut().expect("tags").remove("by");
    assert_eq!(others.as_ref().and_then(Value::as_str), Some("hand"), "what others gave the group stays");
    assert_eq!(now, before);
    place.run(&["plan", "--detailed-exitcode"]).success();
}
