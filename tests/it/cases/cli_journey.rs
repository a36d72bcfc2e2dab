//! The main journey on the project's own stack: plan, apply, nothing to do, destroy.

use serde_json::{Value, json};

use crate::support::{Place, Stack, actions, calls};

const TABLE: &str = "cruddur-messages";
const FUNCTION: &str = "cruddur-messaging-stream";
const ENDPOINT: &str = "vpc_endpoints.cruddur-ddb";

fn tags(address: &str) -> Value {
    json!({
        "project": "cruddur",
        "underpin:stack": "cruddur",
        "underpin:address": address,
        "underpin:scope": "default/eu-central-1",
    })
}

#[test]
fn project_stack_is_applied_and_destroyed() {
    let place = Place::new(Stack::project());
    let plan = place.plan(&[]);
    assert_eq!(plan["summary"]["create"], 5);
    assert_eq!(plan["blocked"], false);
    place.run(&["plan", "--detailed-exitcode"]).code(2);
    assert!(place.emulator.mutations().is_empty(), "a plan changes nothing");

    let applied = place.run(&["apply", "--yes"]).success();
    assert!(applied.stdout.contains("Plan: 5 to create."));
    let mut made = place.emulator.mutations();
    let mut planned = calls(&plan);
    made.sort();
    planned.sort();
    assert_eq!(made, planned, "the calls of the plan are made, and no others");
    place.emulator.assert_no_invalid_requests();

    the_table_is_as_the_file_says(&place);
    the_endpoint_is_as_the_file_says(&place);
    the_role_is_as_the_file_says(&place);
    the_function_is_as_the_file_says(&place);
    the_trigger_is_as_the_file_says(&place);

    place.emulator.clear_log();
    let plan = place.run(&["plan", "--detailed-exitcode"]).success();
    assert!(plan.stdout.contains("No changes."), "{}", plan.stdout);
    place.run(&["apply", "--yes"]).success();
    place.run(&["apply"]).success();
    assert_eq!(place.emulator.mutations(), [""; 0], "a second apply changes nothing");

    let refused = place.run(&["destroy", "--yes"]).code(3);
    assert!(refused.stdout.contains("--allow-delete tables.cruddur-messages"));
    assert_eq!(place.emulator.mutations(), [""; 0], "nothing is touched without consent");

    let destroyed = place.destroy(&["tables.cruddur-messages"]);
    assert!(destroyed.stderr.contains("nothing of the stack is left"), "{}", destroyed.stderr);
    assert_eq!(place.observer.table(TABLE), json!(null));
    assert_eq!(place.observer.role(FUNCTION), json!(null));
    assert_eq!(place.observer.function(FUNCTION), json!(null));
    assert_eq!(place.observer.endpoints(ENDPOINT), json!([]));
    assert_eq!(place.observer.mappings(FUNCTION), json!([]));

    place.emulator.clear_log();
    let again = place.run(&["destroy", "--yes"]).success();
    assert!(again.stdout.contains("Nothing to do."), "{}", again.stdout);
    assert!(place.emulator.mutations().is_empty());
    assert_eq!(actions(&place.plan(&[])).len(), 5, "it can be made again");
}

fn the_table_is_as_the_file_says(place: &Place) {
    let table = place.observer.table(TABLE);
    let key = |pk: &str| json!([{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]);
    let capacity = |at: &Value| {
        (
            at["ProvisionedThroughput"]["ReadCapacityUnits"].as_u64(),
            at["ProvisionedThroughput"]["WriteCapacityUnits"].as_u64(),
        )
    };
    assert_eq!(table["KeySchema"], key("pk"));
    let attributes = table["AttributeDefinitions"].as_array().expect("there are attributes");
    assert!(attributes.iter().all(|attribute| attribute["AttributeType"] == "S"));
    assert_eq!(attributes.len(), 3);
    assert!(table["BillingModeSummary"]["BillingMode"] != "PAY_PER_REQUEST");
    assert_eq!(capacity(&table), (Some(5), Some(5)));
    let indexes = table["GlobalSecondaryIndexes"].as_object().expect("there are indexes");
    assert_eq!(indexes.keys().collect::<Vec<_>>(), ["message-group-sk-index"]);
    let index = &indexes["message-group-sk-index"];
    assert_eq!(index["KeySchema"], key("message_group_uuid"));
    assert_eq!(index["Projection"], json!({"ProjectionType": "ALL"}));
    assert_eq!(capacity(index), (Some(5), Some(5)));
    assert_eq!(table["LocalSecondaryIndexes"], json!({}));
    assert_eq!(table["StreamSpecification"], json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}));
    assert_eq!(table["DeletionProtectionEnabled"], true);
    let recovery = &table["ContinuousBackups"]["PointInTimeRecoveryDescription"];
    assert_eq!(
        (&recovery["PointInTimeRecoveryStatus"], &recovery["RecoveryPeriodInDays"]),
        (&json!("ENABLED"), &json!(35))
    );
    assert_eq!(table.get("SSEDescription"), None, "AWS owns the key");
    assert_eq!(table["TimeToLive"]["TimeToLiveStatus"], "DISABLED");
    assert!(table.get("TableClassSummary").is_none_or(|class| class["TableClass"] == "STANDARD"));
    let insights = json!({"Status": "DISABLED", "Mode": null});
    assert_eq!((&table["ContributorInsights"], &table["ResourcePolicy"]), (&insights, &json!(null)));
    assert_eq!(table["AutoScaling"], json!({}));
    assert_eq!(table["Tags"], tags("tables.cruddur-messages"));
}

