//! The environment of the laws' resources, made by hand: keys, queues, networks, roles of others.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use underpin::base::Archives;

use crate::support::Observer;

/// An archive without files: the smallest zip, distinguished from others by its comment.
fn archive(comment: u8) -> Vec<u8> {
    let mut bytes = b"PK\x05\x06".to_vec();
    bytes.extend([0; 16]);
    bytes.extend([1, 0, comment]);
    bytes
}

/// A network of the region.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    /// Its subnets, one in each zone.
    pub(super) subnets: Vec<String>,
    /// Its security groups, the default one first.
    pub(super) groups: Vec<String>,
    /// Its route tables, the main one first.
    pub(super) route_tables: Vec<String>,
}

/// The resources of the environment.
pub(super) struct World {
    pub(super) archives: Arc<Archives>,
    pub(super) codes: Vec<Value>,
    pub(super) roles: Vec<String>,
    pub(super) policies: Vec<String>,
    pub(super) keys: Vec<String>,
    pub(super) layers: Vec<String>,
    pub(super) queues: Vec<String>,
    pub(super) table_streams: Vec<String>,
    pub(super) kinesis_streams: Vec<String>,
    pub(super) network: Network,
}

impl World {
    /// Makes the resources.
    pub(super) fn make(observer: &Observer) -> Self {
        let archives = Archives::default();
        let codes = (1..=3).map(|n| code(&archives, n)).collect();
        Self {
            archives: Arc::new(archives),
            codes,
            roles: ["one", "two"].map(|name| role(observer, name)).to_vec(),
            policies: ["reads", "writes"].map(|name| policy(observer, name)).to_vec(),
            keys: (0..2).map(|_| key(observer)).collect(),
            layers: ["one", "two", "three"].map(|name| layer(observer, name)).to_vec(),
            queues: ["in", "more", "failed", "dead"].map(|name| queue(observer, name)).to_vec(),
            table_streams: ["first", "second"].map(|name| table_stream(observer, name)).to_vec(),
            kinesis_streams: vec![kinesis_stream(observer)],
            network: network(observer),
        }
    }
}

/// Makes a function without a stack's tags, unless it exists.
pub(super) fn made_by_hand(observer: &Observer, world: &World, name: &str) {
    if !observer.function(name).is_null() {
        return;
    }
    let parameters = json!({
        "FunctionName": name, "Runtime": "python3.13", "Role": world.roles[0], "Handler": "a.b", "Timeout": 3,
        "Code": {"ZipFile": {"$base64": BASE64_STANDARD.encode(archive(b'h'))}},
    });
    observer.call("lambda", "create_function", parameters);
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn code(archives: &Archives, number: u8) -> Value {
    let bytes = archive(b'0' + number);
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(&bytes));
    let size = bytes.len();
    archives.insert(sha256.clone(), bytes);
    json!({"path": format!("code/{number}"), "sha256": sha256, "size": size})
}

fn role(observer: &Observer, name: &str) -> String {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
    }]});
    let parameters = json!({"RoleName": format!("world-{name}"), "AssumeRolePolicyDocument": trust.to_string()});
    text(&observer.call("iam", "create_role", parameters)["Role"]["Arn"])
}

fn policy(observer: &Observer, name: &str) -> String {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": format!("s3:{name}"), "Resource": "*"},
    ]});
    let parameters = json!({"PolicyName": name, "Path": "/world/", "PolicyDocument": document.to_string()});
    text(&observer.call("iam", "create_policy", parameters)["Policy"]["Arn"])
}

fn key(observer: &Observer) -> String {
    text(&observer.call("kms", "create_key", json!({}))["KeyMetadata"]["Arn"])
}

fn layer(observer: &Observer, name: &str) -> String {
    let content = json!({"ZipFile": {"$base64": BASE64_STANDARD.encode(archive(b'l'))}});
    let parameters = json!({"LayerName": name, "Content": content});
    text(&observer.call("lambda", "publish_layer_version", parameters)["LayerVersionArn"])
}

fn queue(observer: &Observer, name: &str) -> String {
    // Lambda requires that messages stay hidden for at least a function's timeout.
    let parameters = json!({"QueueName": name, "Attributes": {"VisibilityTimeout": "5400"}});
    let url = text(&observer.call("sqs", "create_queue", parameters)["QueueUrl"]);
    let parameters = json!({"QueueUrl": url, "AttributeNames": ["QueueArn"]});
    text(&observer.call("sqs", "get_queue_attributes", parameters)["Attributes"]["QueueArn"])
}

fn table_stream(observer: &Observer, name: &str) -> String {
    let table = observer.call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": format!("world-{name}"),
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
        }),
    );
    text(&table["TableDescription"]["LatestStreamArn"])
}

fn kinesis_stream(observer: &Observer) -> String {
    observer.call("kinesis", "create_stream", json!({"StreamName": "world", "ShardCount": 1}));
    let stream = observer.call("kinesis", "describe_stream_summary", json!({"StreamName": "world"}));
    text(&stream["StreamDescriptionSummary"]["StreamARN"])
}

/// The default VPC, with one more security group and one more route table.
fn network(observer: &Observer) -> Network {
    let default = json!({"Filters": [{"Name": "is-default", "Values": ["true"]}]});
    let vpc = text(&observer.call("ec2", "describe_vpcs", default)["Vpcs"][0]["VpcId"]);
    let of_vpc = || json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]});
    let group = json!({"GroupName": "world", "Description": "of the world", "VpcId": vpc});
    observer.call("ec2", "create_security_group", group);
    observer.call("ec2", "create_route_table", json!({"VpcId": vpc}));
    let list = |operation: &str, key: &str| {
        observer.call("ec2", operation, of_vpc())[key].as_array().cloned().expect("a list")
    };
    let mut subnets: Vec<String> =
        list("describe_subnets", "Subnets").iter().map(|subnet| text(&subnet["SubnetId"])).collect();
    subnets.sort();
    let mut groups = list("describe_security_groups", "SecurityGroups");
    groups.sort_by_key(|group| group["GroupName"] != "default");
    let mut tables = list("describe_route_tables", "RouteTables");
    tables.sort_by_key(|table| table["Associations"][0]["Main"] != true);
    Network {
        subnets,
        groups: groups.iter().map(|group| text(&group["GroupId"])).collect(),
        route_tables: tables.iter().map(|table| text(&table["RouteTableId"])).collect(),
    }
}
