//! The configuration item of a table.
//!
//! Follows the property names of `AWS::DynamoDB::Table` in AWS's repository awslabs/aws-config-resource-schema:
//! those of `DescribeTable`, in the lower camel case of the AWS SDK for Java (`ssedescription`, `kmsmasterKeyArn`).
//! `deletionProtectionEnabled` is younger than that list, and follows the same rule; the managed rule
//! `DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED` is triggered by its changes.

use serde_json::{Value, json};

use super::super::spec::{GlobalIndex, LocalIndex, TableSpec};
use super::super::spelling::key_schema;
use super::super::steps;
use super::super::words::{Encryption, IndexKey, KeyAttribute, PointInTimeRecovery, Projection};
use crate::base::PropertyPath;
use crate::kind::{Head, Kind, RenderContext, Rendering};
use crate::path;

/// What AWS Config records of a table.
///
/// AWS may leave `billingModeSummary` out of a table that has been provisioned ever since; here it always stands, so
/// that a rule has something to point at.
pub(in super::super) fn config_items(spec: &TableSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let TableSpec {
        partition_key,
        sort_key,
        billing,
        global_secondary_indexes,
        local_secondary_indexes,
        stream,
        deletion_protection,
        point_in_time_recovery,
        encryption,
        table_class,
        tags,
        // Neither in the list of properties nor in `DescribeTable`.
        time_to_live: _,
        auto_scaling: _,
        contributor_insights: _,
        resource_policy: _,
    } = spec;
    let arn = steps::arn(cx.env, cx.name);
    let head = Head { id: Some(cx.name), name: Some(cx.name), arn: Some(&arn), region: &cx.env.region, tags };
    let mut item = Rendering::config_item(super::super::Table::TYPE, cx, &head);
    item.own("/configuration/tableName", cx.name);
    item.own("/configuration/tableArn", arn.as_str());
    item.own("/configuration/tableStatus", "ACTIVE");
    item.own("/configuration/attributeDefinitions", attributes(spec));
    item.own("/configuration/keySchema", keys([partition_key], sort_key));
    item.trace("/configuration/keySchema/0", path!["partition_key"]);
    if sort_key.is_some() {
        item.trace("/configuration/keySchema/1", path!["sort_key"]);
    }
    item.put("/configuration/billingModeSummary/billingMode", billing.mode.aws(), path!["billing", "mode"]);
    item.trace("/configuration/billingModeSummary", path!["billing"]);
    let at = "/configuration/provisionedThroughput";
    capacity(&mut item, at, &path!["billing"], spec.is_provisioned(), billing.read_capacity, billing.write_capacity);
    global_indexes(&mut item, global_secondary_indexes, spec.is_provisioned(), &arn);
    local_indexes(&mut item, local_secondary_indexes, partition_key, &arn);
    if let Some(view) = stream.aws() {
        let specification = json!({"streamEnabled": true, "streamViewType": view});
        item.put("/configuration/streamSpecification", specification, path!["stream"]);
        item.own_some("/configuration/latestStreamArn", cx.outputs.get("stream_arn").map(String::as_str));
    }
    item.put("/configuration/deletionProtectionEnabled", *deletion_protection, path!["deletion_protection"]);
    encrypted(&mut item, encryption);
    item.put("/configuration/tableClassSummary/tableClass", table_class.aws(), path!["table_class"]);
    let status = match point_in_time_recovery {
        PointInTimeRecovery::Off => "DISABLED",
        PointInTimeRecovery::On { period_days: _ } => "ENABLED",
    };
    item.put(
        "/supplementaryConfiguration/ContinuousBackupsDescription",
        json!({
            "continuousBackupsStatus": "ENABLED",
            "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": status}
        }),
        path!["point_in_time_recovery"],
    );
    vec![item]
}

/// An owned key leaves no description. Which key `aws_managed` means is only known in the account.
fn encrypted(item: &mut Rendering, encryption: &Encryption) {
    let at = "/configuration/ssedescription";
    let description = match encryption {
        Encryption::AwsOwned => return,
        Encryption::AwsManaged => json!({"status": "ENABLED", "ssetype": "KMS"}),
        Encryption::CustomerKey(arn) => json!({"status": "ENABLED", "ssetype": "KMS", "kmsmasterKeyArn": arn}),
    };
    item.put(at, description, path!["encryption"]);
    if let Encryption::CustomerKey(_) = encryption {
        item.trace(&format!("{at}/kmsmasterKeyArn"), path!["encryption", "kms_key"]);
    }
}

