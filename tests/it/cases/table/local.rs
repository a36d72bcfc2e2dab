//! Tables on a DynamoDB Local that is named: it has AWS's own refusals and lacks many features.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use underpin::plan::Plan;

use super::bench::{Bench, titles};
use crate::support::{Answer, DynamoDbLocal, Observer, Run, Stack, Stub, aws_at};

const NAME: &str = "underpin-test-table";

fn body(capacity: u32, index: &str, stream: &str) -> Value {
    let scaling = json!({"read": {"min": 1, "max": 9}});
    json!({
        "partition_key": "pk",
        "sort_key": "sk",
        "billing": {"mode": "provisioned", "read_capacity": capacity, "write_capacity": 5},
        "global_secondary_indexes": {
            "by-a": {"partition_key": index, "auto_scaling": scaling, "contributor_insights": true},
            "by-b": {"partition_key": "b", "read_capacity": 5}
        },
        "local_secondary_indexes": {"local": {"sort_key": {"name": "n", "type": "N"}, "projection": "keys_only"}},
        "stream": stream,
        "encryption": "aws_managed",
        "table_class": "standard_infrequent_access",
        "auto_scaling": scaling,
        "contributor_insights": true,
        "resource_policy": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"
        }]},
        "tags": {"project": "cruddur"}
    })
}

fn on_demand(limit: Option<u32>) -> Value {
    let mut body = json!({
        "partition_key": "pk", "billing": {"mode": "on_demand"},
        "global_secondary_indexes": {"by-a": {"partition_key": "a"}}
    });
    if let Some(limit) = limit {
        body["billing"]["max_read_request_units"] = json!(limit);
        body["global_secondary_indexes"]["by-a"]["max_write_request_units"] = json!(limit);
    }
    body
}

fn skipped(plan: &Plan) -> Vec<&str> {
    let named = plan.notes.iter().filter_map(|note| note.message.split_once("` is skipped"));
    named.map(|(property, _)| property.trim_start_matches('`')).collect()
}

#[tokio::test]
async fn silently_dropped_limits_are_not_waited_for() {
    let Some(local) = DynamoDbLocal::named() else { return };
    let mut bench = Bench::new(aws_at(&local.endpoint()));
    bench.declare(NAME, &on_demand(Some(9)));
    let limits = ["billing.max_read_request_units", "global_secondary_indexes.*.max_write_request_units"];
    let made = bench.converge().await;
    assert_eq!(titles(&made), ["create table"]);
    assert!(limits.iter().all(|limit| skipped(&made).contains(limit)), "{:?}", made.notes);
    let mut provisioned = on_demand(None);
    provisioned["billing"] = json!({"mode": "provisioned", "read_capacity": 5, "write_capacity": 5});
    provisioned["global_secondary_indexes"]["by-a"]["read_capacity"] = json!(5);
    bench.declare(NAME, &provisioned);
    bench.converge().await;
    bench.declare(NAME, &on_demand(Some(8)));
    let switched = bench.converge().await;
    assert_eq!(titles(&switched), ["switch billing to on demand"], "with no limit that would be waited for");
    assert!(limits.iter().all(|limit| skipped(&switched).contains(limit)), "{:?}", switched.notes);
}

#[tokio::test]
async fn only_declared_properties_are_reported_as_skipped() {
    let Some(local) = DynamoDbLocal::named() else { return };
    let mut bench = Bench::new(aws_at(&local.endpoint()));
    bench.declare(NAME, &on_demand(None));
    assert_eq!(skipped(&bench.plan().await), ["point_in_time_recovery", "tags"]);
    bench.converge().await;
    let live = ["point_in_time_recovery", "tags", "deletion_protection"];
    assert_eq!(skipped(&bench.plan().await), live, "now it tells that it has no protection");
    let mut more = on_demand(None);
    more["contributor_insights"] = json!(true);
    bench.declare(NAME, &more);
    assert!(skipped(&bench.plan().await).contains(&"contributor_insights"));
    bench.destroy = true;
    assert!(!skipped(&bench.plan().await).contains(&"backup"), "an empty table needs none");
}

