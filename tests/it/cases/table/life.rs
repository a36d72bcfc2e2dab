//! The life of a table: created, changed property by property, adopted, drifted, removed. boto3 checks it.

use serde_json::{Value, json};
use underpin::plan::Action;

use super::bench::{Bench, operations, titles};
use super::testing::KEYS;
use crate::support::{Emulator, Observer, aws};

const NAME: &str = "life-of-a-table";

fn base() -> Value {
    json!({
        "partition_key": "pk",
        "sort_key": "sk",
        "billing": {"mode": "provisioned", "read_capacity": 5, "write_capacity": 5},
        "global_secondary_indexes": {"by-a": {"partition_key": "a"}},
        "deletion_protection": false
    })
}

fn with(changes: &Value) -> Value {
    let mut body = base();
    for (key, value) in changes.as_object().expect("changes are a mapping") {
        body[key] = value.clone();
    }
    body
}

/// The value that boto3 sees at a pointer; null if absent.
fn at<'v>(table: &'v Value, pointer: &str) -> &'v Value {
    table.pointer(pointer).unwrap_or(&Value::Null)
}

/// Cases, property by property: the written value, the pointer for boto3, and the value there.
fn values() -> Vec<(Value, &'static str, Value)> {
    let index = |properties: Value| json!({"global_secondary_indexes": {"by-a": properties}});
    let policy = |action: &str| {
        json!({"resource_policy": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": action, "Resource": "*"
        }]}})
    };
    vec![
        (
            json!({"billing": {"mode": "provisioned", "read_capacity": 6, "write_capacity": 5}}),
            "/ProvisionedThroughput/ReadCapacityUnits",
            json!(6),
        ),
        (json!({"billing": {"mode": "on_demand"}}), "/BillingModeSummary/BillingMode", json!("PAY_PER_REQUEST")),
        (
            json!({"billing": {"mode": "on_demand", "max_read_request_units": 7}}),
            "/OnDemandThroughput/MaxReadRequestUnits",
            json!(7),
        ),
        (
            index(json!({"partition_key": "a", "write_capacity": 3})),
            "/GlobalSecondaryIndexes/by-a/ProvisionedThroughput/WriteCapacityUnits",
            json!(3),
        ),
        (
            index(json!({"partition_key": "a", "projection": "keys_only"})),
            "/GlobalSecondaryIndexes/by-a/Projection/ProjectionType",
            json!("KEYS_ONLY"),
        ),
        (
            index(json!({"partition_key": "a", "projection": {"include": ["x", "y"]}})),
            "/GlobalSecondaryIndexes/by-a/Projection/ProjectionType",
            json!("INCLUDE"),
        ),
        (
            index(json!({"partition_key": {"name": "a", "type": "N"}, "sort_key": ["b", {"name": "c", "type": "B"}]})),
            "/GlobalSecondaryIndexes/by-a/KeySchema/2",
            json!({"AttributeName": "c", "KeyType": "RANGE"}),
        ),
        (json!({"global_secondary_indexes": {}}), "/GlobalSecondaryIndexes", json!({})),
        (
            json!({"global_secondary_indexes": {"by-a": {"partition_key": "a"}, "by-b": {"partition_key": "b"}}}),
            "/GlobalSecondaryIndexes/by-b/IndexStatus",
            json!("ACTIVE"),
        ),
        (
            index(json!({"partition_key": "a", "auto_scaling": {"write": {"min": 2, "max": 4, "target": 50}}})),
            "/AutoScaling/table~1life-of-a-table~1index~1by-a dynamodb:index:WriteCapacityUnits/max",
            json!(4),
        ),
        (json!({"stream": "new_image"}), "/StreamSpecification/StreamViewType", json!("NEW_IMAGE")),
        (json!({"stream": "keys_only"}), "/StreamSpecification/StreamViewType", json!("KEYS_ONLY")),
        (json!({"deletion_protection": true}), "/DeletionProtectionEnabled", json!(true)),
        (
            json!({"point_in_time_recovery": false}),
            "/ContinuousBackups/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus",
            json!("DISABLED"),
        ),
        (
            json!({"point_in_time_recovery": {"period_days": 9}}),
            "/ContinuousBackups/PointInTimeRecoveryDescription/RecoveryPeriodInDays",
            json!(9),
        ),
        (json!({"encryption": "aws_managed"}), "/SSEDescription/SSEType", json!("KMS")),
        (json!({"encryption": {"kms_key": KEYS[0]}}), "/SSEDescription/KMSMasterKeyArn", json!(KEYS[0])),
        (json!({"time_to_live": "expires"}), "/TimeToLive/AttributeName", json!("expires")),
        (json!({"time_to_live": "ends"}), "/TimeToLive/AttributeName", json!("ends")),
        (
            json!({"table_class": "standard_infrequent_access"}),
            "/TableClassSummary/TableClass",
            json!("STANDARD_INFREQUENT_ACCESS"),
        ),
        (json!({"contributor_insights": true}), "/ContributorInsights/Mode", json!("ACCESSED_AND_THROTTLED_KEYS")),
        (
            json!({"contributor_insights": {"mode": "throttled_keys"}}),
            "/ContributorInsights/Mode",
            json!("THROTTLED_KEYS"),
        ),
        (policy("dynamodb:GetItem"), "/ResourcePolicy/Statement/0/Action", json!("dynamodb:GetItem")),
        (policy("dynamodb:Query"), "/ResourcePolicy/Statement/0/Action", json!("dynamodb:Query")),
        (json!({"tags": {"team": "red"}}), "/Tags/team", json!("red")),
        (json!({"tags": {"team": "blue"}}), "/Tags/team", json!("blue")),
    ]
}

