//! The configuration item of a table.
//!
//! Follows the property names of `AWS::DynamoDB::Table` in AWS's repository awslabs/aws-config-resource-schema:
//! those of `DescribeTable`, in the lower camel case of the AWS SDK for Java (`ssedescription`, `kmsmasterKeyArn`).
//! `deletionProtectionEnabled` is newer than that list, and follows the same rule; the managed rule
//! `DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED` is triggered by its changes.

use serde_json::json;

use super::super::identity::{TYPE, arn};
use super::super::properties::{Encryption, PointInTimeRecovery};
use super::super::spec::{GlobalIndex, TableSpec};
use super::parts::Spelling;
use crate::base::PropertyPath;
use crate::kind::{Head, RenderContext, Rendering};
use crate::path;

const SPELLING: Spelling = Spelling::Config;

/// The configuration item that AWS Config records of a table.
///
/// AWS may omit `billingModeSummary` for a table that has always been provisioned; here it is always written, so
/// that a rule has something to point at.
pub(in super::super) fn config_items(spec: &TableSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let TableSpec {
        partition_key,
        sort_key,
        billing,
        global_secondary_indexes: _,
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
        access_patterns: _,
    } = spec;
    let arn = arn(cx.env, cx.name);
    let head = Head { id: Some(cx.name), name: Some(cx.name), arn: Some(&arn), region: &cx.env.region, tags };
    let mut item = Rendering::config_item(TYPE, cx, &head);
    item.own("/configuration/tableName", cx.name);
    item.own("/configuration/tableArn", arn.as_str());
    item.own("/configuration/tableStatus", "ACTIVE");
    item.own("/configuration/attributeDefinitions", SPELLING.attributes(spec));
    item.own("/configuration/keySchema", SPELLING.keys([partition_key], sort_key));
    item.trace("/configuration/keySchema/0", path!["partition_key"]);
    if sort_key.is_some() {
        item.trace("/configuration/keySchema/1", path!["sort_key"]);
    }
    item.put("/configuration/billingModeSummary/billingMode", billing.mode.aws(), path!["billing", "mode"]);
    item.trace("/configuration/billingModeSummary", path!["billing"]);
    let at = "/configuration/provisionedThroughput";
    capacity(&mut item, at, &path!["billing"], spec.is_provisioned(), billing.read_capacity, billing.write_capacity);
    global_indexes(&mut item, spec, &arn);
    let at = "/configuration/localSecondaryIndexes";
    SPELLING.local_indexes(&mut item, at, local_secondary_indexes, partition_key, |one, name| {
        one["indexArn"] = json!(format!("{arn}/index/{name}"));
    });
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

/// Writes the encryption. A key that AWS owns has no description. Only the account has the key of `aws_managed`.
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

/// Writes the capacity: zero for a table that is billed by request.
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

fn global_indexes(item: &mut Rendering, spec: &TableSpec, arn: &str) {
    let at = "/configuration/globalSecondaryIndexes";
    SPELLING.global_indexes(item, at, &spec.global_secondary_indexes, |one, name, index| {
        let GlobalIndex {
            partition_key: _,
            sort_key: _,
            projection: _,
            read_capacity,
            write_capacity,
            // As for the table: AWS Config's list has none of these.
            max_read_request_units: _,
            max_write_request_units: _,
            auto_scaling: _,
            contributor_insights: _,
        } = index;
        one.own("/indexStatus", "ACTIVE");
        one.own("/indexArn", format!("{arn}/index/{name}"));
        let from = path!["global_secondary_indexes", name];
        capacity(one, "/provisionedThroughput", &from, spec.is_provisioned(), *read_capacity, *write_capacity);
    });
}