/// A table that is paid for by the request has a capacity of zero.
/// Source: API reference, `BillingModeSummary` and `ProvisionedThroughputDescription`.
fn capacity(
    item: &mut Rendering,
    at: &str,
    from: &PropertyPath,
    provisioned: bool,
    read: Option<u64>,
    write: Option<u64>,
) {
    item.own(&format!("{at}/numberOfDecreasesToday"), 0);
    for (key, property, units) in
        [("readCapacityUnits", "read_capacity", read), ("writeCapacityUnits", "write_capacity", write)]
    {
        let pointer = format!("{at}/{key}");
        match units.filter(|_| provisioned) {
            Some(units) => item.put(&pointer, units, from.child(property)),
            None => item.own(&pointer, 0),
        }
    }
}

fn attributes(spec: &TableSpec) -> Value {
    let types = spec.key_types(|_| true);
    types.iter().map(|(name, kind)| json!({"attributeName": name, "attributeType": kind})).collect()
}

fn keys<'k>(
    partition: impl IntoIterator<Item = &'k KeyAttribute>,
    sort: impl IntoIterator<Item = &'k KeyAttribute>,
) -> Value {
    let schema = key_schema(partition, sort);
    schema.iter().map(|key| json!({"attributeName": key.attribute_name, "keyType": key.key_type})).collect()
}

fn projection(projection: &Projection) -> Value {
    let held = projection.specification();
    let mut tree = json!({"projectionType": held.projection_type});
    if let Some(names) = held.non_key_attributes {
        tree["nonKeyAttributes"] = json!(names);
    }
    tree
}

fn global_indexes(
    item: &mut Rendering,
    indexes: &std::collections::BTreeMap<String, GlobalIndex>,
    provisioned: bool,
    arn: &str,
) {
    if indexes.is_empty() {
        return;
    }
    let from = path!["global_secondary_indexes"];
    let mut list = Vec::new();
    let mut origins = Vec::new();
    for (position, (name, index)) in indexes.iter().enumerate() {
        let GlobalIndex {
            partition_key,
            sort_key,
            projection: held,
            read_capacity,
            write_capacity,
            // As for the table: AWS Config's list has none of these.
            max_read_request_units: _,
            max_write_request_units: _,
            auto_scaling: _,
            contributor_insights: _,
        } = index;
        let from = from.child(name);
        let mut one = Rendering::new("");
        one.own("/indexName", name.as_str());
        one.own("/indexStatus", "ACTIVE");
        one.own("/indexArn", format!("{arn}/index/{name}"));
        one.own("/keySchema", keys(&partition_key.0, sort_key.iter().flat_map(|IndexKey(keys)| keys)));
        for (key, property) in (0..partition_key.0.len()).map(|key| (key, "partition_key")).chain(
            (0..sort_key.as_ref().map_or(0, |key| key.0.len())).map(|key| (partition_key.0.len() + key, "sort_key")),
        ) {
            one.trace(&format!("/keySchema/{key}"), from.child(property));
        }
        one.put("/projection", projection(held), from.child("projection"));
        capacity(&mut one, "/provisionedThroughput", &from, provisioned, *read_capacity, *write_capacity);
        one.trace("", from);
        list.push(one.body);
        let at = format!("/configuration/globalSecondaryIndexes/{position}");
        origins.extend(one.origins.into_iter().map(|(pointer, from)| (format!("{at}{pointer}"), from)));
    }
    item.put("/configuration/globalSecondaryIndexes", list, from);
    item.origins.extend(origins);
}

fn local_indexes(
    item: &mut Rendering,
    indexes: &std::collections::BTreeMap<String, LocalIndex>,
    partition_key: &KeyAttribute,
    arn: &str,
) {
    if indexes.is_empty() {
        return;
    }
    let one = |(name, index): (&String, &LocalIndex)| {
        let LocalIndex { sort_key, projection: held } = index;
        json!({
            "indexName": name,
            "indexArn": format!("{arn}/index/{name}"),
            "keySchema": keys([partition_key], [sort_key]),
            "projection": projection(held),
        })
    };
    let (at, from) = ("/configuration/localSecondaryIndexes", path!["local_secondary_indexes"]);
    item.put(at, indexes.iter().map(one).collect::<Vec<_>>(), from.clone());
    for (position, name) in indexes.keys().enumerate() {
        item.trace(&format!("{at}/{position}"), from.child(name));
        item.trace(&format!("{at}/{position}/keySchema/1"), from.child(name).child("sort_key"));
        item.trace(&format!("{at}/{position}/projection"), from.child(name).child("projection"));
    }
}