/// The same for auto scaling.
fn scaling() -> Vec<(Value, &'static str, Value)> {
    let scaled = |min: u32, target: u32| json!({"auto_scaling": {"read": {"min": min, "max": 9, "target": target}}});
    let bounds = "/AutoScaling/table~1life-of-a-table dynamodb:table:ReadCapacityUnits";
    vec![
        (
            scaled(2, 70),
            bounds,
            json!({"min": 2, "max": 9, "policies": [{
                "PolicyName": "DynamoDBReadCapacityUtilization:table/life-of-a-table",
                "TargetValue": 70.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}
            }]}),
        ),
        (scaled(3, 60), "/AutoScaling/table~1life-of-a-table dynamodb:table:ReadCapacityUnits/min", json!(3)),
        (
            json!({"auto_scaling": {"read": {"min": 3, "max": 9, "policy_name": "mine", "scale_out_cooldown": 7}}}),
            "/AutoScaling/table~1life-of-a-table dynamodb:table:ReadCapacityUnits/policies",
            json!([{
                "PolicyName": "mine",
                "ScaleOutCooldown": 7,
                "TargetValue": 70.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}
            }]),
        ),
    ]
}

#[tokio::test]
async fn every_property_is_set_changed_and_unset() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    bench.converge().await;
    let first = observer.table(NAME);
    assert_eq!(first["Tags"]["underpin:address"], format!("tables.{NAME}"));
    for (changes, pointer, wanted) in values().into_iter().chain(scaling()) {
        bench.declare(NAME, &with(&changes));
        let plan = bench.converge().await;
        assert!(!plan.steps.is_empty(), "{changes} is a change");
        let seen = observer.table(NAME);
        assert_eq!(at(&seen, pointer), &wanted, "{changes} at {pointer}");
    }
    bench.declare(NAME, &base());
    bench.converge().await;
    assert_eq!(plainly(observer.table(NAME)), plainly(first));
    emulator.assert_no_invalid_requests();
}

/// A table without the order of its definitions, which has no meaning, and in one spelling: for a feature that was on
/// once, AWS reports that it is off, and when it was changed.
fn plainly(mut table: Value) -> Value {
    let on = |is_on: bool, value: &Value| if is_on { value.clone() } else { Value::Null };
    let or = |value: &Value, default: &str| if value.is_null() { json!(default) } else { value.clone() };
    let definitions = table["AttributeDefinitions"].as_array_mut().expect("a list");
    definitions.sort_by_key(Value::to_string);
    let recovery = &table["ContinuousBackups"]["PointInTimeRecoveryDescription"];
    let expiry = &table["TimeToLive"];
    let sse = &table["SSEDescription"];
    let stream = &table["StreamSpecification"];
    let told = json!({
        "BillingModeSummary": or(&table["BillingModeSummary"]["BillingMode"], "PROVISIONED"),
        "ContinuousBackups": [&recovery["PointInTimeRecoveryStatus"], &recovery["RecoveryPeriodInDays"]],
        "SSEDescription": on(sse["Status"] != "DISABLED", sse),
        "StreamSpecification": on(stream["StreamEnabled"] == true, stream),
        "TableClassSummary": or(&table["TableClassSummary"]["TableClass"], "STANDARD"),
        "TimeToLive": on(expiry["TimeToLiveStatus"] != "DISABLED", expiry),
    });
    for (key, value) in told.as_object().expect("a mapping") {
        table[key] = value.clone();
    }
    // The last stream, which can still be read.
    for key in ["LatestStreamArn", "LatestStreamLabel"] {
        table.as_object_mut().expect("a table").remove(key);
    }
    table
}