fn the_endpoint_is_as_the_file_says(place: &Place) {
    let vpcs =
        place.observer.call("ec2", "describe_vpcs", json!({"Filters": [{"Name": "is-default", "Values": ["true"]}]}));
    let vpc = &vpcs["Vpcs"][0]["VpcId"];
    let tables =
        place.observer.call("ec2", "describe_route_tables", json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}));
    let tables: Vec<&Value> = tables["RouteTables"]
        .as_array()
        .expect("there are route tables")
        .iter()
        .map(|one| &one["RouteTableId"])
        .collect();
    let found = place.observer.endpoints(ENDPOINT);
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let endpoint = &found[0];
    assert_eq!(endpoint["ServiceName"], "com.amazonaws.eu-central-1.dynamodb");
    assert_eq!((&endpoint["VpcEndpointType"], &endpoint["VpcId"]), (&json!("Gateway"), vpc));
    assert_eq!(endpoint["RouteTableIds"], json!(tables));
    assert_eq!(endpoint["Tags"], tags(ENDPOINT));
    let text = place.stack.read("policies/endpoint/cruddur-ddb.json");
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages";
    let text = text.replace("${tables.cruddur-messages.arn}", arn).replace("${account}", "123456789012");
    let wanted: Value = serde_json::from_str(&text).expect("the policy is JSON");
    assert_eq!(endpoint["PolicyDocument"], wanted);
}

fn the_role_is_as_the_file_says(place: &Place) {
    let role = place.observer.role(FUNCTION);
    let statement = &role["AssumeRolePolicyDocument"]["Statement"];
    let trust =
        json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    assert_eq!(statement, &trust);
    assert_eq!(
        role["AttachedPolicies"],
        json!([
            "arn:aws:iam::aws:policy/AWSLambdaInvocation-DynamoDB",
            "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
        ])
    );
    let text = place.stack.read("policies/iam/cruddur-message-stream-policy.json");
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages";
    let wanted: Value =
        serde_json::from_str(&text.replace("${tables.cruddur-messages.arn}", arn)).expect("the policy is JSON");
    assert_eq!(role["InlinePolicies"], json!({"cruddur-message-stream-policy": wanted}));
    assert_eq!((&role["MaxSessionDuration"], &role["Path"]), (&json!(3600), &json!("/")));
    assert_eq!(role.get("PermissionsBoundary"), None);
    assert_eq!(role["Tags"], tags("roles.cruddur-messaging-stream"));
}

fn the_function_is_as_the_file_says(place: &Place) {
    let function = place.observer.function(FUNCTION);
    let says = |key: &str, value: Value| assert_eq!(function[key], value, "{key}");
    says("Runtime", json!("python3.13"));
    says("Handler", json!("lambda_function.lambda_handler"));
    says("Role", json!("arn:aws:iam::123456789012:role/cruddur-messaging-stream"));
    says("MemorySize", json!(128));
    says("Timeout", json!(10));
    says("Architectures", json!(["x86_64"]));
    says("EphemeralStorage", json!({"Size": 512}));
    says("TracingConfig", json!({"Mode": "PassThrough"}));
    says("Environment", json!({"Variables": {"TABLE_NAME": TABLE}}));
    says("ReservedConcurrency", json!(null));
    says("Permissions", json!({}));
    says("Tags", tags("functions.cruddur-messaging-stream"));
    let default = json!({"Filters": [{"Name": "default-for-az", "Values": ["true"]}]});
    let subnets = place.observer.call("ec2", "describe_subnets", default);
    let mut subnets: Vec<&str> = subnets["Subnets"]
        .as_array()
        .expect("there are subnets")
        .iter()
        .filter_map(|subnet| subnet["SubnetId"].as_str())
        .collect();
    subnets.sort_unstable();
    let mut live: Vec<&str> = function["VpcConfig"]["SubnetIds"]
        .as_array()
        .expect("there are subnets")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    live.sort_unstable();
    assert_eq!(live, subnets);
    let group = json!({"Filters": [{"Name": "group-name", "Values": ["default"]}]});
    let groups = place.observer.call("ec2", "describe_security_groups", group);
    assert_eq!(function["VpcConfig"]["SecurityGroupIds"], json!([groups["SecurityGroups"][0]["GroupId"]]));
}

fn the_trigger_is_as_the_file_says(place: &Place) {
    let found = place.observer.mappings(FUNCTION);
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let trigger = &found[0];
    let says = |key: &str, value: Value| assert_eq!(trigger[key], value, "{key}");
    says("EventSourceArn", place.observer.table(TABLE)["LatestStreamArn"].clone());
    says("StartingPosition", json!("LATEST"));
    says("BatchSize", json!(100));
    says("BisectBatchOnFunctionError", json!(true));
    says("MaximumRetryAttempts", json!(3));
    says("FunctionResponseTypes", json!(["ReportBatchItemFailures"]));
    says("State", json!("Enabled"));
    says("Tags", tags("triggers.cruddur-messaging-stream/messages"));
}
