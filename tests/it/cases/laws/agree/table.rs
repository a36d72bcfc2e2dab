//! Tables, with all their parts.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use underpin::base::Address;

use crate::cases::laws::compare::{Body, Differences, document, set};

/// Key attributes as `(name, type)`.
fn attributes(key: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    match key {
        Value::Null => Vec::new(),
        Value::Array(several) => several.iter().flat_map(attributes).collect(),
        Value::String(name) => vec![(name.clone(), "S".to_owned())],
        long => vec![(text(&long["name"]), text(&Body(long).or("type", json!("S"))))],
    }
}

fn key_schema(partition: &Value, sort: &Value) -> Value {
    let element = |kind: &'static str| move |(name, _)| json!({"AttributeName": name, "KeyType": kind});
    let partition = attributes(partition).into_iter().map(element("HASH"));
    json!(partition.chain(attributes(sort).into_iter().map(element("RANGE"))).collect::<Vec<_>>())
}

fn projection(value: &Value) -> Value {
    match value {
        Value::Null => json!({"ProjectionType": "ALL"}),
        Value::String(word) => json!({"ProjectionType": word.to_uppercase()}),
        long => json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": set(&long["include"])}),
    }
}

fn live_projection(index: &Value) -> Value {
    let mut live = index["Projection"].clone();
    if !live["NonKeyAttributes"].is_null() {
        live["NonKeyAttributes"] = json!(set(&live["NonKeyAttributes"]));
    }
    live
}

pub(super) fn compare(seen: &Value, body: &Value, address: &Address, found: &mut Differences) {
    let body = Body(body);
    found.same("status", &seen["TableStatus"], &json!("ACTIVE"));
    found.same("keys", &seen["KeySchema"], &key_schema(body.get("partition_key"), body.get("sort_key")));
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    let mut note = |body: Body<'_>| {
        types.extend(attributes(body.get("partition_key")));
        types.extend(attributes(body.get("sort_key")));
    };
    note(body);
    body.entries("global_secondary_indexes").for_each(|(_, index)| note(index));
    body.entries("local_secondary_indexes").for_each(|(_, index)| note(index));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let live: BTreeMap<String, String> = seen["AttributeDefinitions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|attribute| (text(&attribute["AttributeName"]), text(&attribute["AttributeType"])))
        .collect();
    found.same("attributes", &live, &types);
    let provisioned = body.within("billing").get("mode") == "provisioned";
    let mode = if provisioned { "PROVISIONED" } else { "PAY_PER_REQUEST" };
    found.same("billing", &Body(&seen["BillingModeSummary"]).or("BillingMode", json!("PROVISIONED")), &json!(mode));
    capacity("table", seen, body.within("billing"), body, provisioned, found);
    let view = match body.or("stream", json!("off")) {
        Value::String(word) if word != "off" => json!(word.to_uppercase()),
        _ => json!(null),
    };
    found.same("stream", &seen["StreamSpecification"]["StreamViewType"], &view);
    let protected = &Body(seen).or("DeletionProtectionEnabled", json!(false));
    found.same("protection", protected, &body.or("deletion_protection", json!(true)));
    recovery(seen, body, found);
    encryption(seen, body, found);
    let lives = &seen["TimeToLive"];
    // AWS takes up to an hour to go from one to the other, which no apply waits for (API reference,
    // `UpdateTimeToLive`): a running change counts as done.
    let is_on = ["ENABLED", "ENABLING"].iter().any(|status| lives["TimeToLiveStatus"] == *status);
    let attribute = if is_on { &lives["AttributeName"] } else { &Value::Null };
    found.same("time to live", attribute, body.get("time_to_live"));
    let class = body.or("table_class", json!("standard"));
    let live_class = Body(&seen["TableClassSummary"]).or("TableClass", json!("STANDARD"));
    found.same("class", &live_class, &json!(class.as_str().unwrap_or_default().to_uppercase()));
    found.same("insights", &seen["ContributorInsights"], &insights(body));
    found.same("policy", &document(&seen["ResourcePolicy"]), &document(body.get("resource_policy")));
    found.same("tags", &seen["Tags"], &body.tags(address));
    indexes(seen, body, provisioned, found);
    scaling(seen, body, address.name(), found);
}

fn capacity(what: &str, seen: &Value, own: Body<'_>, table: Body<'_>, provisioned: bool, found: &mut Differences) {
    for (word, units, limit, live_limit) in [
        ("read", "ReadCapacityUnits", "max_read_request_units", "MaxReadRequestUnits"),
        ("write", "WriteCapacityUnits", "max_write_request_units", "MaxWriteRequestUnits"),
    ] {
        let key = format!("{word}_capacity");
        if !provisioned {
            let live = Body(&seen["OnDemandThroughput"]).or(live_limit, json!(-1));
            let live = if live == -1 { Value::Null } else { live };
            found.same(&format!("{what} {limit}"), &live, own.get(limit));
        } else if own.within("auto_scaling").get(word).is_null() && table.within("auto_scaling").get(word).is_null() {
            let default = table.within("billing").get(&key).clone();
            found.same(&format!("{what} {key}"), &seen["ProvisionedThroughput"][units], &own.or(&key, default));
        }
    }
}