#[tokio::test]
async fn plan_without_changes_makes_few_calls() {
    let emulator = Emulator::start();
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &with(&json!({"encryption": {"kms_key": KEYS[0]}})));
    bench.converge().await;
    emulator.clear_log();
    assert!(bench.plan().await.is_empty());
    let mut asked: Vec<String> = emulator.requests().iter().map(|request| request.operation.clone()).collect();
    asked.sort();
    assert_eq!(
        asked,
        [
            "DescribeContinuousBackups",
            "DescribeKey",
            "DescribeKinesisStreamingDestination",
            "DescribeScalableTargets",
            "DescribeTable",
            "DescribeTimeToLive",
            "GetResourcePolicy",
            "GetResources",
            "ListContributorInsights",
            "ListTagsOfResource"
        ]
    );
    assert!(emulator.mutations().is_empty());
}

#[tokio::test]
async fn a_slow_table_is_waited_for() {
    let emulator = Emulator::with(&["--slow", "150"]);
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    bench.converge().await;
    let changes = json!({
        "billing": {"mode": "on_demand"},
        "global_secondary_indexes": {
            "by-a": {"partition_key": "b"}, "by-c": {"partition_key": "c", "contributor_insights": true}
        },
        "stream": "old_image",
        "encryption": {"kms_key": KEYS[1]},
        "table_class": "standard_infrequent_access",
        "deletion_protection": true
    });
    bench.declare(NAME, &with(&changes));
    bench.converge().await;
    bench.declare(NAME, &base());
    bench.converge().await;
    bench.forget(NAME);
    bench.converge().await;
    assert_eq!(Observer::of(&emulator).table(NAME), Value::Null);
    emulator.assert_no_invalid_requests();
}

#[tokio::test]
async fn table_being_created_is_not_seen_as_untagged() {
    let emulator = Emulator::with(&["--slow", "700"]);
    let observer = Observer::of(&emulator);
    observer.call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": NAME,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "Tags": [{"Key": "underpin:stack", "Value": "another"}]
        }),
    );
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &json!({"partition_key": "pk"}));
    let plan = bench.plan().await;
    assert!(plan.blocked, "it belongs to another stack");
}

#[tokio::test]
async fn manually_created_table_is_adopted() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    observer.call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": NAME,
            "AttributeDefinitions": [
                {"AttributeName": "a", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
                {"AttributeName": "pk", "AttributeType": "S"}
            ],
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}
            ],
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            "GlobalSecondaryIndexes": [{
                "IndexName": "by-a",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
            }]
        }),
    );
    let made = observer.table(NAME)["TableId"].clone();
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    let plan = bench.converge().await;
    assert_eq!(plan.changes[0].action, Action::Adopt);
    assert_eq!(operations(&plan), ["TagResource", "UpdateContinuousBackups"]);
    assert_eq!(observer.table(NAME)["TableId"], made);
}

#[tokio::test]
async fn drift_is_repaired() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &with(&json!({"stream": "new_image", "deletion_protection": true})));
    bench.converge().await;
    let update = |parameters: Value| observer.call("dynamodb", "update_table", parameters);
    update(json!({"TableName": NAME, "DeletionProtectionEnabled": false}));
    update(json!({"TableName": NAME, "StreamSpecification": {"StreamEnabled": false}}));
    update(json!({"TableName": NAME, "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-a"}}]}));
    let arn = observer.table(NAME)["TableArn"].clone();
    observer.call("dynamodb", "tag_resource", json!({"ResourceArn": arn, "Tags": [{"Key": "x", "Value": "y"}]}));
    let plan = bench.converge().await;
    assert_eq!(
        titles(&plan),
        ["remove tag `x`", "turn deletion protection on", "create index `by-a`", "turn the stream on, with new image"]
    );
}

#[tokio::test]
async fn removed_table_leaves_a_backup_and_no_scaling() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let mut bench = Bench::new(aws(&emulator));
    let scaling = json!({"read": {"min": 1, "max": 9}, "write": {"min": 1, "max": 9}});
    bench.declare(
        NAME,
        &with(&json!({
            "auto_scaling": scaling,
            "global_secondary_indexes": {"by-a": {"partition_key": "a", "auto_scaling": scaling}},
            "deletion_protection": true
        })),
    );
    bench.converge().await;
    let item = json!({"pk": {"S": "1"}, "sk": {"S": "2"}});
    observer.call("dynamodb", "put_item", json!({"TableName": NAME, "Item": item}));
    bench.forget(NAME);
    let plan = bench.converge().await;
    let titles = titles(&plan);
    assert_eq!(titles[..2], ["turn deletion protection off", "take backup `life-of-a-table-20261121T120000Z`"]);
    assert_eq!(titles.last().map(String::as_str), Some("delete table"));
    assert_eq!(observer.table(NAME), Value::Null);
    let backups = observer.call("dynamodb", "list_backups", json!({}));
    assert_eq!(backups["BackupSummaries"].as_array().map(Vec::len), Some(1));
    let targets = json!({"ServiceNamespace": "dynamodb"});
    let targets = observer.call("application-autoscaling", "describe_scalable_targets", targets);
    assert_eq!(targets["ScalableTargets"], json!([]));
    emulator.assert_no_invalid_requests();
}

