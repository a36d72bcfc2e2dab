//! A table's answers in the words of `stack.yaml`, as its kind reads them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answers::TableAnswers;
use super::scaling::Scaling;
use crate::audit::account::tags::Tags;

/// The words for a table. What could not be read is left at a value of no meaning: its place in the documents is a
/// placeholder. The kind checks the words, and refuses those that it does not know.
pub(super) fn spec(answers: &TableAnswers, scaling: &Scaling, managed_key: Option<&str>, tags: &Tags) -> Value {
    let table = &answers.table;
    let types = types(table);
    let mode = match table.pointer("/BillingModeSummary/BillingMode").and_then(Value::as_str) {
        // An absent summary means provisioned. Source: API reference, `BillingModeSummary`.
        None | Some("PROVISIONED") => "provisioned",
        Some("PAY_PER_REQUEST") => "on_demand",
        Some(other) => other,
    };
    let mut billing = capacity(table, mode);
    billing.insert("mode".to_owned(), json!(mode));
    let (partition, sort) = keys(table, &types);
    let name = table["TableName"].as_str().unwrap_or_default();
    let mut spec = json!({
        "partition_key": partition.into_iter().next(),
        "billing": billing,
        "global_secondary_indexes": global_indexes(table, name, mode, &types, scaling, answers),
        "local_secondary_indexes": local_indexes(table, &types),
        "stream": stream(table),
        "deletion_protection": table["DeletionProtectionEnabled"] == true,
        "point_in_time_recovery": recovery(answers),
        "encryption": encryption(table, managed_key),
        "table_class": table.pointer("/TableClassSummary/TableClass").and_then(Value::as_str)
            .unwrap_or("STANDARD").to_ascii_lowercase(),
        "contributor_insights": answers.insights_of(None),
        "tags": tags,
    });
    if let Some(key) = sort.into_iter().next() {
        spec["sort_key"] = key;
    }
    let of_table = scaling.words(&format!("table/{name}"));
    if let Some(words) = of_table {
        spec["auto_scaling"] = words;
    }
    if let Some(attribute) = expiry(answers) {
        spec["time_to_live"] = json!(attribute);
    }
    if let Ok(Some(policy)) = &answers.policy {
        spec["resource_policy"] = policy["Policy"].clone();
    }
    spec
}

fn types(table: &Value) -> BTreeMap<&str, &Value> {
    let definitions = table["AttributeDefinitions"].as_array().into_iter().flatten();
    definitions.filter_map(|one| Some((one["AttributeName"].as_str()?, &one["AttributeType"]))).collect()
}

/// The partition keys and the sort keys of a table or index.
fn keys(of: &Value, types: &BTreeMap<&str, &Value>) -> (Vec<Value>, Vec<Value>) {
    let schema: Vec<&Value> = of["KeySchema"].as_array().into_iter().flatten().collect();
    let part = |part: &str| {
        let keys = schema.iter().filter(|key| key["KeyType"] == part).filter_map(|key| key["AttributeName"].as_str());
        keys.map(|name| json!({"name": name, "type": types.get(name).copied().unwrap_or(&Value::Null)})).collect()
    };
    (part("HASH"), part("RANGE"))
}

fn capacity(of: &Value, mode: &str) -> Map<String, Value> {
    let mut words = Map::new();
    let mut take = |word: &str, pointer: &str| {
        // -1 means no limit. Source: API reference, `OnDemandThroughput`.
        if let Some(units) = of.pointer(pointer).and_then(Value::as_u64).filter(|units| *units > 0) {
            words.insert(word.to_owned(), json!(units));
        }
    };
    if mode == "provisioned" {
        take("read_capacity", "/ProvisionedThroughput/ReadCapacityUnits");
        take("write_capacity", "/ProvisionedThroughput/WriteCapacityUnits");
    } else {
        take("max_read_request_units", "/OnDemandThroughput/MaxReadRequestUnits");
        take("max_write_request_units", "/OnDemandThroughput/MaxWriteRequestUnits");
    }
    words
}

