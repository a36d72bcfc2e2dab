//! Tables on DynamoDB Local, which has AWS's own refusals and lacks much.

use serde_json::{Value, json};

use super::bench::{Bench, titles};
use crate::support::{DynamoDbLocal, Observer, aws_at};

const NAME: &str = "local-table";

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

#[tokio::test]
async fn what_it_lacks_is_skipped_and_the_rest_is_done() {
    let Some(local) = DynamoDbLocal::start() else { return };
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
            "contributor_insights",
            "deletion_protection",
            "encryption",
            "global_secondary_indexes.*.auto_scaling",
            "global_secondary_indexes.*.contributor_insights",
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