#[tokio::test]
async fn empty_table_is_deleted_without_a_backup() {
    let emulator = Emulator::start();
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    bench.converge().await;
    bench.forget(NAME);
    assert_eq!(operations(&bench.converge().await), ["DeleteTable"]);
}

#[tokio::test]
async fn key_change_replaces_the_table() {
    let emulator = Emulator::start();
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    bench.converge().await;
    bench.declare(NAME, &with(&json!({"sort_key": {"name": "sk", "type": "N"}})));
    let plan = bench.converge().await;
    assert_eq!(plan.changes[0].action, Action::Replace);
    let seen = Observer::of(&emulator).table(NAME);
    let definitions = seen["AttributeDefinitions"].as_array().expect("a list").clone();
    assert!(definitions.contains(&json!({"AttributeName": "sk", "AttributeType": "N"})), "{definitions:?}");
}

#[tokio::test]
async fn ttl_change_during_cooldown_fails_with_the_retry_time() {
    let emulator = Emulator::with(&["--ttl-cooldown", "600"]);
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &with(&json!({"time_to_live": "expires"})));
    bench.converge().await;
    bench.declare(NAME, &with(&json!({"time_to_live": "ends"})));
    let plan = bench.plan().await;
    let report = bench.apply(plan).await;
    assert!(!report.is_complete());
    assert!(report.failures[0].message.contains("run again after"), "{}", report.failures[0].message);
}

#[tokio::test]
async fn unavailable_continuous_backups_are_waited_for() {
    let emulator = Emulator::start();
    emulator.fault(json!({
        "service": "dynamodb", "operation": "UpdateContinuousBackups", "times": 2, "status": 400,
        "code": "ContinuousBackupsUnavailableException", "message": "Backups are being enabled for the table"
    }));
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    bench.converge().await;
}

#[tokio::test]
async fn table_in_update_is_waited_for_and_an_exceeded_quota_is_not() {
    let emulator = Emulator::start();
    let mut bench = Bench::new(aws(&emulator));
    bench.declare(NAME, &base());
    bench.converge().await;
    emulator.fault(json!({
        "service": "dynamodb", "operation": "UpdateTable", "times": 1, "status": 400,
        "code": "ResourceInUseException", "message": format!("Attempt to change a resource which is still in use: Table is being updated: {NAME}")
    }));
    bench.declare(NAME, &with(&json!({"stream": "new_image"})));
    bench.converge().await;
    emulator.fault(json!({
        "service": "dynamodb", "operation": "UpdateTable", "times": 9, "status": 400,
        "code": "LimitExceededException",
        "message": "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day"
    }));
    bench.declare(NAME, &with(&json!({"stream": "old_image"})));
    let plan = bench.plan().await;
    let report = bench.apply(plan).await;
    assert_eq!(report.failures[0].code.as_deref(), Some("LimitExceededException"));
}

#[tokio::test]
async fn denied_read_is_an_error_not_absence() {
    for (service, operation) in [
        ("dynamodb", "ListTagsOfResource"),
        ("dynamodb", "GetResourcePolicy"),
        ("dynamodb", "DescribeTimeToLive"),
        ("dynamodb", "DescribeContinuousBackups"),
        ("dynamodb", "ListContributorInsights"),
        ("dynamodb", "DescribeKinesisStreamingDestination"),
        ("dynamodb", "DescribeTable"),
        ("application-autoscaling", "DescribeScalableTargets"),
    ] {
        let emulator = Emulator::start();
        let mut bench = Bench::new(aws(&emulator));
        bench.declare(NAME, &base());
        bench.converge().await;
        emulator.fault(json!({
            "service": service, "operation": operation, "times": 1, "status": 400,
            "code": "AccessDeniedException", "message": "User is not authorized"
        }));
        let error = bench.read(NAME).await.expect_err(operation);
        assert_eq!(error.operation, operation);
    }
}