fn projection(index: &Value) -> Value {
    let projection = &index["Projection"];
    match projection["ProjectionType"].as_str() {
        Some("INCLUDE") => {
            let mut names: Vec<&str> =
                projection["NonKeyAttributes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            names.sort_unstable();
            json!({"include": names})
        }
        other => json!(other.unwrap_or_default().to_ascii_lowercase()),
    }
}

fn global_indexes(
    table: &Value,
    name: &str,
    mode: &str,
    types: &BTreeMap<&str, &Value>,
    scaling: &Scaling,
    answers: &TableAnswers,
) -> Value {
    let mut indexes = Map::new();
    for index in table["GlobalSecondaryIndexes"].as_array().into_iter().flatten() {
        // An index that is being deleted counts as deleted, as for the kind.
        let Some(index_name) = index["IndexName"].as_str().filter(|_| index["IndexStatus"] != "DELETING") else {
            continue;
        };
        let (partition, sort) = keys(index, types);
        let mut words = capacity(index, mode);
        words.insert("partition_key".to_owned(), Value::Array(partition));
        if !sort.is_empty() {
            words.insert("sort_key".to_owned(), Value::Array(sort));
        }
        words.insert("projection".to_owned(), projection(index));
        words.insert("contributor_insights".to_owned(), answers.insights_of(Some(index_name)));
        if let Some(scaled) = scaling.words(&format!("table/{name}/index/{index_name}")) {
            words.insert("auto_scaling".to_owned(), scaled);
        }
        indexes.insert(index_name.to_owned(), Value::Object(words));
    }
    Value::Object(indexes)
}

fn local_indexes(table: &Value, types: &BTreeMap<&str, &Value>) -> Value {
    let indexes = table["LocalSecondaryIndexes"].as_array().into_iter().flatten();
    let one = |index: &Value| {
        let (_, sort) = keys(index, types);
        let words = json!({"sort_key": sort.into_iter().next(), "projection": projection(index)});
        Some((index["IndexName"].as_str()?.to_owned(), words))
    };
    Value::Object(indexes.filter_map(one).collect())
}

fn stream(table: &Value) -> String {
    let specification = &table["StreamSpecification"];
    if specification["StreamEnabled"] != true {
        return "off".to_owned();
    }
    specification["StreamViewType"].as_str().unwrap_or_default().to_ascii_lowercase()
}

fn recovery(answers: &TableAnswers) -> Value {
    let Ok(Some(backups)) = &answers.backups else { return json!(false) };
    let recovery = &backups["PointInTimeRecoveryDescription"];
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED" {
        return json!(false);
    }
    recovery["RecoveryPeriodInDays"].as_u64().map_or(json!(true), |days| json!({"period_days": days}))
}

/// The ARN of the KMS key, if there is one.
pub(super) fn kms_key(table: &Value) -> Option<&str> {
    let description = table.get("SSEDescription")?;
    let off = ["DISABLED", "DISABLING"].iter().any(|status| description["Status"] == *status);
    let by_kms = description["SSEType"] == "KMS" && !off && description.get("Status").is_some();
    if by_kms { description["KMSMasterKeyArn"].as_str() } else { None }
}

fn encryption(table: &Value, managed_key: Option<&str>) -> Value {
    match kms_key(table) {
        None => json!("aws_owned"),
        key if key == managed_key => json!("aws_managed"),
        Some(key) => json!({"kms_key": key}),
    }
}

fn expiry(answers: &TableAnswers) -> Option<String> {
    let expiry = answers.expiry.as_ref().ok()?.as_ref()?;
    let on = ["ENABLED", "ENABLING"].iter().any(|status| expiry["TimeToLiveStatus"] == *status);
    expiry["AttributeName"].as_str().filter(|_| on).map(str::to_owned)
}