fn recovery(seen: &Value, body: Body<'_>, found: &mut Differences) {
    let live = &seen["ContinuousBackups"]["PointInTimeRecoveryDescription"];
    let (status, days) = match body.or("point_in_time_recovery", json!(true)) {
        Value::Bool(false) => ("DISABLED", json!(null)),
        Value::Bool(true) => ("ENABLED", json!(35)),
        long => ("ENABLED", long["period_days"].clone()),
    };
    found.same("recovery", &live["PointInTimeRecoveryStatus"], &json!(status));
    if status == "ENABLED" {
        found.same("recovery period", &live["RecoveryPeriodInDays"], &days);
    }
}

fn encryption(seen: &Value, body: Body<'_>, found: &mut Differences) {
    let live = &seen["SSEDescription"];
    let on = matches!(live["Status"].as_str(), Some("ENABLED" | "UPDATING"));
    match body.or("encryption", json!("aws_owned")) {
        Value::String(word) => {
            found.same("encryption", &on, &(word == "aws_managed"));
        }
        long => found.same("key", &live["KMSMasterKeyArn"], &long["kms_key"]),
    }
}

/// The contributor insights that a table or an index must have.
fn insights(body: Body<'_>) -> Value {
    let mode = match body.get("contributor_insights") {
        Value::Null | Value::Bool(false) => return json!({"Status": "DISABLED", "Mode": null}),
        Value::Bool(true) => "accessed_and_throttled_keys".to_owned(),
        long => long["mode"].as_str().expect("a word").to_owned(),
    };
    json!({"Status": "ENABLED", "Mode": mode.to_uppercase()})
}

fn indexes(seen: &Value, body: Body<'_>, provisioned: bool, found: &mut Differences) {
    for (section, key) in
        [("global_secondary_indexes", "GlobalSecondaryIndexes"), ("local_secondary_indexes", "LocalSecondaryIndexes")]
    {
        let wanted: Vec<&String> = body.entries(section).map(|(name, _)| name).collect();
        let live: Vec<&String> = Body(seen).entries(key).map(|(name, _)| name).collect();
        found.same(section, &set(&json!(live)), &set(&json!(wanted)));
        for (name, index) in body.entries(section) {
            let live = &seen[key][name];
            let global = section == "global_secondary_indexes";
            let partition = if global { index.get("partition_key") } else { body.get("partition_key") };
            found.same(&format!("keys of {name}"), &live["KeySchema"], &key_schema(partition, index.get("sort_key")));
            found.same(&format!("projection of {name}"), &live_projection(live), &projection(index.get("projection")));
            if global {
                found.same(&format!("status of {name}"), &live["IndexStatus"], &json!("ACTIVE"));
                found.same(&format!("insights of {name}"), &live["ContributorInsights"], &insights(index));
                capacity(name, live, index, body, provisioned, found);
            }
        }
    }
}

fn scaling(seen: &Value, body: Body<'_>, table: &str, found: &mut Differences) {
    let mut wanted = BTreeMap::new();
    let own = std::iter::once((format!("table/{table}"), "table", body));
    let indexes = body
        .entries("global_secondary_indexes")
        .map(|(name, index)| (format!("table/{table}/index/{name}"), "index", index));
    for (resource, sort, body) in own.chain(indexes) {
        for (word, metric) in [("read", "Read"), ("write", "Write")] {
            let one = body.within("auto_scaling").within(word);
            if !one.0.is_null() {
                let key = format!("{resource} dynamodb:{sort}:{metric}CapacityUnits");
                let utilization = format!("DynamoDB{metric}CapacityUtilization");
                let policy = json!({
                    "name": one.or("policy_name", json!(format!("{utilization}:{resource}"))),
                    "metric": utilization,
                    "target": one.or("target", json!(70)).as_f64(),
                    "scale in": one.or("scale_in_cooldown", json!(0)),
                    "scale out": one.or("scale_out_cooldown", json!(0)),
                });
                wanted.insert(key, json!([one.get("min"), one.get("max"), [policy]]));
            }
        }
    }
    let live: BTreeMap<String, Value> = Body(seen)
        .entries("AutoScaling")
        .map(|(key, target)| {
            let policies = target.get("policies").as_array().into_iter().flatten();
            let policies = policies.map(|policy| {
                json!({
                    "name": policy["PolicyName"],
                    "metric": policy["PredefinedMetricSpecification"]["PredefinedMetricType"],
                    "target": policy["TargetValue"].as_f64(),
                    "scale in": Body(policy).or("ScaleInCooldown", json!(0)),
                    "scale out": Body(policy).or("ScaleOutCooldown", json!(0)),
                })
            });
            (key.clone(), json!([target.get("min"), target.get("max"), policies.collect::<Vec<_>>()]))
        })
        .collect();
    found.same("auto scaling", &live, &wanted);
}