#[test]
fn dynamodb_local_errors_name_what_the_endpoint_lacks() {
    let Some(local) = DynamoDbLocal::named() else { return };
    let yaml = "stack: shop\nregion: eu-central-1\ntables:\n  underpin-test-orders: {partition_key: id, billing: {mode: on_demand}}\n";
    let stack = Stack::new(&format!("{yaml}environments: {{local: {{sections: [tables]}}}}\n"));
    let run = |arguments: &[&str]| {
        let at = ["--endpoint-url", &local.endpoint()].map(str::to_owned);
        let arguments: Vec<&str> = arguments.iter().copied().chain(at.iter().map(String::as_str)).collect();
        Run::new(stack.dir()).args(&arguments).output()
    };
    let whole = run(&["plan"]).code(1);
    assert!(whole.stderr.contains("hint:") && whole.stderr.contains("sections: [tables]"), "{}", whole.stderr);
    run(&["plan", "--env", "local"]).success();
    stack.replace(
        "{partition_key: id, ",
        "{partition_key: id, global_secondary_indexes: {by-a: {partition_key: [a, b]}}, ",
    );
    let several = run(&["apply", "--yes", "--env", "local"]).code(1);
    let said = "this endpoint does not support index keys of several attributes";
    assert!(several.stderr.contains(said), "{}", several.stderr);
}

#[tokio::test]
async fn unsupported_properties_are_skipped_and_the_rest_is_applied() {
    let Some(local) = DynamoDbLocal::named() else { return };
    let observer = Observer::at(&local.endpoint());
    let mut bench = Bench::new(aws_at(&local.endpoint()));
    bench.declare(NAME, &body(5, "a", "new_image"));
    let plan = bench.converge().await;
    assert_eq!(titles(&plan), ["create table"]);
    let mut skipped: Vec<String> =
        bench.read(NAME).await.expect("it can be read").unsupported.into_iter().map(|u| u.property).collect();
    skipped.sort();
    assert_eq!(
        skipped,
        [
            "auto_scaling",
            "backup",
            "billing.max_read_request_units",
            "billing.max_write_request_units",
            "contributor_insights",
            "deletion_protection",
            "encryption",
            "global_secondary_indexes.*.auto_scaling",
            "global_secondary_indexes.*.contributor_insights",
            "global_secondary_indexes.*.max_read_request_units",
            "global_secondary_indexes.*.max_write_request_units",
            "point_in_time_recovery",
            "resource_policy",
            "table_class",
            "tags"
        ]
    );
    bench.declare(NAME, &body(5, "c", "old_image"));
    let plan = bench.converge().await;
    assert_eq!(
        titles(&plan),
        ["delete index `by-a`", "create index `by-a`", "turn the stream off", "turn the stream on, with old image"]
    );
    let mut expires = body(5, "c", "off");
    expires["time_to_live"] = json!("expires");
    expires["global_secondary_indexes"]["by-b"]["read_capacity"] = json!(6);
    bench.declare(NAME, &expires);
    bench.converge().await;
    let seen = observer.table(NAME);
    assert_eq!(seen["GlobalSecondaryIndexes"]["by-b"]["ProvisionedThroughput"]["ReadCapacityUnits"], 6);
    assert_eq!(seen["TimeToLive"]["AttributeName"], "expires");
    let item = json!({"pk": {"S": "1"}, "sk": {"S": "2"}});
    observer.call("dynamodb", "put_item", json!({"TableName": NAME, "Item": item}));
    bench.destroy = true;
    assert_eq!(titles(&bench.converge().await), ["delete table"]);
    assert_eq!(observer.table(NAME), Value::Null);
}

/// DynamoDB Local answers calls of STS with 500, and the SDK would make six attempts in a quarter of a minute.
#[test]
fn endpoint_without_sts_is_called_only_twice() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let stub = Stub::start(move |request| {
        let (status, code) = match request.name().as_str() {
            "sts GetCallerIdentity" => {
                counter.fetch_add(1, Ordering::SeqCst);
                (500, "")
            }
            "dynamodb DescribeTable" => (400, "ResourceNotFoundException"),
            _ => (400, "UnknownOperationException"),
        };
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
        Answer { status, headers, body: json!({"__type": code}).to_string().into_bytes() }
    });
    let yaml = format!(
        "stack: local\nregion: eu-central-1\ntables:\n  orders: {{partition_key: id}}\nenvironments:\n  local: \
         {{endpoint_url: \"{}\", sections: [tables]}}\n",
        stub.endpoint()
    );
    let place = Stack::new(&yaml);
    let plan = Run::new(place.dir()).args(&["plan", "--env", "local", "--format", "json"]).output().success().json();
    assert_eq!(plan["summary"]["create"], 1);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
